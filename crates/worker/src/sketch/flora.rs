//! Trees on the land, each drawn at its own distance with light on one side.

use super::canvas::{Canvas, span};
use super::math::{Vec3, clamp01, floor, lerp, mix, pow, scale, smoothstep};
use super::noise::{cell, gradient};
use super::path::{Outline, Placing};

/// What grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Species {
    Spruce,
    Broadleaf,
}

/// One tree in picture coordinates.
pub(super) struct Tree {
    pub(super) species: Species,
    pub(super) x: f32,
    /// Foot of the trunk.
    pub(super) y: f32,
    /// Height in heights of the picture; negative when seen in water.
    pub(super) size: f32,
    /// Distance, to be hidden by nearer land.
    pub(super) z: f32,
    pub(super) dark: Vec3,
    pub(super) lit: Vec3,
    /// From where the light comes: −1 left, 1 right.
    pub(super) side: f32,
    pub(super) seed: u32,
}

impl Tree {
    /// Draws the tree; `depth` hides what stands behind land.
    pub(super) fn paint(&self, canvas: &mut Canvas, depth: Option<&[f32]>) {
        let unit = canvas.unit();
        let tall = (if self.size < 0.0 {
            -self.size
        } else {
            self.size
        }) * unit;
        if tall < 1.2 {
            return;
        }
        match self.species {
            Species::Spruce => self.spruce(canvas, depth, tall),
            Species::Broadleaf => self.broadleaf(canvas, depth, tall),
        }
    }

    fn put(
        &self,
        canvas: &mut Canvas,
        depth: Option<&[f32]>,
        index: usize,
        color: Vec3,
        alpha: f32,
    ) {
        if depth.is_none_or(|depth| depth[index] >= self.z * 0.985) {
            canvas.over(index, color, alpha);
        }
    }

    fn spruce(&self, canvas: &mut Canvas, depth: Option<&[f32]>, tall: f32) {
        let unit = canvas.unit();
        let down = self.size < 0.0;
        let foot = self.y * unit;
        let middle = self.x * unit;
        let slim = 0.165 + 0.080 * cell(1, 0, self.seed);
        let layers = (tall * 0.20).clamp(4.0, 34.0) * (0.85 + 0.3 * cell(2, 0, self.seed));
        let lean = (cell(3, 0, self.seed) - 0.5) * 0.05;
        let (top, bottom) = if down {
            (foot, foot + tall)
        } else {
            (foot - tall, foot)
        };
        let (y0, y1) = span(top, bottom, canvas.height);
        for row in y0..y1 {
            let place = (row as f32 + 0.5 - top) / tall;
            let t = if down { 1.0 - place } else { place };
            if !(0.0..=1.0).contains(&t) {
                continue;
            }
            let axis = middle + (1.0 - t) * lean * tall;
            let trunk = tall * 0.016 * (0.4 + t);
            let envelope = slim * tall * (0.06 + 0.94 * pow(t, 0.92)) * smoothstep(1.0, 0.955, t);
            let half = [-1.0_f32, 1.0].map(|side| {
                let s = if side < 0.0 { 11 } else { 12 };
                let run = t * layers + cell(s, 0, self.seed) * 0.9;
                let layer = floor(run);
                let within = run - layer as f32;
                let reach = 0.70 + 0.42 * cell(s, layer + 40, self.seed);
                // Branches droop: each layer widens downward, then the next begins farther in.
                let tooth = lerp(0.46, 1.0, pow(within, 0.75));
                let rag = 1.0
                    + 0.16 * gradient([t * tall * 0.55, side * 7.0], self.seed)
                    + 0.22 * gradient([t * layers * 2.7, side * 3.0 + 9.0], self.seed ^ 3);
                (envelope * reach * tooth * rag).max(if t > 0.02 { trunk } else { 0.35 })
            });
            let (x0, x1) = span(axis - half[0] - 1.0, axis + half[1] + 1.0, canvas.width);
            for column in x0..x1 {
                let d = column as f32 + 0.5 - axis;
                let reach = if d < 0.0 { half[0] } else { half[1] };
                let away = if d < 0.0 { -d } else { d };
                let mut alpha = clamp01(reach - away + 0.5);
                if alpha <= 0.0 {
                    continue;
                }
                if tall > 60.0 {
                    // Large trees let the sky through between their needles, most toward the tips.
                    let out = away / reach.max(1.0);
                    let needles =
                        gradient([d * 0.34, (row as f32) * 0.27 + away * 0.12], self.seed ^ 5);
                    alpha *= smoothstep(
                        0.0,
                        0.20,
                        0.66 + needles - out * out * 0.62 + trunk / (away + 1.0),
                    );
                }
                let across = d / reach.max(0.5) * self.side;
                let run = t * layers;
                let shelf = 1.0 - (run - floor(run) as f32);
                let light = smoothstep(-0.25, 1.0, across) * (0.45 + 0.55 * shelf);
                let color = mix(self.dark, self.lit, light);
                self.put(canvas, depth, row * canvas.width + column, color, alpha);
            }
        }
    }

