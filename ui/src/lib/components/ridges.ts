// Outlines of mountains for the picture beside the sign-in form. Pure and always the same.

/** A number between 0 and 1 that looks random and depends on its input only. */
function noise(seed: number, x: number): number {
  const value = Math.sin(x * 127.1 + seed * 311.7) * 43758.5453;
  return value - Math.floor(value);
}

function smooth(seed: number, x: number): number {
  const left = Math.floor(x);
  const part = x - left;
  const blend = part * part * (3 - 2 * part);
  return noise(seed, left) * (1 - blend) + noise(seed, left + 1) * blend;
}

function height(seed: number, x: number, octaves: number): number {
  let sum = 0;
  for (let octave = 0; octave < octaves; octave++)
    sum += smooth(seed + octave, x * 2 ** octave) / 2 ** (octave + 1);
  return sum;
}

/** An SVG path of one ridge in a box of 100 × 100: its foot lies at the bottom. */
export function ridge(seed: number, base: number, lift: number, waves: number, octaves: number): string {
  const points: string[] = [];
  for (let x = 0; x <= 100; x += 0.4) {
    const y = base - lift * height(seed, (x / 100) * waves, octaves);
    points.push(`${x.toFixed(1)} ${y.toFixed(2)}`);
  }
  return `M0 100L${points.join('L')}L100 100Z`;
}
