//! The ground right before the viewer: a dark rise with grass, snow or sand that frames the picture and
//! carries the figures.

use super::canvas::{Canvas, span};
use super::color::saturate;
use super::flora::{Species, Tree};
use super::math::{Vec3, add, clamp01, lerp, mix, mul, scale, smoothstep};
use super::noise::{fbm, line};
use super::path::{Outline, Placing};
use super::plan::{Place, Plan};
use super::rng::Rng;
use super::spruce;
use super::stage::Stage;

/// A rise in the foreground.
pub(super) struct Front {
    base: f32,
    tilt: f32,
    bump: f32,
    anchor: f32,
    aspect: f32,
    seed: u32,
    pub(super) color: Vec3,
    pub(super) rim: Vec3,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Grass,
    Snow,
    Sand,
    Rock,
}

impl Front {
    pub(super) fn new(plan: &Plan, stage: &Stage, aspect: f32, rng: &Rng) -> Self {
        let mut chance = rng.fork("front");
        let kind = match plan.place {
            _ if plan.winter => Kind::Snow,
            Place::Snowfield => Kind::Snow,
            Place::Desert | Place::Canyon => Kind::Sand,
            Place::Sea | Place::Island | Place::Coast | Place::Volcano | Place::City => Kind::Rock,
            _ => Kind::Grass,
        };
        let mood = &stage.sky.mood;
        let ground = &stage.land.ground;
        let own = match kind {
            Kind::Grass => scale(ground.grass, 0.34),
            Kind::Snow => scale(ground.snow, 0.55),
            Kind::Sand => scale(ground.sand, 0.34),
            Kind::Rock => scale(ground.rock_dark, 0.45),
        };
        let lit = mul(own, add(scale(mood.ambient, 0.75), scale(mood.key, 0.10)));
        let weight = match kind {
            Kind::Snow => 0.82,
            Kind::Sand => 0.70,
            _ => 0.42,
        };
        let color = mix(mood.shade, lit, weight);
        let side = if stage.anchor < aspect * 0.5 {
            -1.0
        } else {
            1.0
        };
        Self {
            base: chance.range(0.875, 0.915),
            tilt: side * chance.range(0.03, 0.10),
            bump: chance.range(0.015, 0.05),
            anchor: stage.anchor,
            aspect,
            seed: chance.next(),
            color,
            rim: saturate(mix(mood.sun, mood.key, 0.5), 1.1),
            kind,
        }
    }

    /// Height of the ground at a picture x, from the top.
    pub(super) fn level(&self, x: f32) -> f32 {
        let across = (x / self.aspect - 0.5) * 2.0;
        let d = (x - self.anchor) / 0.24;
        let rise = super::math::exp(-d * d) * self.bump;
        let rough = match self.kind {
            Kind::Rock => {
                0.022 * line(x * 9.0, 4, self.seed) + 0.02 * line(x * 2.6, 2, self.seed ^ 1)
            }
            Kind::Snow | Kind::Sand => 0.016 * line(x * 1.7, 2, self.seed),
            Kind::Grass => {
                0.016 * line(x * 2.2, 3, self.seed) + 0.003 * line(x * 18.0, 2, self.seed ^ 1)
            }
        };
        self.base - self.tilt * across - rise + rough
    }

    pub(super) fn paint(&self, canvas: &mut Canvas, plan: &Plan, stage: &Stage, rng: &Rng) {
        let unit = canvas.unit();
        let sun = stage.sky.sun;
        let backlit = if stage.sky.mood.is_dark() { 0.35 } else { 0.8 };
        for column in 0..canvas.width {
            let x = (column as f32 + 0.5) / unit;
            let top = self.level(x);
            let slope = (self.level(x + 0.004) - self.level(x - 0.004)) / 0.008;
            let near = super::math::exp(-((x - sun[0]) * (x - sun[0])) * 3.5);
            // Turned toward the light, the crest catches it.
            let facing = clamp01(0.5 + slope * 2.2 * ((sun[0] - x) * 4.0).clamp(-1.0, 1.0));
            let start = (top * unit).max(0.0) as usize;
            for row in start.min(canvas.height)..canvas.height {
                let y = (row as f32 + 0.5) / unit;
                let alpha = clamp01((row as f32 + 1.0) - top * unit);
                let depth = y - top;
                let patch = fbm([x * 7.0, y * 12.0 + depth * 9.0], 3, self.seed ^ 7);
                let mut color = scale(self.color, 1.0 + 0.22 * patch);
                color = mix(color, scale(self.color, 0.52), smoothstep(0.0, 0.13, depth));
                let sheen = smoothstep(0.030, 0.0, depth) * (0.18 + 0.55 * near) * facing * backlit;
                color = mix(
                    color,
                    mul(self.rim, add(scale(self.color, 2.0), [0.20; 3])),
                    sheen * 0.8,
                );
                if self.kind == Kind::Snow {
                    let soft = smoothstep(
                        -0.3,
                        0.5,
                        fbm([x * 2.4 + 3.0, depth * 7.0], 3, self.seed ^ 9),
                    );
                    color = mix(
                        color,
                        mul(stage.land.ground.snow, scale(stage.light.key, 0.22)),
                        soft * 0.35 * facing,
                    );
                }
                canvas.over(row * canvas.width + column, color, alpha);
            }
        }
        if self.kind == Kind::Grass {
            self.grass(canvas, plan, stage, rng);
        }
    }

