//! The stage for a plan: eye, sky, land, light and water set so that they make a composition.

use super::color::{blend, hex, saturate};
use super::land::{Basin, Ground, Land, Relief};
use super::math::{Vec3, mix, normalize, scale};
use super::mood::{Light, Mood, Tint};
use super::plan::{Place, Plan};
use super::rng::Rng;
use super::sky::{Disc, Sky};
use super::view::{Air, Lighting, View};
use super::water::Water;

/// A set stage.
pub(super) struct Stage {
    pub(super) sky: Sky,
    pub(super) view: View,
    pub(super) land: Land,
    pub(super) light: Lighting,
    pub(super) water: Water,
    /// How densely trees stand, 0 to 1.
    pub(super) woods: f32,
    /// Height of trees in the world.
    pub(super) tree_height: f32,
    /// Where the main thing stands, in thirds: x of the picture.
    pub(super) anchor: f32,
}

pub(super) fn set(plan: &Plan, aspect: f32, rng: &Rng) -> Stage {
    let mut chance = rng.fork("stage");
    let tint = Tint {
        hue: plan.hue,
        mist: plan.mist.min(1.0),
        storm: plan.storm,
    };
    let mood = Mood::choose(plan.light, tint, &mut rng.fork("mood"));
    // Light on one third, the main thing on the other.
    let left = chance.chance(0.5);
    let third = |left: bool| if left { 0.335 } else { 0.665 };
    let sun_x = aspect * (third(left) + 0.05 * chance.bell());
    let anchor = aspect * third(!left);
    let horizon = horizon(plan.place, &mut chance);
    let moonlit = plan.moon || plan.light == Light::Night;
    let sun_y = horizon - mood.sun_height;
    let disc = if !plan.disc
        || plan.aurora && !plan.moon
        || (plan.storm && !plan.moon)
        || plan.light == Light::Dusk && !plan.moon
    {
        Disc::Hidden
    } else if moonlit {
        let phase = if plan.moon {
            chance.range(0.82, 1.0)
        } else {
            chance.range(0.25, 1.0)
        };
        Disc::Moon {
            radius: chance.range(0.030, 0.044),
            phase,
        }
    } else if plan.light == Light::Day {
        Disc::Sun {
            radius: chance.range(0.018, 0.024),
        }
    } else {
        Disc::Sun {
            radius: chance.range(0.026, 0.038),
        }
    };
    let sun_y = if moonlit {
        sun_y.min(horizon - 0.2)
    } else {
        sun_y
    };
    let mut sky = Sky::new(
        mood,
        horizon,
        [sun_x, sun_y.max(0.07)],
        disc,
        &mut rng.fork("sky"),
    );
    sky.clouds = plan.clouds;
    sky.octaves = 3 + (plan.detail * 3.0) as u32;
    let view = View {
        horizon,
        focal: 1.18,
        eye: eye(plan.place, &mut chance),
        near: 0.55,
        far: 34.0,
        stride: 0.0115 - 0.0045 * plan.detail,
        aspect,
    };
    let land = land(plan, &view, anchor, &mut rng.fork("land"));
    let side = if sun_x < aspect * 0.5 { -1.0 } else { 1.0 };
    let height = match plan.light {
        Light::Day => 0.75,
        Light::Golden => 0.48,
        Light::Dusk | Light::Night => 0.55,
        Light::Dawn | Light::Sunset => 0.36,
    };
    // Seen against the disc slopes would be flat; the key light comes from its side, a little behind
    // the viewer, as a photographer would wait for.
    let light = Lighting {
        toward: normalize([side * 0.86, height, -0.22]),
        key: scale(sky.mood.key, dimmed(plan)),
        ambient: sky.mood.ambient,
        air: Air {
            density: 0.014 + 0.080 * plan.mist + if plan.storm { 0.02 } else { 0.0 },
            low: 0.6 + 1.6 * plan.mist,
        },
    };
    let swell = match plan.place {
        Place::Sea | Place::Island | Place::Coast => {
            if plan.storm {
                1.9
            } else {
                chance.range(0.65, 1.0)
            }
        }
        Place::River => 0.25,
        _ if plan.storm => 0.6,
        _ => 0.02,
    };
    let deep = blend(sky.mood.sky[1], sky.mood.shade, 0.62);
    let water = Water {
        deep: scale(saturate(deep, 1.2), 0.85),
        swell,
        glitter: 1.0,
        seed: rng.fork("water").next(),
    };
    let woods = match plan.place {
        _ if !plan.trees => 0.0,
        _ if plan.dense => 1.0,
        Place::Forest => 1.0,
        Place::Mountains | Place::Lake | Place::River => 0.62,
        Place::Snowfield => 0.4,
        Place::Field => 0.16,
        Place::Volcano | Place::NightSky => 0.35,
        Place::Island => 0.5,
        Place::Coast => 0.15,
        Place::Sea | Place::City | Place::Desert | Place::Canyon => 0.0,
    };
    let tree_height = if plan.place == Place::Forest {
        0.30
    } else {
        0.16
    };
    Stage {
        sky,
        view,
        land,
        light,
        water,
        woods,
        tree_height,
        anchor,
    }
}

