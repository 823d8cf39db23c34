//! Figures in the light of the scene: rim toward the disc, lamps at dusk, air before them.

use super::canvas::Canvas;
use super::figures::{Figure, Tone, paint};
use super::math::{Vec2, Vec3, add, clamp01, floor, mix, mul, normalize, scale, smoothstep};
use super::path::Placing;
use super::stage::Stage;

/// How figures take the light.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) body: Vec3,
    pub(super) light: Vec3,
    pub(super) rim: Vec3,
    pub(super) toward: Vec2,
    pub(super) own: f32,
    pub(super) lamp: f32,
    pub(super) haze: Vec3,
    pub(super) veil: f32,
}

pub(super) fn style(stage: &Stage, at: Vec2, body: Vec3, h: f32, z: f32) -> Style {
    let mood = &stage.sky.mood;
    let (dx, dy) = (stage.sky.sun[0] - at[0], stage.sky.sun[1] - at[1]);
    let [tx, ty, _] = normalize([dx, dy.min(-0.05), 0.0]);
    let dark = mood.is_dark();
    Style {
        body,
        light: add(scale(mood.ambient, 0.75), scale(mood.key, 0.42)),
        rim: scale(mix(mood.sun, mood.key, 0.35), if dark { 0.45 } else { 0.9 }),
        toward: [tx, ty],
        own: if dark { 0.55 } else { 0.72 },
        lamp: 1.0 - smoothstep(0.12, 0.50, mood.daylight()),
        haze: stage.sky.haze(at[0]),
        veil: stage.light.air.veil(h, z) * 0.85,
    }
}

/// Draws all parts of a figure; `hidden` is the depth of the land and the figure's own distance.
pub(super) fn draw(
    canvas: &mut Canvas,
    figure: &Figure,
    placing: &Placing,
    style: &Style,
    hidden: Option<(&[f32], f32)>,
) {
    let unit = canvas.unit();
    let reach = (placing.scale * unit * 0.020).clamp(1.0, 9.0);
    let step = [style.toward[0] * reach, style.toward[1] * reach];
    for part in &figure.parts {
        let mask = part.outline.mask(placing, canvas);
        let own = paint(part.tone);
        let base = match (part.tone, own) {
            (Tone::Lamp, _) => mix(
                mix(style.body, style.light, 0.10),
                [1.0, 0.66, 0.26],
                0.15 + 0.85 * style.lamp,
            ),
            (Tone::Bright(_), Some(own)) => mix(style.body, mul(own, style.light), 0.92),
            (_, Some(own)) => mix(style.body, mul(own, style.light), style.own * 0.55),
            _ => style.body,
        };
        let shines = part.tone == Tone::Lamp;
        let top = mask.y as f32;
        let tall = mask.height.max(1) as f32;
        let mut pixels = Vec::new();
        mask.each(|x, y, cover| {
            let mut color = base;
            if !shines {
                // Edges turned to the light catch it; the foot of things is darkest.
                // Several steps toward the light, so that the rim fades into the body.
                let rim = [0.34, 0.67, 1.0]
                    .map(|share| {
                        let there = mask.at(
                            x as i32 + floor(step[0] * share + 0.5),
                            y as i32 + floor(step[1] * share + 0.5),
                        );
                        clamp01(1.0 - there)
                    })
                    .iter()
                    .sum::<f32>()
                    / 3.0;
                color = scale(color, 1.06 - 0.30 * (y as f32 - top) / tall);
                color = mix(
                    color,
                    mix(style.rim, mul(style.rim, base), 0.35),
                    rim * 0.62,
                );
            }
            pixels.push((x, y, cover, mix(color, style.haze, style.veil)));
        });
        for (x, y, cover, color) in pixels {
            let index = y * canvas.width + x;
            let seen = hidden.is_none_or(|(depth, z)| depth[index] >= z * 0.97);
            if seen {
                canvas.over(index, color, cover);
            }
        }
    }
    if style.lamp > 0.05 {
        for &lamp in &figure.lamps {
            let [x, y] = placing.apply(lamp);
            let size = placing.scale * 0.16;
            canvas.glow(
                x,
                y,
                size,
                [1.0, 0.55, 0.18],
                0.55 * style.lamp * (1.0 - style.veil),
            );
            canvas.glow(
                x,
                y,
                size * 0.35,
                [1.0, 0.80, 0.48],
                0.6 * style.lamp * (1.0 - style.veil),
            );
        }
    }
}
