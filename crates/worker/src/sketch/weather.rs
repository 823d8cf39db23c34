//! What falls, arches or flickers in the air.

use super::canvas::{Canvas, Field};
use super::color::{from_oklab, luminance};
use super::math::{
    TAU, Vec3, add, clamp01, cos, exp, lerp, mix, pow, scale, screen, sin, smoothstep,
};
use super::mood::Light;
use super::noise::{fbm, gradient};
use super::path::{Outline, Placing};
use super::rng::Rng;
use super::sky::{Disc, Sky};

/// Slanting streaks and a gray veil.
pub(super) fn rain(canvas: &mut Canvas, sky: &Sky, amount: f32, rng: &Rng) {
    let mut chance = rng.fork("rain");
    let aspect = canvas.aspect();
    let veil = mix(sky.mood.sky[2], sky.mood.sky[3], 0.5);
    let seed = chance.next();
    let curtains = Field::new(96, 96, |u, v| {
        0.5 + 0.5 * fbm([u * 3.0 + v * 0.8, v * 0.8 + 4.0], 3, seed)
    });
    for row in 0..canvas.height {
        let v = row as f32 / canvas.height as f32;
        for column in 0..canvas.width {
            let u = column as f32 / canvas.width as f32;
            let alpha = 0.26 * amount * curtains.sample(u, v);
            canvas.over(row * canvas.width + column, veil, alpha);
        }
    }
    let slant = chance.range(0.10, 0.26) * chance.sign();
    let light = mix(sky.mood.sky[3], [1.0; 3], 0.4);
    let count = (1500.0 * amount * aspect) as usize;
    for _ in 0..count {
        let near = pow(chance.unit(), 2.5);
        let (x, y) = (chance.range(-0.1, aspect + 0.1), chance.range(-0.05, 1.05));
        let length = lerp(0.012, 0.062, near);
        let alpha = lerp(0.10, 0.34, near);
        streak(canvas, x, y, slant, length, light, alpha);
    }
}

fn streak(canvas: &mut Canvas, x: f32, y: f32, slant: f32, length: f32, color: Vec3, alpha: f32) {
    let unit = canvas.unit();
    let rows = (length * unit) as i32;
    for step in 0..rows {
        let t = step as f32 / rows as f32;
        let px = (x - slant * length * t) * unit;
        let row = (y * unit) as i32 + step;
        let column = super::math::floor(px);
        let share = px - column as f32;
        let fade = alpha * (4.0 * t * (1.0 - t));
        for (offset, weight) in [(0, 1.0 - share), (1, share)] {
            let c = column + offset;
            if row >= 0 && c >= 0 && (row as usize) < canvas.height && (c as usize) < canvas.width {
                canvas.over(
                    row as usize * canvas.width + c as usize,
                    color,
                    fade * weight,
                );
            }
        }
    }
}

/// Flakes, small and many far off, large and blurred close by.
pub(super) fn snow(canvas: &mut Canvas, sky: &Sky, amount: f32, rng: &Rng) {
    let mut chance = rng.fork("snow");
    let aspect = canvas.aspect();
    let light = mix(sky.mood.sky[3], [1.0; 3], 0.72);
    let light = scale(light, if sky.mood.is_dark() { 0.62 } else { 0.97 });
    let count = (1100.0 * amount * aspect) as usize;
    for _ in 0..count {
        let near = pow(chance.unit(), 5.0);
        let (x, y) = (chance.range(0.0, aspect), chance.range(0.0, 1.0));
        let radius = lerp(0.0011, 0.0085, near);
        let alpha = lerp(0.85, 0.30, near) * chance.range(0.5, 1.0);
        blot(canvas, x, y, radius, light, alpha, 0.35 + 0.65 * near);
    }
}

/// A round spot whose edge is as soft as `blur` says.
fn blot(canvas: &mut Canvas, x: f32, y: f32, radius: f32, color: Vec3, alpha: f32, blur: f32) {
    let unit = canvas.unit();
    let r = (radius * unit).max(0.6);
    let (x0, x1) = super::canvas::span(x * unit - r - 1.0, x * unit + r + 1.0, canvas.width);
    let (y0, y1) = super::canvas::span(y * unit - r - 1.0, y * unit + r + 1.0, canvas.height);
    for row in y0..y1 {
        for column in x0..x1 {
            let dx = column as f32 + 0.5 - x * unit;
            let dy = row as f32 + 0.5 - y * unit;
            let d = (dx * dx + dy * dy).sqrt();
            let cover = smoothstep(r + 0.5, r * (1.0 - blur), d);
            if cover > 0.0 {
                canvas.over(row * canvas.width + column, color, cover * alpha);
            }
        }
    }
}

