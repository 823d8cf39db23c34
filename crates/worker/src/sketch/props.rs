//! What figures bring along: rock, beam, smoke, a flock, balloons, an owl's branch.

use super::canvas::Canvas;
use super::drawing::{Style, draw, style};
use super::figures::{Figure, Part, Tone, bird, figure};
use super::front::Front;
use super::math::{Vec2, inside, mix, scale};
use super::path::{Outline, Placing};
use super::plan::Subject;
use super::rng::Rng;
use super::stage::Stage;

pub(super) fn rock(canvas: &mut Canvas, x: f32, y: f32, tall: f32, style: &Style, rng: &Rng) {
    let mut chance = rng.fork("rock");
    let points = (0..=26)
        .map(|step| {
            let t = step as f32 / 26.0;
            let up = super::math::pow(4.0 * t * (1.0 - t), 0.6);
            [
                x + (t - 0.5) * tall * 0.78,
                y + tall * 0.03 - up * tall * (0.13 + 0.05 * chance.unit()),
            ]
        })
        .collect();
    let figure = Figure {
        parts: vec![Part {
            outline: Outline::polygon(points),
            tone: Tone::Tinted(0x5A5652),
        }],
        lamps: Vec::new(),
    };
    draw(canvas, &figure, &Placing::new(0.0, 0.0, 1.0), style, None);
}

/// Two cones of light from a lantern.
pub(super) fn beam(canvas: &mut Canvas, stage: &Stage, at: Vec2, lamp: f32) {
    if lamp < 0.2 {
        return;
    }
    let unit = canvas.unit();
    let away = if stage.sky.sun[0] > at[0] { -1.0 } else { 1.0 };
    for (way, strength) in [(away, 0.50), (-away, 0.26)] {
        for row in 0..canvas.height {
            let y = (row as f32 + 0.5) / unit;
            if y > stage.view.horizon + 0.05 {
                break;
            }
            for column in 0..canvas.width {
                let x = (column as f32 + 0.5) / unit;
                let run = (x - at[0]) * way;
                if run <= 0.0 {
                    continue;
                }
                let off = (y - at[1] + run * 0.05) / (0.006 + run * 0.085);
                let cone = super::math::exp(-off * off * 1.6)
                    * super::math::exp(-run * 1.7)
                    * strength
                    * lamp;
                if cone > 0.004 {
                    let index = row * canvas.width + column;
                    canvas.px[index] =
                        super::math::screen(canvas.px[index], scale([1.0, 0.88, 0.62], cone));
                }
            }
        }
    }
    canvas.glow(at[0], at[1], 0.030, [1.0, 0.86, 0.55], 0.85 * lamp);
}

pub(super) fn smoke(canvas: &mut Canvas, stage: &Stage, at: Vec2, tall: f32, rng: &Rng) {
    let mut chance = rng.fork("smoke");
    let color = mix(stage.sky.haze(at[0]), [0.8; 3], 0.25);
    let drift = chance.range(0.15, 0.5) * chance.sign();
    for step in 0..34 {
        let t = step as f32 / 34.0;
        let x = at[0] + tall * (drift * t * t * 1.6 + 0.10 * t * chance.bell());
        let y = at[1] - tall * 1.5 * t;
        let radius = tall * (0.030 + 0.13 * t);
        canvas.glow(x, y, radius, color, 0.085 * (1.0 - t));
    }
}

pub(super) fn flock(canvas: &mut Canvas, stage: &Stage, aspect: f32, rng: &Rng) {
    let mut chance = rng.fork("flock");
    let count = 7 + chance.below(8);
    let lead = [
        inside(
            stage.sky.sun[0] + (aspect * 0.5 - stage.sky.sun[0]) * 0.7,
            0.2,
            aspect,
        ),
        (stage.view.horizon * chance.range(0.34, 0.5)).max(0.12),
    ];
    let way = chance.sign();
    let color = mix(stage.sky.mood.shade, stage.sky.air(lead[0], lead[1]), 0.16);
    for index in 0..count {
        let rank = index.div_ceil(2) as f32;
        let arm = if index % 2 == 0 { 1.0 } else { -1.0 };
        let x = lead[0] - way * rank * 0.034 + 0.010 * chance.bell();
        let y = lead[1] + arm * rank * 0.013 + rank * 0.008 + 0.006 * chance.bell();
        let size = chance.range(0.030, 0.042) * (1.0 - 0.025 * rank);
        let mut placing = Placing::new(x, y, size);
        placing.turn = 0.14 * chance.bell();
        bird(chance.range(-0.5, 1.0)).fill(canvas, &placing, color, 0.94);
    }
}

pub(super) fn balloons(canvas: &mut Canvas, stage: &Stage, rng: &Rng) {
    let mut chance = rng.fork("balloons");
    let Some(figure) = figure(Subject::Balloon) else {
        return;
    };
    let aspect = canvas.aspect();
    let places = [
        [stage.anchor, stage.view.horizon * 0.62, 0.235],
        [
            aspect - stage.anchor + 0.06 * chance.bell(),
            stage.view.horizon * 0.46,
            0.085,
        ],
        [
            aspect * 0.5 + 0.1 * chance.bell(),
            stage.view.horizon * 0.78,
            0.050,
        ],
    ];
    for [x, y, size] in places.into_iter().rev() {
        let z = 0.9 / size;
        let style = style(stage, [x, y], stage.sky.mood.shade, 1.0, z * 0.8);
        draw(canvas, &figure, &Placing::new(x, y, size), &style, None);
    }
}

/// An owl on a bare branch that reaches in from the side.
pub(super) fn owl(canvas: &mut Canvas, stage: &Stage, front: &Front, chance: &mut Rng) {
    let aspect = canvas.aspect();
    let (edge, inward) = if stage.anchor < aspect * 0.5 {
        (-0.02, 1.0)
    } else {
        (aspect + 0.02, -1.0)
    };
    let y = chance.range(0.40, 0.48);
    let at = |t: f32, up: f32| [edge + inward * t * 0.46, y - up];
    let color = scale(front.color, 0.5);
    let branch = Outline::band(&[
        (at(0.0, -0.05), 0.019),
        (at(0.35, -0.012), 0.013),
        (at(0.65, -0.004), 0.009),
        (at(0.85, 0.012), 0.005),
        (at(1.0, 0.040), 0.001),
    ]);
    let twigs = Outline::band(&[
        (at(0.5, -0.008), 0.006),
        (at(0.62, 0.045), 0.003),
        (at(0.70, 0.10), 0.0006),
    ])
    .joined(Outline::band(&[
        (at(0.72, 0.0), 0.005),
        (at(0.86, -0.03), 0.002),
        (at(0.95, -0.06), 0.0005),
    ]));
    let placing = Placing::new(0.0, 0.0, 1.0);
    branch.joined(twigs).fill(canvas, &placing, color, 1.0);
    let Some(figure) = figure(Subject::Owl) else {
        return;
    };
    let [x, foot] = at(0.42, -0.006);
    let style = style(stage, [x, foot], scale(front.color, 0.62), 0.0, 0.0);
    let seat = Placing::new(x, foot, 0.17);
    draw(canvas, &figure, &seat, &style, None);
    for eye in [[-0.07, -0.605], [0.075, -0.605]] {
        let [ex, ey] = seat.apply(eye);
        canvas.glow(ex, ey, 0.0042, [1.0, 0.78, 0.25], 0.95);
    }
}
