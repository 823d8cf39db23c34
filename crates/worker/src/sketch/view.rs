//! Looking at the land: each column of the picture is a ray over the ground, marched from near to far;
//! what rises above all that was nearer is visible.

use super::canvas::{Canvas, Field};
use super::land::Land;
use super::math::{Vec3, add, clamp01, dot, exp, floor, mix, mul, normalize, scale, smoothstep};
use super::noise::fbm;
use super::sky::Sky;

/// Where the eye is.
#[derive(Clone, Copy)]
pub(super) struct View {
    /// Height of the horizon line from the top of the picture.
    pub(super) horizon: f32,
    /// Focal length in heights of the picture.
    pub(super) focal: f32,
    /// Height of the eye over the water. Negative: the mirrored eye that sees reflections.
    pub(super) eye: f32,
    pub(super) near: f32,
    pub(super) far: f32,
    /// Share of its distance by which a step goes on, as long as that is short.
    pub(super) stride: f32,
    pub(super) aspect: f32,
}

impl View {
    /// Picture coordinates of a point of the world.
    pub(super) fn project(&self, x: f32, h: f32, z: f32) -> [f32; 2] {
        [
            self.aspect * 0.5 + self.focal * x / z,
            self.horizon + self.focal * (self.eye - h) / z,
        ]
    }

    /// World x of a picture x at a distance.
    pub(super) fn world_x(&self, x: f32, z: f32) -> f32 {
        (x - self.aspect * 0.5) * z / self.focal
    }

    /// The eye below the water that sees what the water mirrors.
    pub(super) fn mirrored(&self) -> Self {
        Self {
            eye: -self.eye,
            stride: self.stride * 1.8,
            ..*self
        }
    }

    /// Distances of all steps, from near to far.
    fn steps(&self) -> Vec<f32> {
        let mut distances = Vec::new();
        let mut z = self.near;
        while z < self.far {
            distances.push(z);
            // Beyond some distance steps stay short, or steep far slopes would smear.
            z += z.min(8.5) * self.stride;
        }
        distances
    }
}

/// The air between the eye and things.
#[derive(Clone, Copy)]
pub(super) struct Air {
    /// How much is lost over one unit of distance.
    pub(super) density: f32,
    /// How much more of it lies in valleys.
    pub(super) low: f32,
}

impl Air {
    /// How much of a thing at this distance and height is hidden, 0 to 1.
    pub(super) fn veil(&self, h: f32, z: f32) -> f32 {
        let thick = self.density * (1.0 + self.low * exp(-h.max(0.0) * 2.6));
        1.0 - exp(-z * thick)
    }
}

/// Light on the land.
#[derive(Clone)]
pub(super) struct Lighting {
    /// Direction toward the key light, which may differ from the visible disc so that slopes show.
    pub(super) toward: Vec3,
    pub(super) key: Vec3,
    pub(super) ambient: Vec3,
    pub(super) air: Air,
}

/// The land as seen: colors where it covers, how much it covers, how far it is, and how much of a pixel is
/// water.
pub(super) struct Sight {
    pub(super) color: Vec<Vec3>,
    pub(super) cover: Vec<f32>,
    pub(super) depth: Vec<f32>,
    pub(super) water: Vec<f32>,
    /// For each column, where water begins: what is nearer has no reflection in it.
    pub(super) shore: Vec<f32>,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Sight {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self {
            color: vec![[0.0; 3]; width * height],
            cover: vec![0.0; width * height],
            depth: vec![f32::INFINITY; width * height],
            water: vec![0.0; width * height],
            shore: vec![f32::INFINITY; width],
            width,
            height,
        }
    }

    /// Lays the land over the sky.
    pub(super) fn over(&self, canvas: &mut Canvas) {
        for (index, pixel) in canvas.px.iter_mut().enumerate() {
            let rest = 1.0 - self.cover[index];
            if rest < 1.0 {
                *pixel = add(self.color[index], scale(*pixel, rest));
            }
        }
    }
}

/// Soft shadows of the relief, on a coarse grid over (picture x, step).
fn shadows(land: &Land, view: &View, light: &Lighting, steps: &[f32]) -> Field {
    Field::new(192, 128, |u, v| {
        let z = steps[((v * steps.len() as f32) as usize).min(steps.len() - 1)];
        let x = view.world_x(u * view.aspect, z);
        let h = land.height(x, z, 4).max(0.0) + 0.01;
        let mut open = 1.0_f32;
        let mut t = 0.05 + 0.012 * z;
        for _ in 0..8 {
            let [lx, ly, lz] = light.toward;
            let there = land.height(x + lx * t, z + lz * t, 3);
            let room = (h + ly * t - there) / t;
            open = open.min(clamp01(room * 5.0 + 0.55));
            t *= 1.72;
        }
        open
    })
}

