//! Water: what the mirrored eye saw, broken by ripples, and the path of the light on it.

use super::canvas::Canvas;
use super::color::luminance;
use super::math::{Vec3, add, clamp01, exp, lerp, mix, pow, scale, screen, smoothstep};
use super::noise::{cell, gradient};
use super::sky::{Disc, Sky};
use super::view::{Sight, View};

/// How the water lies.
#[derive(Clone, Copy)]
pub(super) struct Water {
    /// Color of its depth.
    pub(super) deep: Vec3,
    /// 0 mirror, 1 open sea in a breeze, 2 storm.
    pub(super) swell: f32,
    /// How much of the light's path glitters.
    pub(super) glitter: f32,
    pub(super) seed: u32,
}

impl Water {
    /// Height and two slopes of the waves at a place.
    fn wave(&self, x: f32, z: f32, pixel: f32) -> [f32; 2] {
        let mut sum = 0.0;
        let mut side = 0.0;
        let mut weight = 1.0;
        let mut size = if self.swell > 0.5 { 0.62 } else { 0.30 };
        for octave in 0..5 {
            // Waves smaller than a pixel only blur.
            if size < pixel * 1.4 {
                break;
            }
            let p = [
                x / (size * 2.3) + 13.0 * octave as f32,
                z / size + 7.0 * octave as f32,
            ];
            sum += weight * gradient(p, self.seed.wrapping_add(octave));
            side += weight * gradient([p[1] + 4.0, p[0]], self.seed.wrapping_add(octave + 9));
            weight *= 0.62;
            size *= 0.47;
        }
        [sum, side]
    }

    /// Paints every pixel that the sight says is water. `mirror` is the mirrored picture at half size.
    pub(super) fn paint(
        &self,
        canvas: &mut Canvas,
        mirror: &Canvas,
        mirror_depth: &[f32],
        sight: &Sight,
        view: &View,
        sky: &Sky,
    ) {
        let unit = canvas.unit();
        let calm = 1.0 / (1.0 + 3.0 * self.swell);
        let first = (view.horizon * unit).max(0.0) as usize;
        for row in first..canvas.height {
            let y = (row as f32 + 0.5) / unit;
            let below = (y - view.horizon).max(0.35 / unit);
            let z = view.focal * view.eye / below;
            // Steep looks near the viewer see into the water; flat ones see the sky.
            let steep = view.eye / (view.eye * view.eye + z * z).sqrt();
            let mirror_share = lerp(0.30, 0.96, pow(1.0 - steep, 3.0));
            let pixel = z / (unit * view.focal);
            let stretch = pixel * z / view.eye;
            for column in 0..canvas.width {
                let index = row * canvas.width + column;
                let part = sight.water[index];
                if part <= 0.0 {
                    continue;
                }
                let x = (column as f32 + 0.5) / unit;
                let wx = view.world_x(x, z);
                let [up, side] = self.wave(wx, z, pixel.max(stretch * 0.35));
                // Gusts ruffle patches of calm water.
                let gust = smoothstep(
                    -0.15,
                    0.55,
                    gradient([wx * 0.35 + 2.0, z * 0.8], self.seed ^ 0x99),
                );
                let rough =
                    lerp(0.35, 1.0, gust) * (0.16 + 0.84 * smoothstep(0.0, 1.2, self.swell));
                let bend = rough * (0.012 + 0.085 * below) * up;
                let sway = rough * (0.004 + 0.020 * below) * side;
                let reach = view.horizon - below;
                let lift =
                    self.swell * 0.10 * clamp01(0.5 + 0.5 * up) * smoothstep(0.0, 0.2, below);
                let spread = (0.002 + 0.030 * below) * (0.35 + rough);
                let mut seen = [0.0; 3];
                for (offset, weight) in [(-1.0, 0.26), (0.0, 0.48), (1.0, 0.26)] {
                    let yy = (reach + bend - lift + offset * spread).min(view.horizon - 0.5 / unit);
                    let (mx, my) = ((x + sway) * unit * 0.5, yy.max(0.0) * unit * 0.5);
                    let nearest = (my as usize).min(mirror.height - 1) * mirror.width
                        + (mx.max(0.0) as usize).min(mirror.width - 1);
                    // What stands before this water is not in it.
                    let c = if mirror_depth[nearest] < z * 0.97 {
                        sky.air(x, yy.max(0.0))
                    } else {
                        mirror.sample(mx, my)
                    };
                    seen = add(seen, scale(c, weight));
                }
                let face = clamp01(0.5 - up * 0.55);
                let share = mirror_share * (1.0 - 0.22 * self.swell.min(1.0) * face);
                let mut color = mix(self.deep, seen, share);
                color = scale(color, 1.0 + 0.10 * rough * up);
                color = screen(
                    color,
                    self.path_of_light(x, below, up, rough, sky, (column, row)),
                );
                if self.swell > 0.55 {
                    color = mix(
                        color,
                        scale([0.9, 0.95, 1.0], 0.2 + 0.8 * luminance(sky.mood.sky[3])),
                        self.foam(wx, z, up) * calm.max(0.3),
                    );
                }
                canvas.over(index, color, clamp01(part));
            }
        }
    }

    fn path_of_light(
        &self,
        x: f32,
        below: f32,
        up: f32,
        rough: f32,
        sky: &Sky,
        (column, row): (usize, usize),
    ) -> Vec3 {
        let strength = match sky.disc {
            Disc::Hidden => return [0.0; 3],
            Disc::Moon { phase, .. } => 0.55 * phase,
            Disc::Sun { .. } => 1.0,
        };
        let width = 0.035 + 0.22 * below + 0.05 * self.swell;
        let d = (x - sky.sun[0]) / width;
        let column_light = exp(-d * d) * strength;
        if column_light < 0.004 {
            return [0.0; 3];
        }
        // Glints are short dashes that grow toward the viewer.
        let dash = gradient(
            [x * 60.0 / (0.35 + 2.2 * below), below.sqrt() * 190.0],
            self.seed ^ 0x5A,
        ) + 0.45
            * gradient(
                [x * 150.0 / (0.35 + 2.2 * below), below.sqrt() * 330.0],
                self.seed ^ 0x5B,
            );
        let glint =
            smoothstep(0.12, 0.62, dash + 0.22 * up * rough) * smoothstep(0.0, 0.012, below);
        let spark = cell(column as i32, row as i32, self.seed ^ 0x5C);
        let glow = column_light * (0.13 + 0.75 * glint * (0.7 + 0.6 * spark)) * self.glitter;
        scale(sky.mood.sun, clamp01(glow))
    }

    fn foam(&self, x: f32, z: f32, up: f32) -> f32 {
        let crest = smoothstep(0.55, 1.0, up);
        let torn = smoothstep(0.0, 0.5, gradient([x * 9.0, z * 14.0], self.seed ^ 0x33));
        crest * torn * smoothstep(0.5, 1.6, self.swell) * smoothstep(14.0, 3.0, z)
    }
}
