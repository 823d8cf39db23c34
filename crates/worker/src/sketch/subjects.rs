//! Putting the figures where they belong: on the rise in front, on the water, on the land, in the sky.

use super::canvas::Canvas;
use super::figures::{Figure, Tone, bird, figure, paint};
use super::flora::{Species, Tree};
use super::front::Front;
use super::math::{
    Vec2, Vec3, add, clamp01, floor, inside, mix, mul, normalize, scale, smoothstep,
};
use super::path::{Outline, Placing};
use super::plan::{Place, Plan, Subject};
use super::rng::Rng;
use super::stage::Stage;
use super::view::View;

/// Where a subject belongs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Home {
    /// On the rise in front, this tall in the picture.
    Front(f32),
    /// Afloat at this distance, this tall in the world.
    Water(f32, f32),
    /// On the land at about this distance, this tall in the world.
    Land(f32, f32),
    Sky,
}

pub(super) fn home(subject: Subject, plan: &Plan) -> Home {
    match subject {
        Subject::Fox => Home::Front(0.195),
        Subject::Wolf => Home::Front(0.225),
        Subject::Cat => Home::Front(0.180),
        Subject::Deer => Home::Front(0.285),
        Subject::Bear => Home::Front(0.235),
        Subject::Horse => Home::Front(0.26),
        Subject::Rabbit => Home::Front(0.125),
        Subject::Heron => Home::Front(0.20),
        Subject::Person | Subject::Couple => Home::Front(0.205),
        Subject::Tent => Home::Front(0.20),
        Subject::Campfire => Home::Front(0.085),
        Subject::Torii => Home::Front(0.30),
        Subject::Tree => Home::Front(0.44),
        Subject::Whale => Home::Water(2.5, 0.42),
        Subject::Sailboat => Home::Water(3.6, 0.80),
        Subject::Rowboat => Home::Water(2.3, 0.34),
        Subject::Lighthouse if plan.place == Place::Sea => Home::Water(4.2, 0.95),
        Subject::Lighthouse => Home::Land(4.4, 1.05),
        Subject::Cabin => Home::Land(2.9, 0.40),
        Subject::Castle => Home::Land(6.2, 1.45),
        Subject::Windmill => Home::Front(0.36),
        Subject::Owl | Subject::Birds | Subject::Balloon => Home::Sky,
    }
}

/// Whether any subject stands in front, so that there must be ground.
pub(super) fn need_front(plan: &Plan) -> bool {
    plan.subjects
        .iter()
        .any(|&subject| matches!(home(subject, plan), Home::Front(_)))
}

/// How figures take the light.
#[derive(Clone, Copy)]
struct Style {
    body: Vec3,
    light: Vec3,
    rim: Vec3,
    toward: Vec2,
    own: f32,
    lamp: f32,
    haze: Vec3,
    veil: f32,
}