/// What a ray met at its last step.
#[derive(Clone, Copy)]
struct Spot {
    y: f32,
    color: Vec3,
    wet: bool,
}

/// Nothing that a blend could start from.
const NOWHERE: Spot = Spot {
    y: f32::INFINITY,
    color: [0.0; 3],
    wet: false,
};

/// What stays the same for all rays of one look.
struct Look<'a> {
    land: &'a Land,
    view: &'a View,
    light: &'a Lighting,
    sky: &'a Sky,
    steps: &'a [f32],
    shade: &'a Field,
    detail: u32,
    /// Width of a column at distance 1.
    column_width: f32,
    unit: f32,
}

/// Marches all columns. `detail` is the most octaves of relief, `tick` is told the share done and answers
/// whether to go on.
pub(super) fn look(
    land: &Land,
    view: &View,
    light: &Lighting,
    sky: &Sky,
    size: (usize, usize),
    detail: u32,
    tick: &mut dyn FnMut(f32) -> bool,
) -> Option<Sight> {
    let (width, height) = size;
    let unit = height as f32;
    let steps = view.steps();
    let shade = shadows(land, view, light, &steps);
    let look = Look {
        land,
        view,
        light,
        sky,
        steps: &steps,
        shade: &shade,
        detail,
        column_width: 1.0 / (unit * view.focal),
        unit,
    };
    let mut sight = Sight::new(width, height);
    // Heights along the ray one column to the left, for the slope across.
    let mut left = vec![0.0_f32; steps.len()];
    look.heights(-0.5, &mut left);
    let mut here = left.clone();
    for column in 0..width {
        look.heights(column as f32 + 0.5, &mut here);
        look.ray(&mut sight, column, &here, &left);
        std::mem::swap(&mut here, &mut left);
        if column % 16 == 0 && !tick(column as f32 / width as f32) {
            return None;
        }
    }
    Some(sight)
}

impl Look<'_> {
    fn tangent(&self, column: f32) -> f32 {
        (column / self.unit - self.view.aspect * 0.5) / self.view.focal
    }

    fn heights(&self, column: f32, heights: &mut [f32]) {
        let tangent = self.tangent(column);
        for (index, (h, &z)) in heights.iter_mut().zip(self.steps).enumerate() {
            let dz = self.gap(index);
            let grain = (z * self.column_width).max(dz * 0.30);
            *h = self
                .land
                .height(tangent * z, z, octaves_for(grain, self.detail));
        }
    }

    fn gap(&self, index: usize) -> f32 {
        self.steps[index.max(1)] - self.steps[index.max(1) - 1]
    }

    fn screen_y(&self, h: f32, z: f32) -> f32 {
        (self.view.horizon + self.view.focal * (self.view.eye - h) / z) * self.unit
    }

    fn ray(&self, sight: &mut Sight, column: usize, here: &[f32], left: &[f32]) {
        let mirrored = self.view.eye < 0.0;
        let tangent = self.tangent(column as f32 + 0.5);
        let x_screen = (column as f32 + 0.5) / self.unit;
        let haze = self.sky.haze(x_screen);
        let water = self.land.has_water();
        let mut lowest = if mirrored {
            self.view.horizon * self.unit
        } else {
            self.unit
        };
        let mut last = NOWHERE;
        for (index, &z) in self.steps.iter().enumerate() {
            let h = here[index];
            let before = if index == 0 { h } else { here[index - 1] };
            let wet = water && h <= 0.0;
            if wet && sight.shore[column].is_infinite() {
                sight.shore[column] = z;
            }
            if mirrored && (wet || sight.shore[column].is_infinite()) {
                last = NOWHERE;
                continue;
            }
            if water && !wet && before <= 0.0 && !mirrored && index > 0 {
                // The shore lies between two steps; without finding it, it would be a staircase.
                let share = -before / (h - before).max(1e-6);
                let edge = self.steps[index - 1] + share * (z - self.steps[index - 1]);
                let y = self.screen_y(0.0, edge);
                if y < lowest {
                    let spot = Spot {
                        y,
                        color: [0.0; 3],
                        wet: true,
                    };
                    fill(sight, column, lowest, &spot, &last, edge);
                    lowest = y;
                    last = NOWHERE;
                }
            }
            let y = self.screen_y(if wet { 0.0 } else { h }, z);
            if y >= lowest {
                last = NOWHERE;
                continue;
            }
            let color = if wet {
                [0.0; 3]
            } else {
                let slope_x = (h - left[index]) / (z * self.column_width);
                let slope_z = (h - before) / self.gap(index).max(1e-4) - tangent * slope_x;
                let normal = normalize([-slope_x, 1.0, -slope_z]);
                let share = (index as f32 + 0.5) / self.steps.len() as f32;
                let open = self.shade.sample(x_screen / self.view.aspect, share);
                let lit = lit_ground(self.land, self.light, [tangent * z, h, z], normal, open);
                mix(lit, haze, self.light.air.veil(h, z))
            };
            let spot = Spot { y, color, wet };
            fill(sight, column, lowest, &spot, &last, z);
            lowest = y;
            last = spot;
        }
    }
}