/// One forked stroke of lightning and the clouds it lights.
pub(super) fn lightning(canvas: &mut Canvas, sky: &Sky, rng: &Rng) {
    let mut chance = rng.fork("lightning");
    let aspect = canvas.aspect();
    let start = [chance.range(0.25, 0.75) * aspect, 0.0];
    canvas.glow(start[0], 0.10, 0.26, [0.62, 0.62, 0.85], 0.42);
    let end = [start[0] + chance.range(-0.15, 0.15), sky.horizon - 0.01];
    bolt(canvas, start, end, 0.0032, 3, &mut chance);
    canvas.glow(end[0], end[1], 0.10, [0.70, 0.72, 0.95], 0.32);
}

fn bolt(
    canvas: &mut Canvas,
    from: [f32; 2],
    to: [f32; 2],
    width: f32,
    forks: u32,
    chance: &mut Rng,
) {
    let pieces = 16;
    let mut points = vec![from];
    for piece in 1..=pieces {
        let t = piece as f32 / pieces as f32;
        let loose = 0.042 * (1.0 - t * 0.6);
        points.push([
            lerp(from[0], to[0], t)
                + loose * chance.bell() * if piece == pieces { 0.0 } else { 1.0 },
            lerp(from[1], to[1], t),
        ]);
    }
    for pair in points.windows(2) {
        let middle = [
            (pair[0][0] + pair[1][0]) * 0.5,
            (pair[0][1] + pair[1][1]) * 0.5,
        ];
        canvas.glow(middle[0], middle[1], width * 6.0, [0.55, 0.58, 0.95], 0.20);
    }
    let spine: Vec<([f32; 2], f32)> = points
        .iter()
        .enumerate()
        .map(|(index, &p)| (p, width * 0.5 * (1.0 - 0.7 * index as f32 / pieces as f32)))
        .collect();
    Outline::band(&spine).fill(
        canvas,
        &Placing::new(0.0, 0.0, 1.0),
        [0.97, 0.97, 1.0],
        0.95,
    );
    if forks > 0 {
        let at = points[4 + chance.below(7)];
        let aside = chance.range(0.08, 0.20) * chance.sign();
        bolt(
            canvas,
            at,
            [at[0] + aside, at[1] + chance.range(0.12, 0.24)],
            width * 0.5,
            forks - 1,
            chance,
        );
    }
}

/// Primary and faint secondary bow, opposite the light.
pub(super) fn rainbow(canvas: &mut Canvas, sky: &Sky) {
    let aspect = canvas.aspect();
    let unit = canvas.unit();
    let center = [aspect - sky.sun[0], sky.horizon + 0.16];
    for row in 0..canvas.height {
        let y = (row as f32 + 0.5) / unit;
        let ground = smoothstep(sky.horizon + 0.10, sky.horizon - 0.06, y);
        if ground <= 0.0 {
            break;
        }
        for column in 0..canvas.width {
            let x = (column as f32 + 0.5) / unit;
            let (dx, dy) = (x - center[0], y - center[1]);
            let d = (dx * dx + dy * dy).sqrt();
            let mut light = [0.0; 3];
            for (radius, width, strength, order) in
                [(0.56, 0.042, 0.34, 1.0), (0.70, 0.055, 0.10, -1.0)]
            {
                let t = (d - radius) / width * order;
                if !(-1.3..=1.3).contains(&t) {
                    continue;
                }
                let hue = lerp(5.6, 0.45, clamp01((t + 1.0) * 0.5));
                let band = smoothstep(1.3, 0.6, if t < 0.0 { -t } else { t });
                let color = from_oklab([0.72, 0.16 * cos(hue), 0.16 * sin(hue)]);
                light = add(light, scale(color, band * strength));
            }
            // Within the bow the sky is a little brighter.
            let inside = smoothstep(0.56, 0.40, d) * 0.035;
            let index = row * canvas.width + column;
            let light = scale(add(light, [inside; 3]), ground * (0.55 + 0.45 * (1.0 - y)));
            canvas.px[index] = screen(canvas.px[index], light);
        }
    }
}

