//! LoRA names that the painter knows, and what each does to a picture.

use super::canvas::Canvas;
use super::color::{hex, luminance, saturate};
use super::math::{Vec3, add, clamp01, exp, lerp, mix, scale, screen, smoothstep};
use super::noise::{fbm, gradient};
use super::post::Finish;

/// One effect with its strength, −4 to 4; negative strengths do the opposite where there is one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Effect {
    Fog(f32),
    Ink(f32),
    Pastel(f32),
    Neon(f32),
    Grain(f32),
    Bloom(f32),
    Gold(f32),
    Noir(f32),
    /// A name the painter does not know: a faint tint and weave of its own.
    Unknown {
        hash: u32,
        scale: f32,
    },
}

impl Effect {
    /// The effect of `owner/name`; only the part behind the slash counts.
    pub(super) fn of(lora: &str, scale: f32) -> Self {
        let name = lora.rsplit('/').next().unwrap_or(lora).to_lowercase();
        match name.as_str() {
            "fog" => Self::Fog(scale),
            "ink" => Self::Ink(scale),
            "pastel" => Self::Pastel(scale),
            "neon" => Self::Neon(scale),
            "grain" => Self::Grain(scale),
            "bloom" => Self::Bloom(scale),
            "gold" => Self::Gold(scale),
            "noir" => Self::Noir(scale),
            _ => Self::Unknown {
                hash: lora.bytes().fold(0x811C_9DC5, |hash: u32, byte| {
                    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
                }),
                scale,
            },
        }
    }

    /// Whether the painter knows the name.
    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown { .. })
    }

    /// Fog that this effect adds to the plan.
    pub(super) fn mist(&self) -> f32 {
        match self {
            Self::Fog(scale) => scale * 0.95,
            _ => 0.0,
        }
    }

    /// Changes the sheet in linear light, then the finish.
    pub(super) fn apply(&self, canvas: &mut Canvas, finish: &mut Finish) {
        match *self {
            Self::Fog(_) => {}
            Self::Ink(s) => ink(canvas, finish, s),
            Self::Pastel(s) => {
                finish.contrast -= 0.30 * s;
                lift(canvas, 0.20 * s);
                finish.saturation *= (1.0 + 0.12 * s).clamp(0.2, 1.8);
            }
            Self::Neon(s) => neon(canvas, finish, s),
            Self::Grain(s) => finish.grain = (finish.grain + 0.050 * s).max(0.0),
            Self::Bloom(s) => bloom(canvas, s),
            Self::Gold(s) => toned(canvas, s, [hex(0x140C06), hex(0x8A5A1E), hex(0xFFE3A0)]),
            Self::Noir(s) => {
                finish.saturation *= (1.0 - s).clamp(0.0, 2.0);
                finish.contrast += 0.35 * s;
                finish.vignette = (finish.vignette + 0.25 * s).clamp(0.0, 0.9);
            }
            Self::Unknown { hash, scale } => unknown(canvas, hash, scale),
        }
    }
}

fn lift(canvas: &mut Canvas, amount: f32) {
    for pixel in &mut canvas.px {
        *pixel = pixel.map(|channel| (channel + (0.9 - channel) * amount).max(0.0));
    }
}

/// Wash on paper: tones gather into a few, edges darken, the ground of the paper shows.
fn ink(canvas: &mut Canvas, finish: &mut Finish, strength: f32) {
    let amount = clamp01(strength * 0.85);
    let before: Vec<f32> = canvas.px.iter().map(|&c| luminance(c).sqrt()).collect();
    let (width, height) = (canvas.width, canvas.height);
    for row in 0..height {
        for column in 0..width {
            let at = |dx: i32, dy: i32| {
                let x = (column as i32 + dx).clamp(0, width as i32 - 1) as usize;
                let y = (row as i32 + dy).clamp(0, height as i32 - 1) as usize;
                before[y * width + x]
            };
            let gx = at(2, 0) - at(-2, 0);
            let gy = at(0, 2) - at(0, -2);
            let edge = smoothstep(0.05, 0.30, (gx * gx + gy * gy).sqrt());
            let tone = at(0, 0);
            let (x, y) = (column as f32 / height as f32, row as f32 / height as f32);
            let fiber = gradient([x * 310.0, y * 96.0], 0x1D) * 0.018
                + fbm([x * 5.0, y * 5.0], 3, 0x1E) * 0.05;
            let wash = 0.10 + 0.90 * smoothstep(0.02, 0.86, tone + fiber);
            let paper = scale([0.93, 0.90, 0.83], clamp01(wash + fiber));
            let color = mix(
                paper,
                [0.030, 0.034, 0.050],
                clamp01((1.0 - wash) * 0.94 + edge * 0.5),
            );
            let index = row * width + column;
            canvas.px[index] = mix(canvas.px[index], color, amount);
        }
    }
    finish.saturation *= 1.0 - 0.25 * amount;
    finish.vignette *= 1.0 - 0.6 * amount;
}

