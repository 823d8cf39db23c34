//! The sky: gradient, sun or moon with its glow, and clouds drawn on a ceiling in perspective.

use super::canvas::{Canvas, Field};
use super::color::{blend, luminance};
use super::math::{Vec2, Vec3, clamp01, exp, lerp, mix, scale, screen, smoothstep};
use super::mood::{Light, Mood};
use super::noise::fbm;
use super::rng::Rng;

/// Where the sky's things stand.
#[derive(Clone)]
pub(super) struct Sky {
    pub(super) mood: Mood,
    /// Height of the horizon line, from the top.
    pub(super) horizon: f32,
    /// Place of the disc.
    pub(super) sun: Vec2,
    pub(super) disc: Disc,
    /// 0 none to 1 overcast.
    pub(super) clouds: f32,
    /// Octaves of the clouds.
    pub(super) octaves: u32,
    pub(super) seed: u32,
    /// Look-up of the gradient from the zenith (0) to the horizon (last).
    ramp: Vec<Vec3>,
}

/// What shines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Disc {
    Sun {
        radius: f32,
    },
    /// `phase` 0 new to 1 full.
    Moon {
        radius: f32,
        phase: f32,
    },
    Hidden,
}

impl Sky {
    pub(super) fn new(mood: Mood, horizon: f32, sun: Vec2, disc: Disc, rng: &mut Rng) -> Self {
        const STEPS: usize = 512;
        let stops = [0.0, 0.42, 0.78, 1.0];
        let ramp = (0..=STEPS)
            .map(|step| {
                let t = step as f32 / STEPS as f32;
                let band = usize::from(t > stops[1]) + usize::from(t > stops[2]);
                let within = (t - stops[band]) / (stops[band + 1] - stops[band]);
                blend(
                    mood.sky[band],
                    mood.sky[band + 1],
                    lerp(within, smoothstep(0.0, 1.0, within), 0.5),
                )
            })
            .collect();
        Self {
            mood,
            horizon,
            sun,
            disc,
            clouds: 0.0,
            octaves: 5,
            seed: rng.next(),
            ramp,
        }
    }

    /// Gradient and glow at a place, without disc, stars and clouds: also the color of far air there.
    pub(super) fn air(&self, x: f32, y: f32) -> Vec3 {
        let t = clamp01(y / self.horizon.max(0.05));
        let place = t * (self.ramp.len() - 1) as f32;
        let index = (place as usize).min(self.ramp.len() - 2);
        let base = mix(self.ramp[index], self.ramp[index + 1], place - index as f32);
        let (dx, dy) = (x - self.sun[0], (y - self.sun[1]) * 1.25);
        let d = (dx * dx + dy * dy).sqrt();
        let (near, far) = match self.disc {
            Disc::Hidden => (0.0, 0.10),
            Disc::Moon { phase, .. } => (0.16 + 0.16 * phase, 0.10 + 0.06 * phase),
            Disc::Sun { .. } => match self.mood.light {
                Light::Day => (0.34, 0.20),
                _ => (0.52, 0.36),
            },
        };
        let glow = near * exp(-d * 7.5) + far * exp(-d * 2.4);
        // Low light spreads along the horizon.
        let band = exp(-dx * dx * 1.6) * smoothstep(0.25, 0.0, self.horizon - y) * far * 0.5;
        mix(base, self.mood.sun, clamp01(glow + band))
    }

    /// Paints gradient, disc and clouds over the whole sheet down to a little below the horizon.
    pub(super) fn paint(&self, canvas: &mut Canvas) {
        let unit = canvas.unit();
        let last = ((self.horizon + 0.02) * unit).min(canvas.height as f32) as usize;
        for row in 0..canvas.height {
            let y = (row.min(last) as f32 + 0.5) / unit;
            for column in 0..canvas.width {
                let x = (column as f32 + 0.5) / unit;
                canvas.px[row * canvas.width + column] = self.air(x, y);
            }
        }
    }

    /// The disc and what surrounds it closely; after the stars, before the clouds.
    pub(super) fn paint_disc(&self, canvas: &mut Canvas) {
        match self.disc {
            Disc::Hidden => {}
            Disc::Sun { radius } => self.paint_sun(canvas, radius),
            Disc::Moon { radius, phase } => self.paint_moon(canvas, radius, phase),
        }
    }

    fn paint_sun(&self, canvas: &mut Canvas, radius: f32) {
        let white = mix(self.mood.sun, [1.0, 1.0, 1.0], 0.55);
        canvas.glow(self.sun[0], self.sun[1], radius * 3.4, self.mood.sun, 0.34);
        canvas.glow(self.sun[0], self.sun[1], radius * 1.7, white, 0.5);
        self.each_near(canvas, radius * 1.2, |pixel, d| {
            let edge = smoothstep(radius * 1.06, radius * 0.94, d);
            *pixel = mix(*pixel, white, edge * 0.96);
        });
    }

