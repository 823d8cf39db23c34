//! What grows on the land, and the fog between: scattered once by chance, drawn from far to near.

use super::canvas::Canvas;
use super::flora::{Species, Tree};
use super::fog::Bank;
use super::math::{Vec3, add, mix, mul, scale, smoothstep};
use super::noise::gradient;
use super::plan::{Place, Plan};
use super::rng::Rng;
use super::stage::Stage;
use super::view::{Sight, View};

enum Layer {
    Tree(Tree),
    Bank(Bank),
}

/// Trees and fog banks, from far to near.
pub(super) fn grow(
    canvas: &mut Canvas,
    plan: &Plan,
    stage: &Stage,
    view: &View,
    sight: &Sight,
    rng: &Rng,
) {
    let mut layers: Vec<(f32, Layer)> = Vec::new();
    scatter(&mut layers, plan, stage, view, sight, rng);
    if view.eye > 0.0 {
        banks(&mut layers, plan, rng);
    }
    // Stable sort on totally ordered keys: the same order everywhere.
    layers.sort_by(|a, b| b.0.total_cmp(&a.0));
    let octaves = 3 + (plan.detail * 2.0) as u32;
    for (_, layer) in &layers {
        match layer {
            Layer::Tree(tree) => tree.paint(canvas, Some(&sight.depth)),
            Layer::Bank(bank) => bank.paint(canvas, view, &sight.depth, &stage.sky, octaves),
        }
    }
}

fn banks(layers: &mut Vec<(f32, Layer)>, plan: &Plan, rng: &Rng) {
    let mut chance = rng.fork("banks");
    let count = 2 + (plan.mist * 3.5) as usize;
    for index in 0..count {
        let share = (index as f32 + 0.6) / count as f32;
        let z = 2.6 + 15.0 * share * share + chance.range(-0.3, 0.3);
        let bank = Bank {
            z,
            height: chance.range(0.02, 0.22),
            thickness: chance.range(0.10, 0.26) * (0.5 + z * 0.12),
            strength: (0.10 + 0.75 * plan.mist).min(0.9) * chance.range(0.7, 1.0),
            seed: chance.next(),
        };
        layers.push((z, Layer::Bank(bank)));
    }
}

fn scatter(
    layers: &mut Vec<(f32, Layer)>,
    plan: &Plan,
    stage: &Stage,
    view: &View,
    sight: &Sight,
    rng: &Rng,
) {
    let unit = sight.height as f32;
    let mirrored = view.eye < 0.0;
    if stage.woods <= 0.0 {
        return;
    }
    let mut chance = rng.fork("trees");
    let land = &stage.land;
    let side = if stage.light.toward[0] < 0.0 {
        -1.0
    } else {
        1.0
    };
    let mut z = 26.0_f32;
    while z > 1.15 {
        // A row of candidates; distances shrink so that rows stay about as dense on the picture.
        let gap = (0.055 + 0.014 * z) * (1.55 - 0.55 * plan.detail);
        let reach = view.aspect * 0.5 * z / view.focal * 1.05;
        let count = (2.0 * reach / gap) as usize;
        for _ in 0..count {
            let x = chance.range(-reach, reach);
            let tz = z + chance.range(-0.5, 0.5) * gap;
            let (luck, jitter, seed) = (chance.unit(), chance.unit(), chance.next());
            let clump = gradient([x * 0.62 + 40.0, tz * 0.62], land.seed ^ 0x81)
                + 0.5 * gradient([x * 1.9, tz * 1.9], land.seed ^ 0x82);
            if luck
                > smoothstep(
                    0.95 - 1.25 * stage.woods,
                    1.3 - 0.9 * stage.woods,
                    0.5 + clump,
                )
            {
                continue;
            }
            let h = land.height(x, tz, 6);
            if h < 0.03 || h > land.ground.tree_line {
                continue;
            }
            let step = 0.05;
            let steep = land.height(x + step, tz, 6) - h;
            if steep > step * 0.9 || steep < -step * 0.9 {
                continue;
            }
            let shrink = smoothstep(land.ground.tree_line, land.ground.tree_line * 0.6, h);
            let tall = stage.tree_height * (0.55 + 0.65 * jitter) * (0.45 + 0.55 * shrink);
            let [px, py] = view.project(x, h - 0.01, tz);
            let size = view.focal * tall / tz;
            if size * unit < 1.6 || px < -0.1 || px > view.aspect + 0.1 {
                continue;
            }
            if mirrored {
                let column = (px * unit).clamp(0.0, (sight.width - 1) as f32) as usize;
                if tz < sight.shore[column] {
                    continue;
                }
            }
            let (dark, lit) = leaf(plan, stage, jitter, px, h, tz);
            layers.push((
                tz,
                Layer::Tree(Tree {
                    species: species(plan, clump, seed),
                    x: px,
                    y: py,
                    size,
                    z: tz,
                    dark,
                    lit,
                    side,
                    seed,
                }),
            ));
        }
        z -= gap * 1.25;
    }
}

fn species(plan: &Plan, clump: f32, seed: u32) -> Species {
    match plan.place {
        Place::Field | Place::Coast | Place::Island => Species::Broadleaf,
        Place::Forest if plan.autumn && clump + (seed & 255) as f32 / 400.0 > 0.35 => {
            Species::Broadleaf
        }
        _ => Species::Spruce,
    }
}

/// Shaded and lit side of a tree, through the air before it.
fn leaf(plan: &Plan, stage: &Stage, jitter: f32, x: f32, h: f32, z: f32) -> (Vec3, Vec3) {
    let ground = &stage.land.ground;
    let mut albedo = scale(ground.forest, 0.55 + 0.5 * jitter);
    if plan.autumn {
        albedo = mix(
            albedo,
            mul(ground.grass_dry, [1.25, 0.75 + 0.4 * jitter, 0.5]),
            0.5,
        );
    }
    if plan.winter || plan.place == Place::Snowfield {
        albedo = mix(albedo, ground.snow, 0.10 + 0.12 * jitter);
    }
    let light = &stage.light;
    let dark = add(
        mul(albedo, scale(light.ambient, 0.42)),
        scale(stage.sky.mood.shade, 0.10),
    );
    let lit = add(
        mul(
            albedo,
            add(scale(light.key, 0.85), scale(light.ambient, 0.9)),
        ),
        scale(stage.sky.mood.sun, 0.012),
    );
    let veil = light.air.veil(h, z);
    let haze = stage.sky.haze(x);
    (mix(dark, haze, veil), mix(lit, haze, veil))
}
