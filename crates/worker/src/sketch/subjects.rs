//! Putting the figures where they belong: on the rise in front, on the water, on the land, in the sky.

use super::canvas::Canvas;
use super::drawing::{draw, style};
use super::figures::figure;
use super::flora::{Species, Tree};
use super::front::Front;
use super::math::{inside, mix, mul, scale};
use super::path::Placing;
use super::plan::{Place, Plan, Subject};
use super::props::{balloons, beam, flock, owl, rock, smoke};
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