/// Octaves whose waves are longer than what one pixel or step covers.
fn octaves_for(grain: f32, most: u32) -> u32 {
    let mut wave = 5.0_f32;
    let mut octaves = 2;
    while octaves < most && wave > grain * 2.0 {
        wave *= 0.5;
        octaves += 1;
    }
    octaves
}

fn lit_ground(land: &Land, light: &Lighting, at: Vec3, normal: Vec3, open: f32) -> Vec3 {
    let [x, h, z] = at;
    let albedo = land.albedo(x, z, h, normal[1], z < 9.0);
    let direct = dot(normal, light.toward).max(0.0) * open;
    // Snow and sand scatter light within: their shaded side is not black.
    let wrap = clamp01(0.5 + 0.5 * dot(normal, light.toward)) * 0.16;
    let above = 0.55 + 0.45 * normal[1];
    let lit = add(
        scale(light.key, direct * 0.92 + wrap * open),
        scale(light.ambient, above),
    );
    mul(albedo, lit)
}

/// Fills a column from `lowest` up to the spot, blending from the spot before; the topmost pixel in part.
fn fill(sight: &mut Sight, column: usize, lowest: f32, spot: &Spot, last: &Spot, z: f32) {
    let top = spot.y.max(0.0);
    if lowest <= top {
        return;
    }
    let first = floor(top).max(0) as usize;
    let end = (floor(lowest) as usize + 1).min(sight.height);
    for row in first..end {
        let upper = top.max(row as f32);
        let lower = lowest.min(row as f32 + 1.0);
        let part = lower - upper;
        if part <= 0.0 {
            continue;
        }
        let index = row * sight.width + column;
        let color = if !spot.wet && !last.wet && last.y.is_finite() && last.y > spot.y {
            let t = clamp01((last.y - (upper + lower) * 0.5) / (last.y - spot.y));
            mix(last.color, spot.color, t)
        } else {
            spot.color
        };
        if spot.wet {
            sight.water[index] += part;
        }
        sight.color[index] = add(sight.color[index], scale(color, part));
        sight.cover[index] += part;
        sight.depth[index] = sight.depth[index].min(z);
    }
}

/// A bank of fog lying at one distance: it veils all that is farther and lets nearer things stand out.
pub(super) struct Bank {
    pub(super) z: f32,
    pub(super) height: f32,
    pub(super) thickness: f32,
    pub(super) strength: f32,
    pub(super) seed: u32,
}

impl Bank {
    pub(super) fn paint(
        &self,
        canvas: &mut Canvas,
        view: &View,
        depth: &[f32],
        sky: &Sky,
        octaves: u32,
    ) {
        let unit = canvas.unit();
        let [_, middle] = view.project(0.0, self.height, self.z);
        let spread = self.thickness * view.focal / self.z;
        let from = ((middle - spread * 2.4) * unit).max(0.0) as usize;
        let to = (((middle + spread * 2.0) * unit).max(0.0) as usize).min(canvas.height);
        if from >= to {
            return;
        }
        let tall = (to - from) as f32 / unit;
        let field = Field::new(
            (canvas.width / 4).max(2),
            ((to - from) / 4).max(2),
            |u, v| {
                let x = view.world_x(u * view.aspect, self.z);
                let y = from as f32 / unit + v * tall;
                let up = (middle - y) / spread;
                let billow = fbm(
                    [x * 0.42 / (0.4 + self.thickness) + 5.0, up * 0.45 + 2.0],
                    octaves,
                    self.seed,
                );
                let top = smoothstep(1.5, -0.35, up - billow * 1.25);
                let bottom = smoothstep(-2.0, -0.3, up + 0.25 * billow);
                top * bottom * (0.62 + 0.38 * clamp01(0.5 + billow))
            },
        );
        let haze: Vec<Vec3> = (0..canvas.width)
            .map(|column| sky.haze((column as f32 + 0.5) / unit))
            .collect();
        for row in from..to {
            let v = (row - from) as f32 / (to - from) as f32;
            for column in 0..canvas.width {
                let index = row * canvas.width + column;
                let behind = smoothstep(self.z * 0.97, self.z * 1.06, depth[index].min(1e6));
                if behind <= 0.0 {
                    continue;
                }
                let u = (column as f32 + 0.5) / canvas.width as f32;
                let alpha = field.sample(u, v) * self.strength * behind;
                if alpha > 0.003 {
                    canvas.over(index, haze[column], clamp01(alpha));
                }
            }
        }
    }
}