/// What fog and clouds leave of the key light; on snow less of it is enough.
fn dimmed(plan: &Plan) -> f32 {
    let white = plan.winter || plan.place == Place::Snowfield;
    (if white { 0.70 } else { 1.0 }) * (1.0 - 0.32 * plan.mist.min(1.0))
}

fn horizon(place: Place, chance: &mut Rng) -> f32 {
    let (from, to) = match place {
        Place::NightSky => (0.80, 0.86),
        Place::Sea => (0.56, 0.66),
        Place::Island | Place::Coast => (0.55, 0.62),
        Place::Field | Place::Snowfield => (0.55, 0.63),
        Place::Desert | Place::Canyon => (0.54, 0.62),
        Place::City => (0.66, 0.70),
        Place::Lake => (0.54, 0.60),
        Place::Forest => (0.50, 0.56),
        Place::Mountains | Place::River | Place::Volcano => (0.56, 0.63),
    };
    chance.range(from, to)
}

fn eye(place: Place, chance: &mut Rng) -> f32 {
    let (from, to) = match place {
        Place::Lake => (0.30, 0.42),
        Place::Sea => (0.26, 0.34),
        Place::Island => (0.42, 0.58),
        Place::Coast => (0.50, 0.62),
        Place::River => (0.62, 0.85),
        Place::Mountains | Place::Volcano => (0.55, 0.80),
        Place::Forest => (0.75, 1.05),
        Place::Desert => (0.62, 0.90),
        Place::Canyon => (0.50, 0.75),
        Place::Field | Place::Snowfield => (0.62, 0.85),
        Place::NightSky | Place::City => (0.40, 0.50),
    };
    chance.range(from, to)
}

fn land(plan: &Plan, view: &View, anchor: f32, chance: &mut Rng) -> Land {
    let hero_x = |z: f32| view.world_x(anchor, z);
    let (relief, basin, hero, gain) = match plan.place {
        Place::Mountains | Place::Lake => {
            let z = chance.range(13.0, 17.0);
            let hero = Some([hero_x(z), z, chance.range(2.2, 3.4), chance.range(2.6, 3.8)]);
            let basin = if plan.place == Place::Lake || (plan.water && chance.chance(0.45)) {
                Basin::Lake {
                    middle: [chance.range(-0.5, 0.5), chance.range(3.4, 4.2)],
                    size: [chance.range(2.6, 3.6), chance.range(3.2, 4.4)],
                }
            } else {
                Basin::None
            };
            (Relief::Alps, basin, hero, chance.range(0.85, 1.1))
        }
        Place::River => {
            let z = chance.range(14.0, 18.0);
            let hero = Some([hero_x(z), z, chance.range(1.6, 2.6), 3.2]);
            let basin = Basin::River {
                swing: chance.range(0.9, 1.5) * chance.sign(),
                width: chance.range(0.42, 0.58),
                phase: chance.range(0.0, 6.0),
            };
            (Relief::Alps, basin, hero, chance.range(0.7, 0.95))
        }
        Place::Forest => (Relief::Hills, Basin::None, None, chance.range(0.95, 1.25)),
        Place::Sea => (Relief::Islands, Basin::Sea, None, 1.0),
        Place::Island => {
            let z = chance.range(5.5, 8.0);
            let hero = Some([
                hero_x(z),
                z,
                chance.range(0.9, 1.35),
                chance.range(1.1, 1.7),
            ]);
            (Relief::Islands, Basin::Sea, hero, 1.0)
        }
        Place::Coast => (Relief::Coast, Basin::Sea, None, 1.0),
        Place::Desert => (Relief::Dunes, Basin::None, None, chance.range(1.35, 1.75)),
        Place::Canyon => (Relief::Mesas, Basin::None, None, chance.range(0.95, 1.3)),
        Place::Field => (Relief::Plain, Basin::None, None, 1.0),
        Place::Snowfield => (Relief::Plain, Basin::None, None, 1.3),
        Place::Volcano => {
            let z = chance.range(10.0, 13.0);
            let hero = Some([hero_x(z), z, chance.range(3.2, 4.0), chance.range(3.0, 3.8)]);
            (Relief::Volcano, Basin::None, hero, 1.0)
        }
        Place::NightSky | Place::City => (Relief::Hills, Basin::None, None, 0.75),
    };
    Land {
        relief,
        basin,
        ground: ground(plan, chance),
        origin: chance.place(),
        seed: chance.next(),
        hero,
        gain,
    }
}

