//! The darkroom: tone, vignette, grain and the way to eight bits.

use super::canvas::Canvas;
use super::color::{luminance, to_srgb};
use super::math::{Vec3, clamp01, lerp, smoothstep};
use super::noise::cell;
use super::plan::Plan;

/// Final adjustments.
#[derive(Clone, Copy)]
pub(super) struct Finish {
    /// −1 soft to 1 hard.
    pub(super) contrast: f32,
    pub(super) saturation: f32,
    pub(super) grain: f32,
    pub(super) vignette: f32,
    pub(super) seed: u32,
}

impl Finish {
    /// What the plan asks for, before any effect.
    pub(super) fn of(plan: &Plan, seed: u32) -> Self {
        Self {
            contrast: 0.16 + plan.contrast * 0.8,
            saturation: if plan.gray {
                0.0
            } else {
                1.04 + 0.30 * plan.contrast
            },
            grain: 0.005 + 0.011 * plan.detail,
            vignette: 0.22,
            seed,
        }
    }
}

/// Turns the sheet into opaque RGBA.
pub(super) fn develop(canvas: &Canvas, finish: Finish) -> Vec<u8> {
    let table = curve(finish.contrast);
    let (cx, cy) = (canvas.aspect() * 0.5, 0.5);
    let far = (cx * cx + cy * cy).sqrt();
    let unit = canvas.unit();
    let mut out = Vec::with_capacity(canvas.px.len() * 4);
    for row in 0..canvas.height {
        for column in 0..canvas.width {
            let mut c = canvas.px[row * canvas.width + column];
            if finish.saturation != 1.0 {
                c = vivid(c, finish.saturation);
            }
            let (dx, dy) = (
                (column as f32 + 0.5) / unit - cx,
                (row as f32 + 0.5) / unit - cy,
            );
            let d = (dx * dx + dy * dy).sqrt() / far;
            let dim = 1.0 - finish.vignette * smoothstep(0.45, 1.05, d);
            // Film grain is strongest in the middle tones; the rest of it is dither.
            let tone = clamp01(luminance(c));
            let noise = cell(column as i32, row as i32, finish.seed)
                + cell(column as i32, row as i32, finish.seed ^ 0xABCD)
                - 1.0;
            let grain = noise * finish.grain * (0.35 + 2.6 * tone * (1.0 - tone)) * 255.0;
            for (channel, value) in c.into_iter().enumerate() {
                let place = (clamp01(value * dim) * (SIZE - 1) as f32).min((SIZE - 2) as f32);
                let index = place as usize;
                let shown = lerp(table[index], table[index + 1], place - index as f32);
                let dither = cell(
                    column as i32,
                    row as i32,
                    finish.seed ^ (channel as u32 + 1),
                ) - 0.5;
                out.push((shown * 255.0 + grain + dither + 0.5).clamp(0.0, 255.0) as u8);
            }
            out.push(255);
        }
    }
    out
}

const SIZE: usize = 4096;

/// From linear light to sRGB with the contrast asked for and a soft shoulder.
fn curve(contrast: f32) -> Vec<f32> {
    (0..SIZE)
        .map(|step| {
            let linear = step as f32 / (SIZE - 1) as f32;
            let shown = to_srgb(linear);
            let hard = smoothstep(0.0, 1.0, shown);
            let soft = 0.5 + (shown - 0.5) * 0.72;
            if contrast >= 0.0 {
                lerp(shown, hard, contrast * 0.85)
            } else {
                lerp(shown, soft, -contrast)
            }
        })
        .collect()
}

fn vivid(c: Vec3, factor: f32) -> Vec3 {
    let gray = luminance(c);
    [
        (gray + (c[0] - gray) * factor).max(0.0),
        (gray + (c[1] - gray) * factor).max(0.0),
        (gray + (c[2] - gray) * factor).max(0.0),
    ]
}
