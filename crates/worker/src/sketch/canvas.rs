//! The sheet: linear light, one triple for each pixel, and what is known of each pixel's distance.

use super::math::{Vec3, clamp01, floor, lerp, mix};

/// A picture in progress. Lengths are given in heights of the picture: `y` runs from 0 (top) to 1, `x`
/// from 0 to [`Canvas::aspect`], so that the same plan gives the same picture at any size.
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) px: Vec<Vec3>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            px: vec![[0.0; 3]; width * height],
        }
    }

    pub(super) fn aspect(&self) -> f32 {
        self.width as f32 / self.height as f32
    }

    /// Pixels in one unit of length.
    pub(super) fn unit(&self) -> f32 {
        self.height as f32
    }

    /// Lays `color` over the pixel, `alpha` of it.
    pub(super) fn over(&mut self, index: usize, color: Vec3, alpha: f32) {
        self.px[index] = mix(self.px[index], color, alpha);
    }

    /// Color at a place between pixels (in pixels), the edge repeated outside.
    pub(super) fn sample(&self, x: f32, y: f32) -> Vec3 {
        let x = (x - 0.5).clamp(0.0, (self.width - 1) as f32);
        let y = (y - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (xi, yi) = (floor(x) as usize, floor(y) as usize);
        let (fx, fy) = (x - xi as f32, y - yi as f32);
        let right = (xi + 1).min(self.width - 1);
        let below = (yi + 1).min(self.height - 1);
        let top = mix(
            self.px[yi * self.width + xi],
            self.px[yi * self.width + right],
            fx,
        );
        let bottom = mix(
            self.px[below * self.width + xi],
            self.px[below * self.width + right],
            fx,
        );
        mix(top, bottom, fy)
    }

    /// The same picture at half the size.
    pub(super) fn halved(&self) -> Self {
        let mut small = Self::new(self.width.div_ceil(2), self.height.div_ceil(2));
        for y in 0..small.height {
            for x in 0..small.width {
                let right = (2 * x + 1).min(self.width - 1);
                let below = (2 * y + 1).min(self.height - 1);
                let sum = [
                    self.px[2 * y * self.width + 2 * x],
                    self.px[2 * y * self.width + right],
                    self.px[below * self.width + 2 * x],
                    self.px[below * self.width + right],
                ]
                .into_iter()
                .fold([0.0; 3], |sum, c| {
                    [sum[0] + c[0], sum[1] + c[1], sum[2] + c[2]]
                });
                small.px[y * small.width + x] = sum.map(|channel| channel * 0.25);
            }
        }
        small
    }

    /// A soft round spot of light, added so that it cannot burn out.
    pub(super) fn glow(&mut self, x: f32, y: f32, radius: f32, color: Vec3, strength: f32) {
        let unit = self.unit();
        let reach = radius * 2.6 * unit;
        let (cx, cy) = (x * unit, y * unit);
        let (x0, x1) = span(cx - reach, cx + reach, self.width);
        let (y0, y1) = span(cy - reach, cy + reach, self.height);
        for row in y0..y1 {
            for column in x0..x1 {
                let dx = (column as f32 + 0.5 - cx) / (radius * unit);
                let dy = (row as f32 + 0.5 - cy) / (radius * unit);
                let fall = super::math::exp(-(dx * dx + dy * dy)) * strength;
                if fall > 0.002 {
                    let index = row * self.width + column;
                    self.px[index] =
                        super::math::screen(self.px[index], color.map(|channel| channel * fall));
                }
            }
        }
    }
}

/// Whole pixels between two places, cut to the sheet.
pub(super) fn span(from: f32, to: f32, size: usize) -> (usize, usize) {
    let last = size as f32;
    let start = floor(from.clamp(0.0, last)) as usize;
    let end = (floor(to.clamp(0.0, last)) + 1).min(size as i32) as usize;
    (start, end.max(start))
}

/// A single channel at its own resolution, for slow fields that are computed coarsely.
pub(super) struct Field {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Field {
    pub(super) fn new(width: usize, height: usize, mut f: impl FnMut(f32, f32) -> f32) -> Self {
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                values.push(f(
                    (x as f32 + 0.5) / width as f32,
                    (y as f32 + 0.5) / height as f32,
                ));
            }
        }
        Self {
            width,
            height,
            values,
        }
    }

    /// Value at a place given as fractions of the sides.
    pub(super) fn sample(&self, u: f32, v: f32) -> f32 {
        let x = (clamp01(u) * self.width as f32 - 0.5).clamp(0.0, (self.width - 1) as f32);
        let y = (clamp01(v) * self.height as f32 - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (xi, yi) = (floor(x) as usize, floor(y) as usize);
        let right = (xi + 1).min(self.width - 1);
        let below = (yi + 1).min(self.height - 1);
        let (fx, fy) = (x - xi as f32, y - yi as f32);
        let top = lerp(
            self.values[yi * self.width + xi],
            self.values[yi * self.width + right],
            fx,
        );
        let bottom = lerp(
            self.values[below * self.width + xi],
            self.values[below * self.width + right],
            fx,
        );
        lerp(top, bottom, fy)
    }
}
