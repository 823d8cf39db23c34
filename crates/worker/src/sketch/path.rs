//! Outlines: lines and Bézier curves, flattened and filled with exact coverage at the edges.

use super::canvas::Canvas;
use super::math::{Vec2, Vec3, clamp01, cos, floor, sin};

/// A closed outline (or several) as points.
#[derive(Clone, Default)]
pub(super) struct Outline {
    rings: Vec<Vec<Vec2>>,
}

/// Where a figure drawn in its own coordinates goes.
#[derive(Clone, Copy)]
pub(super) struct Placing {
    pub(super) at: Vec2,
    pub(super) scale: f32,
    /// −1 looks the other way.
    pub(super) flip: f32,
    /// Radians.
    pub(super) turn: f32,
    /// −1 for a reflection.
    pub(super) upright: f32,
}

impl Placing {
    pub(super) fn new(x: f32, y: f32, scale: f32) -> Self {
        Self {
            at: [x, y],
            scale,
            flip: 1.0,
            turn: 0.0,
            upright: 1.0,
        }
    }

    pub(super) fn apply(&self, p: Vec2) -> Vec2 {
        let (x, y) = (p[0] * self.scale * self.flip, p[1] * self.scale);
        let (s, c) = (sin(self.turn), cos(self.turn));
        [
            self.at[0] + x * c - y * s,
            self.at[1] + (x * s + y * c) * self.upright,
        ]
    }
}

impl Outline {
    /// Reads the absolute commands `M L C Q Z` of SVG path data, commas or spaces between numbers.
    /// Figures are constants of this crate and are all drawn by a test, so what does not parse is left out.
    pub(super) fn parse(data: &str) -> Self {
        let mut outline = Self::default();
        let mut pen = [0.0_f32, 0.0];
        let mut command = 'M';
        let mut numbers: Vec<f32> = Vec::new();
        let spaced = data.replace(',', " ");
        for word in spaced.split_whitespace() {
            if let Some(letter) = word.chars().next().filter(char::is_ascii_alphabetic) {
                command = letter;
                numbers.clear();
                continue;
            }
            let Ok(number) = word.parse() else { continue };
            numbers.push(number);
            match (command, numbers.as_slice()) {
                ('M', &[x, y]) => {
                    outline.rings.push(vec![[x, y]]);
                    pen = [x, y];
                    // Further pairs are lines, as in SVG.
                    command = 'L';
                    numbers.clear();
                }
                ('L', &[x, y]) => {
                    outline.push([x, y]);
                    pen = [x, y];
                    numbers.clear();
                }
                ('Q', &[ax, ay, x, y]) => {
                    let a = [ax, ay];
                    let third = |p: Vec2| {
                        [
                            p[0] + (a[0] - p[0]) * 2.0 / 3.0,
                            p[1] + (a[1] - p[1]) * 2.0 / 3.0,
                        ]
                    };
                    outline.curve(pen, third(pen), third([x, y]), [x, y]);
                    pen = [x, y];
                    numbers.clear();
                }
                ('C', &[ax, ay, bx, by, x, y]) => {
                    outline.curve(pen, [ax, ay], [bx, by], [x, y]);
                    pen = [x, y];
                    numbers.clear();
                }
                _ => {}
            }
        }
        outline
    }

    /// A ring through points that are joined by straight lines.
    pub(super) fn polygon(points: Vec<Vec2>) -> Self {
        Self {
            rings: vec![points],
        }
    }

    /// A band along `spine` (points and half widths), for limbs, trunks and stalks.
    pub(super) fn band(spine: &[(Vec2, f32)]) -> Self {
        let mut left = Vec::with_capacity(spine.len() * 2);
        let mut right = Vec::with_capacity(spine.len());
        for (index, &(p, half)) in spine.iter().enumerate() {
            let before = spine[index.saturating_sub(1)].0;
            let after = spine[(index + 1).min(spine.len() - 1)].0;
            let (dx, dy) = (after[0] - before[0], after[1] - before[1]);
            let length = (dx * dx + dy * dy).sqrt().max(1e-6);
            let (nx, ny) = (-dy / length * half, dx / length * half);
            left.push([p[0] + nx, p[1] + ny]);
            right.push([p[0] - nx, p[1] - ny]);
        }
        right.reverse();
        left.append(&mut right);
        Self::polygon(left)
    }

    pub(super) fn ellipse(middle: Vec2, rx: f32, ry: f32) -> Self {
        let points = (0..40)
            .map(|step| {
                let angle = step as f32 / 40.0 * super::math::TAU;
                [middle[0] + rx * cos(angle), middle[1] + ry * sin(angle)]
            })
            .collect();
        Self::polygon(points)
    }

    /// Every point moved by `f`.
    pub(super) fn mapped(mut self, f: impl Fn(Vec2) -> Vec2) -> Self {
        for point in self.rings.iter_mut().flatten() {
            *point = f(*point);
        }
        self
    }

    pub(super) fn joined(mut self, other: Self) -> Self {
        self.rings.extend(other.rings);
        self
    }

    fn push(&mut self, p: Vec2) {
        if let Some(ring) = self.rings.last_mut() {
            ring.push(p);
        }
    }

    fn curve(&mut self, from: Vec2, a: Vec2, b: Vec2, to: Vec2) {
        const PIECES: u32 = 14;
        for piece in 1..=PIECES {
            let t = piece as f32 / PIECES as f32;
            let s = 1.0 - t;
            let (w0, w1, w2, w3) = (s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t);
            self.push([
                w0 * from[0] + w1 * a[0] + w2 * b[0] + w3 * to[0],
                w0 * from[1] + w1 * a[1] + w2 * b[1] + w3 * to[1],
            ]);
        }
    }