    fn paint_moon(&self, canvas: &mut Canvas, radius: f32, phase: f32) {
        let color = mix(self.mood.sun, [1.0, 0.98, 0.93], 0.4);
        canvas.glow(
            self.sun[0],
            self.sun[1],
            radius * 5.0,
            self.mood.key,
            0.30 * phase,
        );
        canvas.glow(
            self.sun[0],
            self.sun[1],
            radius * 2.0,
            self.mood.sun,
            0.22 * phase,
        );
        let unit = canvas.unit();
        let soft = 1.2 / unit;
        let (cx, cy) = (self.sun[0], self.sun[1]);
        // The shadow's edge is half an ellipse.
        let terminator = 1.0 - 2.0 * phase;
        let seed = self.seed;
        let (x0, x1) = super::canvas::span(
            (cx - radius * 1.1) * unit,
            (cx + radius * 1.1) * unit,
            canvas.width,
        );
        let (y0, y1) = super::canvas::span(
            (cy - radius * 1.1) * unit,
            (cy + radius * 1.1) * unit,
            canvas.height,
        );
        for row in y0..y1 {
            for column in x0..x1 {
                let dx = (column as f32 + 0.5) / unit - cx;
                let dy = (row as f32 + 0.5) / unit - cy;
                let d = (dx * dx + dy * dy).sqrt();
                let edge = smoothstep(radius + soft, radius - soft, d);
                if edge <= 0.0 {
                    continue;
                }
                let half = (1.0 - (dy / radius) * (dy / radius)).max(0.0).sqrt() * radius;
                let lit = smoothstep(-soft * 2.5, soft * 2.5, dx - terminator * half);
                let seas = smoothstep(
                    -0.05,
                    0.45,
                    fbm([dx / radius * 1.7 + 9.0, dy / radius * 1.7 + 4.0], 4, seed),
                );
                let limb = 0.82 + 0.18 * (1.0 - (d / radius) * (d / radius)).max(0.0).sqrt();
                let surface = scale(color, limb * (1.0 - 0.26 * seas));
                canvas.over(
                    row * canvas.width + column,
                    surface,
                    edge * (0.03 + 0.97 * lit),
                );
            }
        }
    }

    fn each_near(&self, canvas: &mut Canvas, reach: f32, mut f: impl FnMut(&mut Vec3, f32)) {
        let unit = canvas.unit();
        let (x0, x1) = super::canvas::span(
            (self.sun[0] - reach) * unit,
            (self.sun[0] + reach) * unit,
            canvas.width,
        );
        let (y0, y1) = super::canvas::span(
            (self.sun[1] - reach) * unit,
            (self.sun[1] + reach) * unit,
            canvas.height,
        );
        for row in y0..y1 {
            for column in x0..x1 {
                let dx = (column as f32 + 0.5) / unit - self.sun[0];
                let dy = (row as f32 + 0.5) / unit - self.sun[1];
                f(
                    &mut canvas.px[row * canvas.width + column],
                    (dx * dx + dy * dy).sqrt(),
                );
            }
        }
    }

    /// Clouds on a ceiling, computed at half the resolution: they have no hard edge.
    pub(super) fn paint_clouds(&self, canvas: &mut Canvas) {
        if self.clouds <= 0.01 {
            return;
        }
        let aspect = canvas.aspect();
        let rows = (canvas.height as f32 * self.horizon) as usize;
        let (fw, fh) = ((canvas.width / 2).max(2), (rows / 2).max(2));
        let cover = lerp(0.42, -0.42, self.clouds);
        let seed = self.seed;
        let octaves = self.octaves;
        let ceiling = |x: f32, y: f32| -> Vec2 {
            let rise = (self.horizon - y).max(0.0) + 0.055;
            [(x - aspect * 0.5) * 0.62 / rise + 7.3, 0.34 / rise + 3.7]
        };
        let density = |p: Vec2| -> f32 {
            let warp = fbm([p[0] * 0.9, p[1] * 0.9], 2, seed ^ 0x51);
            let billow = fbm(
                [p[0] * 1.15 + warp * 0.5, p[1] * 1.7 + warp * 0.4],
                octaves,
                seed,
            );
            smoothstep(cover, cover + 0.62, billow)
        };
        let at = |u: f32, v: f32| ceiling(u * aspect, v * self.horizon);
        let thick = Field::new(fw, fh, |u, v| density(at(u, v)));
        let lit = Field::new(fw, fh, |u, v| {
            let (x, y) = (u * aspect, v * self.horizon);
            // A step toward the disc: thinner there means this side is lit.
            let (tx, ty) = (self.sun[0] - x, self.sun[1] - y);
            let d = (tx * tx + ty * ty).sqrt().max(0.02);
            let step = 0.035;
            let toward = density(ceiling(x + tx / d * step, y + ty / d * step));
            exp(-1.9 * toward)
        });
        for row in 0..rows.min(canvas.height) {
            let v = (row as f32 + 0.5) / rows as f32;
            let y = v * self.horizon;
            let fade = smoothstep(0.0, 0.10, self.horizon - y);
            for column in 0..canvas.width {
                let u = (column as f32 + 0.5) / canvas.width as f32;
                let d = thick.sample(u, v);
                if d < 0.004 {
                    continue;
                }
                let x = u * aspect;
                let (dx, dy) = (x - self.sun[0], y - self.sun[1]);
                let near = exp(-(dx * dx + dy * dy).sqrt() * 3.2);
                let light = clamp01(lit.sample(u, v) * 1.25 - 0.12);
                let mut color = blend_fast(self.mood.cloud_dark, self.mood.cloud_lit, light);
                // Thin edges before the disc glow: the silver lining.
                let lining = near * (1.0 - d) * 1.4;
                if !matches!(self.disc, Disc::Hidden) {
                    color = screen(color, scale(self.mood.sun, clamp01(lining) * 0.75));
                }
                let air = self.air(x, y);
                color = mix(color, air, (1.0 - fade) * 0.8 + 0.10);
                let alpha = clamp01(d * 1.15) * lerp(0.35, 0.94, fade);
                canvas.over(row * canvas.width + column, color, alpha);
            }
        }
    }

    /// Light that the sky throws on a place of the land, for tinting fog.
    pub(super) fn haze(&self, x: f32) -> Vec3 {
        let air = self.air(x, self.horizon - 0.02);
        let gray = luminance(air);
        mix(air, [gray; 3], 0.06)
    }
}

/// Linear blend that is good enough between two tones of one cloud.
fn blend_fast(a: Vec3, b: Vec3, t: f32) -> Vec3 {
    mix(a, b, t)
}