fn style(stage: &Stage, at: Vec2, body: Vec3, h: f32, z: f32) -> Style {
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

fn draw(
    canvas: &mut Canvas,
    figure: &Figure,
    placing: &Placing,
    style: &Style,
    hidden: Option<(&[f32], f32)>,
) {
    let unit = canvas.unit();
    let reach = (placing.scale * unit * 0.022).clamp(1.0, 5.0);
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
                let there = mask.at(
                    x as i32 + floor(step[0] + 0.5),
                    y as i32 + floor(step[1] + 0.5),
                );
                let rim = clamp01(1.0 - there);
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

/// Figures on water and land; called for the mirrored picture too, so that they are reflected.
pub(super) fn afield(
    canvas: &mut Canvas,
    plan: &Plan,
    stage: &Stage,
    view: &View,
    depth: Option<&[f32]>,
    rng: &Rng,
) {
    for (index, &subject) in plan.subjects.iter().enumerate() {
        let mut chance = rng.fork("afield").fork(&index.to_string());
        let flip = chance.sign();
        let aside = 0.16
            * index as f32
            * if stage.anchor < view.aspect * 0.5 {
                1.0
            } else {
                -1.0
            };
        let anchor = inside(stage.anchor + aside, 0.12, view.aspect);
        let Some(figure) = figure(subject) else {
            continue;
        };
        match home(subject, plan) {
            Home::Water(z, size) => {
                let z = afloat(stage, anchor, z);
                let x = view.world_x(anchor, z);
                let [px, py] = view.project(x, 0.0, z);
                let tall = size * view.focal / z;
                let mut placing = Placing::new(px, py + tall * 0.04, tall);
                placing.flip = flip;
                let body = scale(stage.sky.mood.shade, 0.9);
                let mut style = style(stage, [px, py], body, 0.3, z);
                style.veil *= 0.7;
                if subject == Subject::Lighthouse {
                    rock(canvas, px, py, tall, &style, rng);
                    placing.at[1] -= tall * 0.10;
                }
                draw(canvas, &figure, &placing, &style, None);
                if subject == Subject::Lighthouse {
                    beam(canvas, stage, placing.apply([0.0, -0.79]), style.lamp);
                }
            }
            Home::Land(z, size) => {
                let Some((anchor, z, h)) = ashore(stage, view.aspect, anchor, z) else {
                    continue;
                };
                let x = view.world_x(anchor, z);
                let [px, py] = view.project(x, h, z);
                let tall = size * view.focal / z;
                let mut placing = Placing::new(px, py + tall * 0.035, tall);
                placing.flip = flip;
                let body = mix(
                    stage.sky.mood.shade,
                    mul(stage.land.ground.rock_dark, stage.light.ambient),
                    0.35,
                );
                let style = style(stage, [px, py], body, h + size * 0.5, z);
                if subject == Subject::Castle {
                    rock(canvas, px, py + tall * 0.10, tall * 2.0, &style, rng);
                    placing.at[1] -= tall * 0.13;
                }
                let hidden = depth.map(|depth| (depth, z));
                draw(canvas, &figure, &placing, &style, hidden);
                if subject == Subject::Lighthouse {
                    beam(canvas, stage, placing.apply([0.0, -0.79]), style.lamp);
                }
                if subject == Subject::Cabin && view.eye > 0.0 {
                    smoke(canvas, stage, placing.apply([0.195, -0.75]), tall, rng);
                }
            }
            Home::Front(_) | Home::Sky => {}
        }
    }
}

/// A distance at which there is water under this line of sight, near the wanted one.
fn afloat(stage: &Stage, anchor: f32, wanted: f32) -> f32 {
    for step in 0..24 {
        let z = wanted + 0.22 * (step / 2) as f32 * if step % 2 == 0 { 1.0 } else { -1.0 };
        let x = stage.view.world_x(anchor, z.max(1.2));
        if stage.land.height(x, z.max(1.2), 6) < -0.01 {
            return z.max(1.2);
        }
    }
    wanted
}

/// Picture x, distance and height of dry, visible ground, as near as can be to what is wanted.
fn ashore(stage: &Stage, aspect: f32, anchor: f32, wanted: f32) -> Option<(f32, f32, f32)> {
    let mut found: Option<(f32, (f32, f32, f32))> = None;
    for step in 0_i32..15 {
        let aside = 0.05 * (step / 2) as f32 * if step % 2 == 0 { 1.0 } else { -1.0 };
        let x_screen = anchor + aside;
        if !(0.10..=aspect - 0.10).contains(&x_screen) {
            continue;
        }
        let mut crest = f32::INFINITY;
        let mut z = 0.9;
        while z < 14.0 {
            let h = stage.land.height(stage.view.world_x(x_screen, z), z, 6);
            let [_, y] = stage.view.project(0.0, h.max(0.0), z);
            let seen = y <= crest;
            crest = crest.min(y);
            if h > 0.03 && seen && y > 0.12 && z > 1.9 {
                let off = (z - wanted) * (z - wanted) + aside * aside * 30.0;
                if found.is_none_or(|(best, _)| off < best) {
                    found = Some((off, (x_screen, z, h)));
                }
            }
            z += 0.06 + 0.012 * z;
        }
    }
    found.map(|(_, place)| place)
}

fn rock(canvas: &mut Canvas, x: f32, y: f32, tall: f32, style: &Style, rng: &Rng) {
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
        parts: vec![super::figures::Part {
            outline: Outline::polygon(points),
            tone: Tone::Tinted(0x5A5652),
        }],
        lamps: Vec::new(),
    };
    draw(canvas, &figure, &Placing::new(0.0, 0.0, 1.0), style, None);
}

/// Two cones of light from a lantern.
fn beam(canvas: &mut Canvas, stage: &Stage, at: Vec2, lamp: f32) {
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

fn smoke(canvas: &mut Canvas, stage: &Stage, at: Vec2, tall: f32, rng: &Rng) {
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

/// Figures in the sky, before the land is laid over it.
pub(super) fn aloft(canvas: &mut Canvas, plan: &Plan, stage: &Stage, rng: &Rng) {
    let aspect = canvas.aspect();
    for &subject in &plan.subjects {
        match subject {
            Subject::Birds => flock(canvas, stage, aspect, rng),
            Subject::Balloon => balloons(canvas, stage, rng),
            _ => {}
        }
    }
}

fn flock(canvas: &mut Canvas, stage: &Stage, aspect: f32, rng: &Rng) {
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

fn balloons(canvas: &mut Canvas, stage: &Stage, rng: &Rng) {
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

/// Figures on the rise in front.
pub(super) fn before(canvas: &mut Canvas, plan: &Plan, stage: &Stage, front: &Front, rng: &Rng) {
    let aspect = canvas.aspect();
    let mut taken = 0;
    for (index, &subject) in plan.subjects.iter().enumerate() {
        let mut chance = rng.fork("before").fork(&index.to_string());
        if subject == Subject::Owl {
            owl(canvas, stage, front, &mut chance);
            continue;
        }
        let Home::Front(size) = home(subject, plan) else {
            continue;
        };
        let inward = if stage.anchor < aspect * 0.5 {
            1.0
        } else {
            -1.0
        };
        let x = stage.anchor + inward * 0.19 * taken as f32 + 0.02 * chance.bell();
        taken += 1;
        let y = front.level(x) + 0.006;
        if subject == Subject::Tree {
            let tree = Tree {
                species: Species::Broadleaf,
                x,
                y: y + 0.01,
                size,
                z: 1.0,
                dark: scale(front.color, 0.75),
                lit: mix(scale(front.color, 1.5), front.rim, 0.22),
                side: if stage.sky.sun[0] < x { -1.0 } else { 1.0 },
                seed: chance.next(),
            };
            tree.paint(canvas, None);
            continue;
        }
        let Some(figure) = figure(subject) else {
            continue;
        };
        let mut placing = Placing::new(x, y, size);
        // Looking into the picture.
        placing.flip = inward;
        let style = style(stage, [x, y], scale(front.color, 0.62), 0.0, 0.0);
        draw(canvas, &figure, &placing, &style, None);
        if subject == Subject::Campfire {
            super::weather::embers(canvas, x, y - 0.03, 0.03, 0.16, 40, rng);
        }
    }
}

/// An owl on a bare branch that reaches in from the side.
fn owl(canvas: &mut Canvas, stage: &Stage, front: &Front, chance: &mut Rng) {
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