    /// Where it lies and how much of each pixel it covers there. Every ring counts by itself, so that
    /// overlapping parts of a figure make one silhouette.
    pub(super) fn mask(&self, placing: &Placing, canvas: &Canvas) -> Mask {
        let unit = canvas.unit();
        let rings: Vec<Vec<Vec2>> = self
            .rings
            .iter()
            .map(|ring| {
                ring.iter()
                    .map(|&p| {
                        let [x, y] = placing.apply(p);
                        [x * unit, y * unit]
                    })
                    .collect()
            })
            .collect();
        let mut low = [f32::INFINITY; 2];
        let mut high = [f32::NEG_INFINITY; 2];
        for p in rings.iter().flatten() {
            for axis in 0..2 {
                low[axis] = low[axis].min(p[axis]);
                high[axis] = high[axis].max(p[axis]);
            }
        }
        let (x0, x1) = super::canvas::span(low[0] - 1.0, high[0] + 1.0, canvas.width);
        let (y0, y1) = super::canvas::span(low[1] - 1.0, high[1] + 1.0, canvas.height);
        let mut mask = Mask {
            x: x0,
            y: y0,
            width: x1 - x0,
            height: y1 - y0,
            cover: vec![0.0; (x1 - x0) * (y1 - y0)],
        };
        if mask.cover.is_empty() {
            return mask;
        }
        // One more column gathers what lies right of the picture.
        let stride = mask.width + 2;
        for ring in &rings {
            let mut sums = vec![0.0_f32; stride * mask.height];
            for (index, &from) in ring.iter().enumerate() {
                let to = ring[(index + 1) % ring.len()];
                let shift = |p: Vec2| [p[0] - x0 as f32, p[1] - y0 as f32];
                edge(&mut sums, stride, mask.height, shift(from), shift(to));
            }
            for row in 0..mask.height {
                let mut sum = 0.0;
                for column in 0..mask.width {
                    sum += sums[row * stride + column];
                    let part = if sum < 0.0 { -sum } else { sum }.min(1.0);
                    let old = &mut mask.cover[row * mask.width + column];
                    *old = old.max(part);
                }
            }
        }
        mask
    }

    /// Fills with one color.
    pub(super) fn fill(&self, canvas: &mut Canvas, placing: &Placing, color: Vec3, alpha: f32) {
        self.mask(placing, canvas)
            .each(|x, y, cover| canvas_over(canvas, x, y, color, cover * alpha));
    }
}

fn canvas_over(canvas: &mut Canvas, x: usize, y: usize, color: Vec3, alpha: f32) {
    let index = y * canvas.width + x;
    canvas.over(index, color, alpha);
}

/// Adds the signed area right of one edge to the cells it crosses.
fn edge(sums: &mut [f32], stride: usize, height: usize, from: Vec2, to: Vec2) {
    let (direction, top, bottom) = if from[1] < to[1] {
        (1.0, from, to)
    } else {
        (-1.0, to, from)
    };
    let rise = bottom[1] - top[1];
    if rise <= 1e-6 {
        return;
    }
    let slope = (bottom[0] - top[0]) / rise;
    let right = (stride - 2) as f32;
    let first = floor(top[1]).max(0) as usize;
    let last = (floor(bottom[1]) + 1).clamp(0, height as i32) as usize;
    for row in first..last {
        let upper = top[1].max(row as f32);
        let lower = bottom[1].min(row as f32 + 1.0);
        let dy = lower - upper;
        if dy <= 0.0 {
            continue;
        }
        let xa = (top[0] + (upper - top[1]) * slope).clamp(0.0, right);
        let xb = (top[0] + (lower - top[1]) * slope).clamp(0.0, right);
        let (x0, x1) = if xa < xb { (xa, xb) } else { (xb, xa) };
        let (c0, c1) = (floor(x0) as usize, floor(x1) as usize);
        let line = &mut sums[row * stride..(row + 1) * stride];
        let area = direction * dy;
        if c0 == c1 {
            let inner = (x0 + x1) * 0.5 - c0 as f32;
            line[c0] += area * (1.0 - inner);
            line[c0 + 1] += area * inner;
            continue;
        }
        // The edge crosses several cells of this row: share by horizontal run.
        let run = x1 - x0;
        let mut given = 0.0;
        for column in c0..=c1 {
            let a = x0.max(column as f32);
            let b = x1.min(column as f32 + 1.0);
            let share = area * (b - a) / run;
            let inner = (a + b) * 0.5 - column as f32;
            line[column] += share * (1.0 - inner);
            line[column + 1] += share * inner;
            given += share;
        }
        debug_assert!((given - area) * (given - area) < 1e-4);
    }
}

/// Coverage of a rectangle of pixels.
pub(super) struct Mask {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) cover: Vec<f32>,
}

impl Mask {
    /// Calls `f(x, y, cover)` for each pixel that is covered at all.
    pub(super) fn each(&self, mut f: impl FnMut(usize, usize, f32)) {
        for row in 0..self.height {
            for column in 0..self.width {
                let cover = self.cover[row * self.width + column];
                if cover > 0.002 {
                    f(self.x + column, self.y + row, clamp01(cover));
                }
            }
        }
    }

    /// Coverage at a pixel of the picture, 0 outside.
    pub(super) fn at(&self, x: i32, y: i32) -> f32 {
        let (column, row) = (x - self.x as i32, y - self.y as i32);
        if column < 0 || row < 0 || column >= self.width as i32 || row >= self.height as i32 {
            0.0
        } else {
            self.cover[row as usize * self.width + column as usize]
        }
    }
}
