//! The night sky: stars and the Milky Way.

use super::canvas::{Canvas, Field};
use super::math::{add, clamp01, exp, mix, pow, scale, screen, smoothstep};
use super::noise::{cell, fbm};
use super::rng::Rng;
use super::sky::{Disc, Sky};

impl Sky {
    /// Stars and the Milky Way; `amount` 0 none to 1 a mountain night.
    pub(super) fn paint_stars(&self, canvas: &mut Canvas, amount: f32, milky: f32, rng: &mut Rng) {
        if amount <= 0.02 {
            return;
        }
        let aspect = canvas.aspect();
        if milky > 0.0 {
            self.paint_milky_way(canvas, milky * amount, rng);
        }
        let count = (1500.0 * amount * aspect) as usize;
        let mut stars = rng.fork("stars");
        for _ in 0..count {
            let (x, y) = (stars.range(0.0, aspect), stars.range(0.0, self.horizon));
            let magnitude = pow(stars.unit(), 9.0);
            let warm = stars.unit();
            let dim = smoothstep(0.0, 0.28, self.horizon - y);
            // The disc's own light drowns faint ones.
            let (dx, dy) = (x - self.sun[0], y - self.sun[1]);
            let drown = match self.disc {
                Disc::Hidden => 1.0,
                _ => smoothstep(0.04, 0.30, (dx * dx + dy * dy).sqrt()),
            };
            let strength = (0.16 + 0.22 * warm + 1.1 * magnitude) * dim * drown * amount;
            let tone = mix([0.72, 0.82, 1.0], [1.0, 0.86, 0.66], warm * warm);
            let radius = 0.00085 + 0.0013 * magnitude;
            canvas.glow(x, y, radius, tone, clamp01(strength));
            if magnitude > 0.72 {
                canvas.glow(x, y, radius * 3.6, tone, 0.16 * magnitude * dim * drown);
            }
        }
    }

    fn paint_milky_way(&self, canvas: &mut Canvas, amount: f32, rng: &mut Rng) {
        let aspect = canvas.aspect();
        let mut way = rng.fork("milky way");
        let slope = way.range(0.55, 1.25) * way.sign();
        let middle = [aspect * way.range(0.35, 0.65), self.horizon * 0.5];
        let norm = (1.0 + slope * slope).sqrt();
        let seed = self.seed ^ 0x77;
        let rows = (canvas.height as f32 * self.horizon) as usize;
        let glow = |x: f32, y: f32| {
            let across = ((x - middle[0]) - (middle[1] - y) / slope * 1.0) * slope / norm;
            let along = ((x - middle[0]) + (middle[1] - y) * slope) / norm;
            let wobble = fbm([along * 2.0 + 3.0, across * 2.0], 3, seed) * 0.07;
            let d = (across + wobble) / 0.13;
            let core = exp(-d * d);
            let dust = smoothstep(
                -0.10,
                0.42,
                fbm([along * 5.0, across * 7.0 + 8.0], 5, seed ^ 3),
            );
            let lane = exp(-(d * 2.6 + 0.25) * (d * 2.6 + 0.25));
            core * (0.45 + 0.55 * dust) * (1.0 - 0.55 * lane * dust)
        };
        let field = Field::new((canvas.width / 3).max(2), (rows / 3).max(2), |u, v| {
            glow(u * aspect, v * self.horizon)
        });
        for row in 0..rows.min(canvas.height) {
            let v = (row as f32 + 0.5) / rows as f32;
            let fade = smoothstep(0.0, 0.25, self.horizon * (1.0 - v));
            for column in 0..canvas.width {
                let u = (column as f32 + 0.5) / canvas.width as f32;
                let g = field.sample(u, v) * fade * amount;
                if g < 0.003 {
                    continue;
                }
                let index = row * canvas.width + column;
                let tone = mix(
                    [0.26, 0.34, 0.62],
                    [0.95, 0.78, 0.82],
                    clamp01(g * 1.1 - 0.1),
                );
                // Unresolved stars make it grainy.
                let grain = cell(column as i32, row as i32, seed);
                let sparkle = pow(grain, 22.0) * 1.6 * g;
                canvas.px[index] = screen(
                    canvas.px[index],
                    add(scale(tone, g * 0.34), scale([1.0, 0.97, 0.92], sparkle)),
                );
            }
        }
    }
}