/// Curtains of polar light, with rays that fade upward.
pub(super) fn aurora(canvas: &mut Canvas, sky: &Sky, rng: &Rng) {
    let mut chance = rng.fork("aurora");
    let aspect = canvas.aspect();
    let rows = (canvas.height as f32 * sky.horizon) as usize;
    let bands: Vec<(f32, f32, f32, u32)> = (0..3)
        .map(|index| {
            (
                sky.horizon * (0.80 - 0.20 * index as f32) + chance.range(-0.03, 0.03),
                chance.range(0.05, 0.10),
                chance.range(0.0, TAU),
                chance.next(),
            )
        })
        .collect();
    let (low, high) = if chance.chance(0.7) {
        ([0.10, 0.95, 0.50], [0.45, 0.20, 0.85])
    } else {
        ([0.15, 0.85, 0.80], [0.85, 0.22, 0.62])
    };
    let (fw, fh) = ((canvas.width / 2).max(2), (rows / 2).max(2));
    let fields: Vec<Field> = bands
        .iter()
        .map(|&(base, swing, phase, seed)| {
            Field::new(fw, fh, |u, v| {
                let (x, y) = (u * aspect, v * sky.horizon);
                let fold = swing * sin(x * 3.1 + phase)
                    + 0.05 * gradient([x * 3.5, 2.0], seed)
                    + 0.02 * gradient([x * 10.0, 5.0], seed ^ 1);
                let foot = base + fold;
                let up = foot - y;
                let rays = 0.55 + 0.45 * fbm([x * 26.0 + fold * 60.0, y * 1.3], 3, seed ^ 2);
                let patch = smoothstep(-0.35, 0.45, fbm([x * 1.6 + phase, 3.0], 2, seed ^ 3));
                let tall = 0.10 + 0.16 * patch;
                if up < -0.02 {
                    0.0
                } else {
                    smoothstep(-0.02, 0.012, up) * exp(-up.max(0.0) / tall) * rays * patch
                }
            })
        })
        .collect();
    for row in 0..rows.min(canvas.height) {
        let v = (row as f32 + 0.5) / rows as f32;
        let y = v * sky.horizon;
        for column in 0..canvas.width {
            let u = (column as f32 + 0.5) / canvas.width as f32;
            let index = row * canvas.width + column;
            for (field, &(base, ..)) in fields.iter().zip(&bands) {
                let strength = field.sample(u, v);
                if strength > 0.004 {
                    let t = smoothstep(0.0, 0.26, base - y);
                    let color = mix(low, high, t);
                    canvas.px[index] = screen(canvas.px[index], scale(color, strength * 0.95));
                }
            }
        }
    }
}

/// Rays that fan out from a low sun where something stands in its light.
pub(super) fn shafts(canvas: &mut Canvas, sky: &Sky, strength: f32) {
    let Disc::Sun { .. } = sky.disc else { return };
    if sky.mood.light == Light::Day {
        return;
    }
    let unit = canvas.unit();
    let mut small = canvas.halved().halved();
    let (width, height) = (small.width, small.height);
    let sun = [sky.sun[0] * unit * 0.25, sky.sun[1] * unit * 0.25];
    for pixel in &mut small.px {
        let light = smoothstep(0.42, 0.95, luminance(*pixel));
        *pixel = [light; 3];
    }
    const SAMPLES: usize = 36;
    let fan = Field::new(width, height, |u, v| {
        let (x, y) = (u * width as f32, v * height as f32);
        let (dx, dy) = ((sun[0] - x) * 0.92, (sun[1] - y) * 0.92);
        let mut sum = 0.0;
        let mut weight = 1.0;
        for sample in 0..SAMPLES {
            let t = sample as f32 / SAMPLES as f32;
            sum += small.sample(x + dx * t, y + dy * t)[0] * weight;
            weight *= 0.965;
        }
        sum / SAMPLES as f32
    });
    for row in 0..canvas.height {
        let v = (row as f32 + 0.5) / canvas.height as f32;
        for column in 0..canvas.width {
            let u = (column as f32 + 0.5) / canvas.width as f32;
            let light = fan.sample(u, v) * strength * 0.42;
            let index = row * canvas.width + column;
            canvas.px[index] = screen(canvas.px[index], scale(sky.mood.sun, light));
        }
    }
}

/// A few sparks that rise, for fires and volcanoes.
pub(super) fn embers(
    canvas: &mut Canvas,
    x: f32,
    y: f32,
    spread: f32,
    rise: f32,
    count: usize,
    rng: &Rng,
) {
    let mut chance = rng.fork("embers");
    for _ in 0..count {
        let t = chance.unit();
        let px = x + spread * chance.bell() * (0.25 + t);
        let py = y - rise * t * chance.range(0.5, 1.0);
        let size = chance.range(0.0006, 0.0018);
        canvas.glow(px, py, size * 2.6, [1.0, 0.42, 0.12], 0.32 * (1.0 - t));
        canvas.glow(px, py, size, [1.0, 0.78, 0.40], 0.9 * (1.0 - 0.7 * t));
    }
}

/// A meteor with a long fading tail.
pub(super) fn meteor(canvas: &mut Canvas, rng: &Rng) {
    let mut chance = rng.fork("meteor");
    let aspect = canvas.aspect();
    let (x, y) = (chance.range(0.3, 0.8) * aspect, chance.range(0.08, 0.22));
    let length = chance.range(0.12, 0.2);
    let slope = chance.range(0.35, 0.7);
    let way = chance.sign();
    for step in 0..60 {
        let t = step as f32 / 60.0;
        canvas.glow(
            x + way * length * t,
            y - length * slope * t,
            0.0022 * (1.0 - t) + 0.0006,
            [0.9, 0.95, 1.0],
            0.34 * (1.0 - t) * (1.0 - t),
        );
    }
    canvas.glow(x, y, 0.0030, [1.0; 3], 0.9);
}
