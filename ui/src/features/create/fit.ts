// The largest box of a shape inside a space. Pure.

export function fitBox(ratio: number, width: number, height: number): { width: number; height: number } {
  if (width <= 0 || height <= 0 || !(ratio > 0)) return { width: 0, height: 0 };
  return width / height > ratio ? { width: height * ratio, height } : { width, height: width / ratio };
}