    /// A crown of many small clumps of leaves over a forked trunk.
    fn broadleaf(&self, canvas: &mut Canvas, depth: Option<&[f32]>, tall: f32) {
        let unit = canvas.unit();
        let flip = if self.size < 0.0 { -1.0 } else { 1.0 };
        let (foot, middle) = (self.y * unit, self.x * unit);
        let lean = (cell(9, 9, self.seed) - 0.5) * 0.10;
        self.limbs(canvas, depth, tall, lean);
        // Clumps fill a rounded crown; the far and shaded ones come first.
        let count = (tall * 0.9).clamp(22.0, 190.0) as i32;
        // Far trees are a few large clumps.
        let coarse = 1.0 + 1.4 * smoothstep(150.0, 12.0, tall);
        let mut clumps: Vec<[f32; 4]> = (0..count)
            .map(|index| {
                let angle = cell(index, 5, self.seed) * super::math::TAU;
                let out = cell(index, 6, self.seed).sqrt();
                let lobe = 1.0 + 0.22 * gradient([angle * 1.1 + 4.0, 2.0], self.seed ^ 7);
                let x = super::math::cos(angle) * out * 0.36 * lobe + lean;
                let y = 0.64 + super::math::sin(angle) * out * 0.27 * lobe - 0.05 * x * x;
                let r = (0.030 + 0.040 * cell(index, 7, self.seed)) * (1.15 - 0.45 * out) * coarse;
                [x, y, r, cell(index, 8, self.seed)]
            })
            .collect();
        let toward = |c: &[f32; 4]| c[0] * self.side * 0.8 + c[1] + 0.25 * c[3];
        clumps.sort_by(|a, b| toward(a).total_cmp(&toward(b)));
        for [cx, cy, r, luck] in clumps {
            let (px, py) = (middle + cx * tall, foot - cy * tall * flip);
            let radius = r * tall;
            let (x0, x1) = span(px - radius * 1.3, px + radius * 1.3, canvas.width);
            let (y0, y1) = span(py - radius * 1.3, py + radius * 1.3, canvas.height);
            // Where in the crown it hangs decides most of its light.
            let crown = clamp01(
                0.42 + (cx - lean) * self.side * 1.15 + (cy - 0.62) * 1.1 + (luck - 0.5) * 0.25,
            );
            for row in y0..y1 {
                for column in x0..x1 {
                    let dx = (column as f32 + 0.5 - px) / radius;
                    let dy = (row as f32 + 0.5 - py) / radius * flip;
                    let leaf =
                        gradient([column as f32 * 0.33, row as f32 * 0.33], self.seed) * 0.55;
                    let d = (dx * dx + dy * dy).sqrt();
                    let alpha = clamp01((1.0 - d + leaf) * radius * 0.9);
                    if alpha <= 0.0 {
                        continue;
                    }
                    let own = clamp01(0.5 + (dx * self.side * 0.6 - dy * 0.7) * 0.55);
                    let light = clamp01(crown * 0.62 + own * 0.34 + leaf * 0.30);
                    let color = mix(self.dark, self.lit, light * light * 0.9 + 0.06);
                    self.put(canvas, depth, row * canvas.width + column, color, alpha);
                }
            }
        }
    }

    fn limbs(&self, canvas: &mut Canvas, depth: Option<&[f32]>, tall: f32, lean: f32) {
        let unit = canvas.unit();
        let flip = if self.size < 0.0 { -1.0 } else { 1.0 };
        let place = |x: f32, up: f32| [self.x + x * tall / unit, self.y - up * tall * flip / unit];
        let width = |share: f32| share * tall / unit;
        let mut outline = Outline::band(&[
            (place(0.0, -0.01), width(0.034)),
            (place(lean * 0.1, 0.08), width(0.022)),
            (place(lean * 0.4, 0.30), width(0.017)),
            (place(lean, 0.60), width(0.007)),
        ]);
        for index in 0..5 {
            let side = if index % 2 == 0 { 1.0 } else { -1.0 };
            let start = 0.27 + 0.06 * index as f32;
            let reach = 0.13 + 0.12 * cell(index, 3, self.seed);
            let rise = 0.13 + 0.10 * cell(index, 4, self.seed);
            outline = outline.joined(Outline::band(&[
                (place(lean * start, start), width(0.011)),
                (
                    place(lean * start + side * reach * 0.5, start + rise * 0.62),
                    width(0.007),
                ),
                (
                    place(lean * start + side * reach, start + rise),
                    width(0.002),
                ),
            ]));
        }
        let color = scale(self.dark, 0.62);
        let mut pixels = Vec::new();
        outline
            .mask(&Placing::new(0.0, 0.0, 1.0), canvas)
            .each(|x, y, cover| pixels.push((x, y, cover)));
        for (x, y, cover) in pixels {
            self.put(canvas, depth, y * canvas.width + x, color, cover);
        }
    }
}