    fn grass(&self, canvas: &mut Canvas, plan: &Plan, stage: &Stage, rng: &Rng) {
        let mut chance = rng.fork("grass");
        let wind = chance.range(-0.5, 0.5);
        let count = ((700.0 + 1500.0 * plan.detail) * self.aspect) as usize;
        let sun_x = stage.sky.sun[0];
        for _ in 0..count {
            let x = chance.range(-0.01, self.aspect + 0.01);
            let deep = chance.unit() * chance.unit() * 0.06;
            let y = self.level(x) + deep + 0.004;
            let clump = clamp01(0.5 + 0.9 * line(x * 11.0, 2, self.seed ^ 5));
            let tall = (0.006 + 0.026 * chance.unit() * clump) * (1.0 + deep * 8.0);
            let lean = tall * (wind + 0.75 * chance.bell());
            let near = super::math::exp(-((x - sun_x) * (x - sun_x)) * 5.0);
            let catch =
                near * 0.32 * chance.unit() * if stage.sky.mood.is_dark() { 0.3 } else { 1.0 };
            let base = scale(self.color, 0.62 + 0.55 * chance.unit() - deep * 3.0);
            let color = mix(base, scale(self.rim, 0.55), catch);
            stroke(canvas, [x, y], [x + lean, y - tall], 0.0013, color);
            if plan.flowers && chance.chance(0.16) {
                let petal = *chance.pick(&[
                    [0.75, 0.30, 0.62],
                    [0.85, 0.72, 0.30],
                    [0.55, 0.42, 0.85],
                    [0.85, 0.85, 0.82],
                ]);
                let light = add(
                    scale(stage.light.ambient, 0.7),
                    scale(stage.light.key, 0.25),
                );
                let head = Outline::ellipse([x + lean, y - tall], 0.0032, 0.0026);
                head.fill(
                    canvas,
                    &Placing::new(0.0, 0.0, 1.0),
                    mul(petal, light),
                    0.95,
                );
            }
        }
    }

    /// Tall trees at the edge of the picture, as a frame.
    pub(super) fn frame(&self, canvas: &mut Canvas, plan: &Plan, stage: &Stage, rng: &Rng) {
        let mut chance = rng.fork("frame");
        let left = stage.anchor > self.aspect * 0.5;
        let count = 2 + chance.below(3);
        let mut trees: Vec<Tree> = (0..count)
            .map(|index| {
                let inward = 0.015 + 0.085 * index as f32 + chance.range(-0.02, 0.03);
                let x = if left { inward } else { self.aspect - inward };
                let size = chance.range(0.44, 0.72) * (1.0 - 0.17 * index as f32);
                let dark = scale(self.color, 0.55);
                let lit = mix(
                    self.color,
                    scale(self.rim, 0.5),
                    if stage.sky.mood.is_dark() { 0.10 } else { 0.24 },
                );
                Tree {
                    species: if plan.place == Place::Field {
                        Species::Broadleaf
                    } else {
                        Species::Spruce
                    },
                    x,
                    y: self.level(x) + 0.03,
                    size,
                    z: 1.0,
                    dark,
                    lit,
                    side: if stage.sky.sun[0] < x { -1.0 } else { 1.0 },
                    seed: chance.next(),
                }
            })
            .collect();
        trees.reverse();
        for tree in &trees {
            if tree.species == Species::Spruce {
                spruce::paint(canvas, tree);
            } else {
                tree.paint(canvas, None);
            }
        }
    }
}

/// A tapering line, quick enough for thousands of blades.
pub(super) fn stroke(canvas: &mut Canvas, foot: [f32; 2], tip: [f32; 2], width: f32, color: Vec3) {
    let unit = canvas.unit();
    let (y0, y1) = span(tip[1] * unit, foot[1] * unit, canvas.height);
    let rise = (foot[1] - tip[1]) * unit;
    if rise <= 0.0 {
        return;
    }
    for row in y0..y1 {
        let t = clamp01((foot[1] * unit - (row as f32 + 0.5)) / rise);
        // Blades bend more toward their tip.
        let x = lerp(foot[0], tip[0], t * t * 0.7 + t * 0.3) * unit;
        let half = (width * unit * (1.0 - 0.85 * t) * 0.5).max(0.22);
        let (x0, x1) = span(x - half - 1.0, x + half + 1.0, canvas.width);
        for column in x0..x1 {
            let left = (column as f32).max(x - half);
            let right = (column as f32 + 1.0).min(x + half);
            let cover = clamp01(right - left);
            if cover > 0.0 {
                canvas.over(row * canvas.width + column, color, cover);
            }
        }
    }
}