fn neon(canvas: &mut Canvas, finish: &mut Finish, strength: f32) {
    if strength < 0.0 {
        finish.saturation *= (1.0 + strength * 0.5).max(0.0);
        return;
    }
    let amount = clamp01(strength * 0.7);
    for pixel in &mut canvas.px {
        let tone = luminance(*pixel).sqrt();
        let dark = hex(0x12063A);
        let middle = hex(0xE0218A);
        let bright = hex(0x35E0FF);
        let map = if tone < 0.42 {
            mix(dark, middle, smoothstep(0.04, 0.42, tone))
        } else {
            mix(middle, bright, smoothstep(0.42, 0.92, tone))
        };
        let strong = saturate(*pixel, 1.0 + 0.5 * amount);
        *pixel = mix(strong, scale(map, 0.35 + 0.85 * tone), amount * 0.72);
    }
    bloom(canvas, 0.7 * strength);
    finish.contrast += 0.15 * amount;
}

/// A three-tone map over the picture's own light; a negative strength cools instead.
fn toned(canvas: &mut Canvas, strength: f32, [low, middle, high]: [Vec3; 3]) {
    let amount = clamp01((if strength < 0.0 { -strength } else { strength }) * 0.62);
    for pixel in &mut canvas.px {
        let tone = luminance(*pixel).sqrt();
        let map = if tone < 0.5 {
            mix(low, middle, tone * 2.0)
        } else {
            mix(middle, high, tone * 2.0 - 1.0)
        };
        let map = if strength < 0.0 {
            [map[2], map[1], map[0]]
        } else {
            map
        };
        *pixel = mix(*pixel, map, amount);
    }
}

/// Light that spills out of the bright parts; a negative strength draws it in.
fn bloom(canvas: &mut Canvas, strength: f32) {
    let mut small = canvas.halved().halved();
    for pixel in &mut small.px {
        let light = smoothstep(0.30, 0.90, luminance(*pixel));
        *pixel = scale(*pixel, light);
    }
    let radius = (small.height as f32 * 0.028).max(1.0);
    let (width, height) = (small.width, small.height);
    blur(&mut small.px, width, height, radius);
    let amount = strength * 0.85;
    for row in 0..canvas.height {
        for column in 0..canvas.width {
            let spill = small.sample((column as f32 + 0.5) * 0.25, (row as f32 + 0.5) * 0.25);
            let index = row * canvas.width + column;
            canvas.px[index] = if amount >= 0.0 {
                screen(canvas.px[index], scale(spill, amount))
            } else {
                let less = add(canvas.px[index], scale(spill, amount * 0.5));
                less.map(|channel| channel.max(0.0))
            };
        }
    }
}

fn blur(pixels: &mut [Vec3], width: usize, height: usize, radius: f32) {
    let reach = (radius * 2.5) as i32;
    let weights: Vec<f32> = (-reach..=reach)
        .map(|offset| exp(-(offset * offset) as f32 / (2.0 * radius * radius)))
        .collect();
    let total: f32 = weights.iter().sum();
    let mut pass = |along_x: bool| {
        let source = pixels.to_vec();
        for y in 0..height {
            for x in 0..width {
                let mut sum = [0.0; 3];
                for (step, &weight) in weights.iter().enumerate() {
                    let offset = step as i32 - reach;
                    let (sx, sy) = if along_x {
                        ((x as i32 + offset).clamp(0, width as i32 - 1) as usize, y)
                    } else {
                        (x, (y as i32 + offset).clamp(0, height as i32 - 1) as usize)
                    };
                    sum = add(sum, scale(source[sy * width + sx], weight));
                }
                pixels[y * width + x] = scale(sum, 1.0 / total);
            }
        }
    };
    pass(true);
    pass(false);
}

fn unknown(canvas: &mut Canvas, hash: u32, strength: f32) {
    let hue = (hash & 1023) as f32 / 1023.0 * super::math::TAU;
    let angle = (hash >> 10 & 255) as f32 / 255.0 * super::math::TAU;
    let (s, c) = (super::math::sin(angle), super::math::cos(angle));
    let tint = super::color::from_oklab([
        0.7,
        0.12 * super::math::cos(hue),
        0.12 * super::math::sin(hue),
    ]);
    let amount = (if strength < 0.0 { -strength } else { strength } * 0.10).min(0.35);
    let unit = canvas.unit();
    for row in 0..canvas.height {
        for column in 0..canvas.width {
            let (x, y) = (column as f32 / unit, row as f32 / unit);
            let weave = gradient([(x * c + y * s) * 90.0, (y * c - x * s) * 22.0], hash);
            let index = row * canvas.width + column;
            let pixel = canvas.px[index];
            let tone = luminance(pixel);
            let tinted = scale(tint, tone * lerp(0.9, 1.5, 0.5));
            let tinted = if strength < 0.0 {
                [tinted[2], tinted[0], tinted[1]]
            } else {
                tinted
            };
            canvas.px[index] = scale(mix(pixel, tinted, amount), 1.0 + 0.22 * amount * weave);
        }
    }
}
