//! The order of painting, from the farthest to the nearest.

use super::canvas::Canvas;
use super::front::Front;
use super::march::look;
use super::plan::{Place, Plan};
use super::rng::Rng;
use super::stage::{Stage, set};
use super::view::{Sight, View};
use super::woods::grow;
use super::{city, lava, subjects, weather};

/// Paints the plan. `tick` is told the share of the work done, 0 to 1, and answers whether to go on.
pub(super) fn paint(
    plan: &Plan,
    width: usize,
    height: usize,
    rng: &Rng,
    tick: &mut dyn FnMut(f32) -> bool,
) -> Option<Canvas> {
    let mut canvas = Canvas::new(width, height);
    let stage = set(plan, canvas.aspect(), rng);
    paint_sky(&mut canvas, plan, &stage, rng);
    if !tick(0.15) {
        return None;
    }
    let sight = if plan.place == Place::City {
        paint_city(&mut canvas, plan, &stage, rng)
    } else {
        paint_land(&mut canvas, plan, &stage, rng, tick)?
    };
    if !tick(0.75) {
        return None;
    }
    if plan.place != Place::City {
        grow(&mut canvas, plan, &stage, &stage.view, &sight, rng);
        subjects::afield(
            &mut canvas,
            plan,
            &stage,
            &stage.view,
            Some(&sight.depth),
            rng,
        );
    }
    if plan.place == Place::Volcano {
        lava::streams(&mut canvas, &stage, &sight, rng);
        lava::underglow(&mut canvas, &stage);
    }
    if !tick(0.85) {
        return None;
    }
    // Light hangs in the air beyond; what is close stands dark before it.
    let hazy = 0.30 + 0.75 * plan.mist.min(1.0) + if plan.dense { 0.2 } else { 0.0 };
    weather::shafts(&mut canvas, &stage.sky, hazy);
    foreground(&mut canvas, plan, &stage, rng);
    if plan.rain > 0.0 {
        weather::rain(&mut canvas, &stage.sky, plan.rain, rng);
    }
    if plan.snowfall > 0.0 {
        weather::snow(&mut canvas, &stage.sky, plan.snowfall, rng);
    }
    if !tick(0.92) {
        return None;
    }
    Some(canvas)
}

fn paint_land(
    canvas: &mut Canvas,
    plan: &Plan,
    stage: &Stage,
    rng: &Rng,
    tick: &mut dyn FnMut(f32) -> bool,
) -> Option<Sight> {
    let detail = 5 + (plan.detail * 5.0) as u32;
    let size = (canvas.width, canvas.height);
    let mirror = if stage.land.has_water() {
        let mut mirror = canvas.halved();
        let view = stage.view.mirrored();
        let sight = look(
            &stage.land,
            &view,
            &stage.light,
            &stage.sky,
            (mirror.width, mirror.height),
            detail.saturating_sub(1),
            &mut |done| tick(0.15 + 0.15 * done),
        )?;
        sight.over(&mut mirror);
        grow(&mut mirror, plan, stage, &view, &sight, rng);
        subjects::afield(&mut mirror, plan, stage, &view, None, rng);
        Some((mirror, sight.depth))
    } else {
        None
    };
    let mut sight = look(
        &stage.land,
        &stage.view,
        &stage.light,
        &stage.sky,
        size,
        detail,
        &mut |done| tick(0.30 + 0.40 * done),
    )?;
    sight.over(canvas);
    if let Some((mirror, depth)) = &mirror {
        stage
            .water
            .paint(canvas, mirror, depth, &sight, &stage.view, &stage.sky);
        flatten_water(&mut sight, &stage.view);
    }
    Some(sight)
}

/// The city has no relief: its skyline stands on the far bank of a river that fills the rest.
fn paint_city(canvas: &mut Canvas, plan: &Plan, stage: &Stage, rng: &Rng) -> Sight {
    city::paint(canvas, plan, stage, rng);
    let mut sight = Sight::new(canvas.width, canvas.height);
    let first = (stage.view.horizon * canvas.unit()) as usize;
    for water in sight.water.iter_mut().skip(first * canvas.width) {
        *water = 1.0;
    }
    let mirror = canvas.halved();
    let far = vec![f32::INFINITY; mirror.px.len()];
    stage
        .water
        .paint(canvas, &mirror, &far, &sight, &stage.view, &stage.sky);
    sight
}

fn foreground(canvas: &mut Canvas, plan: &Plan, stage: &Stage, rng: &Rng) {
    let mut chance = rng.fork("foreground");
    let aspect = canvas.aspect();
    let usual = match plan.place {
        Place::Mountains | Place::Lake | Place::River | Place::NightSky | Place::Volcano => 0.8,
        Place::Forest | Place::Snowfield => 0.6,
        Place::Field => 0.75,
        Place::Desert | Place::Canyon => 0.12,
        Place::Sea | Place::Island | Place::Coast | Place::City => 0.0,
    };
    let wanted = subjects::need_front(plan) || chance.chance(usual);
    let framed = plan.trees
        && stage.woods > 0.3
        && !matches!(plan.place, Place::Island | Place::Coast)
        && chance.chance(0.5);
    let front = Front::new(plan, stage, aspect, rng);
    if wanted {
        front.paint(canvas, plan, stage, rng);
    }
    if wanted && framed {
        front.frame(canvas, plan, stage, rng);
    }
    subjects::before(canvas, plan, stage, &front, rng);
}

fn paint_sky(canvas: &mut Canvas, plan: &Plan, stage: &Stage, rng: &Rng) {
    stage.sky.paint(canvas);
    let mut chance = rng.fork("night");
    if plan.stars {
        let amount = stage.sky.mood.stars.max(0.35)
            * (1.0 - 0.7 * plan.clouds).max(0.0)
            * (1.0 - 0.75 * plan.mist.min(1.0));
        let milky = if plan.place == Place::NightSky {
            1.0
        } else {
            0.45
        };
        stage.sky.paint_stars(canvas, amount, milky, &mut chance);
    }
    if plan.aurora {
        weather::aurora(canvas, &stage.sky, rng);
    }
    stage.sky.paint_disc(canvas);
    stage.sky.paint_clouds(canvas);
    if plan.storm {
        weather::lightning(canvas, &stage.sky, rng);
    }
    if plan.place == Place::NightSky && chance.chance(0.6) {
        weather::meteor(canvas, rng);
    }
    if plan.place == Place::Volcano {
        lava::plume(canvas, stage, 4 + (plan.detail * 2.0) as u32, rng);
    }
    subjects::aloft(canvas, plan, stage, rng);
    if plan.rainbow {
        weather::rainbow(canvas, &stage.sky);
    }
}

/// Water is nearer than what lies beneath it: fog and trees must know.
fn flatten_water(sight: &mut Sight, view: &View) {
    let unit = sight.height as f32;
    for row in 0..sight.height {
        let below = (row as f32 + 0.5) / unit - view.horizon;
        if below <= 0.0 {
            continue;
        }
        let z = view.focal * view.eye / below;
        for column in 0..sight.width {
            let index = row * sight.width + column;
            if sight.water[index] > 0.5 {
                sight.depth[index] = z;
            }
        }
    }
}
