//! A city on the far bank: rows of houses that darken toward the viewer, windows that light up with dusk.

use super::canvas::{Canvas, span};
use super::math::{Vec3, add, clamp01, lerp, mix, mul, scale, smoothstep};
use super::noise::cell;
use super::plan::Plan;
use super::rng::Rng;
use super::stage::Stage;

struct House {
    x: f32,
    width: f32,
    height: f32,
    roof: Roof,
    seed: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Roof {
    Flat,
    Step,
    Spire,
    Slant,
}

/// Paints the skyline above the horizon line.
pub(super) fn paint(canvas: &mut Canvas, plan: &Plan, stage: &Stage, rng: &Rng) {
    let aspect = canvas.aspect();
    let mut chance = rng.fork("city");
    const ROWS: usize = 5;
    let night = 1.0 - smoothstep(0.10, 0.42, stage.sky.mood.daylight());
    for row in 0..ROWS {
        let near = row as f32 / (ROWS - 1) as f32;
        let mut houses = Vec::new();
        let mut x = -0.05;
        while x < aspect + 0.05 {
            let width = chance.range(0.028, 0.062) * lerp(0.75, 1.30, near);
            // The tallest stand around the anchor: a skyline has a center.
            let d = (x + width * 0.5 - stage.anchor) / 0.34;
            let center = super::math::exp(-d * d);
            let luck = chance.unit();
            let height = lerp(0.08, 0.11, near)
                + center * lerp(0.34, 0.10, near) * luck * luck
                + 0.15 * luck * luck * lerp(0.9, 0.75, near);
            let roof = match chance.below(8) {
                0 | 1 => Roof::Step,
                2 if luck > 0.55 => Roof::Spire,
                3 => Roof::Slant,
                _ => Roof::Flat,
            };
            houses.push(House {
                x,
                width,
                height,
                roof,
                seed: chance.next(),
            });
            x += width * chance.range(0.80, lerp(1.10, 1.45, near));
        }
        for house in &houses {
            house.paint(canvas, plan, stage, near, night);
        }
        haze_between(canvas, stage, near, plan.mist);
    }
}

fn haze_between(canvas: &mut Canvas, stage: &Stage, near: f32, mist: f32) {
    let unit = canvas.unit();
    let strength = lerp(0.30, 0.06, near) * (0.7 + 1.4 * mist);
    let from = ((stage.view.horizon - 0.16) * unit).max(0.0) as usize;
    let to = (((stage.view.horizon + 0.002) * unit) as usize).min(canvas.height);
    for row in from..to {
        let t = (row - from) as f32 / (to - from).max(1) as f32;
        for column in 0..canvas.width {
            let haze = stage.sky.haze((column as f32 + 0.5) / unit);
            canvas.over(row * canvas.width + column, haze, clamp01(strength * t * t));
        }
    }
}

impl House {
    fn outline(&self, t: f32) -> f32 {
        // Share of the height at a place across the front, 0 left to 1 right.
        match self.roof {
            Roof::Flat => 1.0,
            Roof::Step => {
                if (0.22..0.78).contains(&t) {
                    1.0
                } else {
                    0.88
                }
            }
            Roof::Spire => {
                let d = if t < 0.5 { 0.5 - t } else { t - 0.5 };
                if d < 0.035 {
                    1.28
                } else if d < 0.22 {
                    1.06 - 0.25 * d
                } else {
                    0.90
                }
            }
            Roof::Slant => lerp(0.88, 1.02, if self.seed & 1 == 0 { t } else { 1.0 - t }),
        }
    }

