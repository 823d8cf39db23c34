//! Looking at the land: each column of the picture is a ray over the ground, marched from near to far;
//! what rises above all that was nearer is visible.

use super::canvas::Field;
use super::land::Land;
use super::math::{Vec3, add, clamp01, dot, floor, mix, mul, normalize, scale};
use super::sky::Sky;
use super::view::{Lighting, Sight, View};

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