fn ground(plan: &Plan, chance: &mut Rng) -> Ground {
    let pick = |chance: &mut Rng, a: u32, b: u32| blend(hex(a), hex(b), chance.unit());
    let mut ground = Ground {
        rock: pick(chance, 0x8C8880, 0x9A8C82),
        rock_dark: pick(chance, 0x55565C, 0x5E5350),
        grass: pick(chance, 0x5F7A42, 0x6E8A4A),
        grass_dry: pick(chance, 0x8E8A50, 0xA39658),
        forest: pick(chance, 0x27402F, 0x2B4A3A),
        sand: pick(chance, 0xC2AE8C, 0xB8A684),
        snow: hex(0xE6EBF4),
        snow_line: chance.range(1.25, 1.9),
        tree_line: chance.range(0.85, 1.15),
        rows: None,
    };
    match plan.place {
        Place::Desert => {
            ground.sand = pick(chance, 0xE2B57C, 0xE8A866);
            ground.rock_dark = pick(chance, 0xA8703F, 0x9C5F3A);
            ground.snow_line = 99.0;
            if matches!(plan.light, Light::Night | Light::Dusk) {
                // By night sand has no color of its own.
                ground.sand = blend(ground.sand, hex(0x9498B4), 0.65);
                ground.rock_dark = blend(ground.rock_dark, hex(0x565A78), 0.6);
            }
        }
        Place::Canyon => {
            ground.rock = pick(chance, 0xC9744A, 0xD08858);
            ground.rock_dark = pick(chance, 0x7E3B2A, 0x8C4A38);
            ground.sand = pick(chance, 0xC98F62, 0xB98A64);
            ground.snow_line = 99.0;
        }
        Place::Volcano => {
            ground.rock = pick(chance, 0x5A4E4A, 0x6A5852);
            ground.rock_dark = pick(chance, 0x2C2728, 0x362D2C);
            ground.snow_line = if chance.chance(0.35) { 2.2 } else { 99.0 };
        }
        Place::Island | Place::Coast | Place::Sea => {
            ground.snow_line = 99.0;
            ground.tree_line = 3.0;
        }
        Place::Field | Place::Forest => ground.snow_line = 99.0,
        _ => {}
    }
    if plan.place == Place::Field {
        let crops: [u32; 4] = [0x7A5AA8, 0xD8B24A, 0x7F9A48, 0xC8963E];
        ground.rows = Some(hex(if plan.flowers {
            0x8A5CC0
        } else {
            *chance.pick(&crops)
        }));
    }
    if plan.autumn {
        ground.grass = pick(chance, 0xA08440, 0x9A7A3C);
        ground.grass_dry = pick(chance, 0xB8883E, 0xA86E34);
        ground.forest = pick(chance, 0x8A4A22, 0x7A3A20);
    }
    if plan.winter || plan.place == Place::Snowfield {
        ground.snow_line = -0.6;
        ground.grass = mix(ground.grass, ground.snow, 0.8);
        ground.grass_dry = mix(ground.grass_dry, ground.snow, 0.75);
        ground.sand = mix(ground.sand, ground.snow, 0.7);
        ground.forest = mix(ground.forest, ground.snow, 0.25);
        ground.rows = None;
    }
    if plan.flowers && ground.rows.is_none() && !plan.winter {
        ground.grass = blend(ground.grass, hex(0x9AB04E), 0.5);
    }
    if let Some((hue, chroma, strength)) = plan.hue {
        let tinted =
            |color: Vec3| super::color::toward_hue(color, hue, chroma * 0.6, strength * 0.6);
        for color in [
            &mut ground.rock,
            &mut ground.rock_dark,
            &mut ground.grass,
            &mut ground.grass_dry,
            &mut ground.forest,
            &mut ground.sand,
        ] {
            *color = tinted(*color);
        }
    }
    ground
}