    fn paint(&self, canvas: &mut Canvas, plan: &Plan, stage: &Stage, near: f32, night: f32) {
        let unit = canvas.unit();
        let foot = stage.view.horizon;
        let mood = &stage.sky.mood;
        let haze = stage.sky.haze(self.x);
        let veil = lerp(0.66, 0.06, near) + 0.25 * plan.mist.min(1.0) * (1.0 - near);
        let tone = cell(3, 1, self.seed);
        let stone = mix([0.20, 0.19, 0.20], [0.34, 0.29, 0.26], tone);
        let wall = mix(
            mood.shade,
            mul(stone, add(mood.ambient, scale(mood.key, 0.35))),
            0.62,
        );
        let light_side = if stage.sky.sun[0] < self.x { 0.0 } else { 1.0 };
        let (x0, x1) = span(self.x * unit, (self.x + self.width) * unit, canvas.width);
        // Windows keep a size in pixels of a 1024 sheet and shrink with distance.
        let size = lerp(0.58, 0.86, near) * (0.85 + 0.4 * cell(5, 2, self.seed));
        let pane = [
            0.0085 * size,
            0.0120 * size * (0.9 + 0.5 * cell(6, 2, self.seed)),
        ];
        // Some houses sleep.
        let awake = cell(8, 3, self.seed);
        let lit_share = (0.10 + 0.42 * awake * awake) * night + 0.02;
        for column in x0..x1 {
            let left = (column as f32).max(self.x * unit);
            let right = (column as f32 + 1.0).min((self.x + self.width) * unit);
            let cover = clamp01(right - left);
            if cover <= 0.0 {
                continue;
            }
            let x = (column as f32 + 0.5) / unit;
            let t = clamp01((x - self.x) / self.width);
            let top = foot - self.height * self.outline(t);
            let edge = smoothstep(0.16, 0.0, if light_side > 0.5 { 1.0 - t } else { t });
            let first = (top * unit).max(0.0) as usize;
            let last = ((foot * unit) as usize + 1).min(canvas.height);
            for row in first..last {
                let y = (row as f32 + 0.5) / unit;
                let alpha = cover * clamp01(row as f32 + 1.0 - top * unit);
                let down = (y - top) / self.height.max(0.01);
                let mut color = scale(wall, 1.10 - 0.35 * down);
                color = mix(color, mul(mood.sun, [0.5; 3]), edge * 0.30);
                color = self.windows(color, x, y, foot, pane, lit_share, mood.sun, night);
                color = mix(color, haze, clamp01(veil));
                canvas.over(row * canvas.width + column, color, alpha);
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one expression of a hot loop, kept apart to be read"
    )]
    fn windows(
        &self,
        wall: Vec3,
        x: f32,
        y: f32,
        foot: f32,
        pane: [f32; 2],
        share: f32,
        sun: Vec3,
        night: f32,
    ) -> Vec3 {
        let (u, v) = ((x - self.x - 0.003) / pane[0], (foot - y - 0.004) / pane[1]);
        let floors = (self.height * 0.93 / pane[1]) as i32;
        let (column, floor) = (super::math::floor(u), super::math::floor(v));
        let columns = ((self.width - 0.006) / pane[0]) as i32;
        if column < 0 || column >= columns || floor < 1 || floor >= floors {
            return wall;
        }
        let (fu, fv) = (u - column as f32, v - floor as f32);
        let frame = smoothstep(0.16, 0.28, fu)
            * smoothstep(0.84, 0.72, fu)
            * smoothstep(0.20, 0.32, fv)
            * smoothstep(0.82, 0.70, fv);
        if frame <= 0.0 {
            return wall;
        }
        let luck = cell(column, floor, self.seed);
        // Whole floors of offices burn together.
        let storey = cell(77, floor, self.seed);
        if luck < share * (0.45 + 1.1 * storey) {
            let warm = cell(column + 50, floor, self.seed);
            let lamp = mix([1.0, 0.62, 0.24], [1.0, 0.86, 0.62], warm);
            mix(
                wall,
                lamp,
                frame
                    * lerp(0.25, 0.85, night)
                    * (0.30 + 0.70 * cell(column, floor + 90, self.seed)),
            )
        } else {
            let glass = mix(
                scale(wall, 0.62),
                scale(sun, 0.4),
                0.18 * luck * (1.0 - night),
            );
            mix(wall, glass, frame * 0.65)
        }
    }
}
