//! Where the eye is, what lies between it and the land, and what it has seen.

use super::canvas::Canvas;
use super::math::{Vec3, add, exp, scale};

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
    pub(super) fn steps(&self) -> Vec<f32> {
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
