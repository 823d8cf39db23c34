//! Fractal noise over integer lattices: terrain, clouds, fog, water and textures are made of it.

use super::math::{Vec2, floor};

fn hash(x: i32, y: i32, seed: u32) -> u32 {
    let mut h = (x as u32).wrapping_mul(0x9E37_79B1)
        ^ (y as u32).wrapping_mul(0x85EB_CA77)
        ^ seed.wrapping_mul(0xC2B2_AE3D);
    h ^= h >> 15;
    h = h.wrapping_mul(0x2C1B_3C6D);
    h ^= h >> 12;
    h = h.wrapping_mul(0x297A_2D39);
    h ^ (h >> 15)
}

/// In `0.0..1.0`, one value for each lattice point.
pub(super) fn cell(x: i32, y: i32, seed: u32) -> f32 {
    (hash(x, y, seed) >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// Smooth noise in about −1 to 1 and its two slopes.
pub(super) fn value(p: Vec2, seed: u32) -> [f32; 3] {
    let (xi, yi) = (floor(p[0]), floor(p[1]));
    let (x, y) = (p[0] - xi as f32, p[1] - yi as f32);
    let (u, v) = (
        x * x * x * (x * (x * 6.0 - 15.0) + 10.0),
        y * y * y * (y * (y * 6.0 - 15.0) + 10.0),
    );
    let (du, dv) = (
        30.0 * x * x * (x * (x - 2.0) + 1.0),
        30.0 * y * y * (y * (y - 2.0) + 1.0),
    );
    let a = cell(xi, yi, seed);
    let b = cell(xi + 1, yi, seed);
    let c = cell(xi, yi + 1, seed);
    let d = cell(xi + 1, yi + 1, seed);
    let k1 = b - a;
    let k2 = c - a;
    let k4 = a - b - c + d;
    [
        2.0 * (a + k1 * u + k2 * v + k4 * u * v) - 1.0,
        2.0 * du * (k1 + k4 * v),
        2.0 * dv * (k2 + k4 * u),
    ]
}

fn gradient_at(x: i32, y: i32, dx: f32, dy: f32, seed: u32) -> f32 {
    // Eight directions of about equal length.
    const G: [[f32; 2]; 8] = [
        [1.0, 0.0],
        [-1.0, 0.0],
        [0.0, 1.0],
        [0.0, -1.0],
        [0.707, 0.707],
        [-0.707, 0.707],
        [0.707, -0.707],
        [-0.707, -0.707],
    ];
    let g = G[(hash(x, y, seed) >> 13) as usize & 7];
    g[0] * dx + g[1] * dy
}

/// Gradient noise in about −1 to 1: rounder than [`value`], for clouds and fog.
pub(super) fn gradient(p: Vec2, seed: u32) -> f32 {
    let (xi, yi) = (floor(p[0]), floor(p[1]));
    let (x, y) = (p[0] - xi as f32, p[1] - yi as f32);
    let u = x * x * x * (x * (x * 6.0 - 15.0) + 10.0);
    let v = y * y * y * (y * (y * 6.0 - 15.0) + 10.0);
    let a = gradient_at(xi, yi, x, y, seed);
    let b = gradient_at(xi + 1, yi, x - 1.0, y, seed);
    let c = gradient_at(xi, yi + 1, x, y - 1.0, seed);
    let d = gradient_at(xi + 1, yi + 1, x - 1.0, y - 1.0, seed);
    let top = a + (b - a) * u;
    let bottom = c + (d - c) * u;
    (top + (bottom - top) * v) * 1.5
}

/// A turn between octaves hides the lattice.
fn turn(p: Vec2) -> Vec2 {
    [
        (0.8 * p[0] - 0.6 * p[1]) * 2.0 + 17.13,
        (0.6 * p[0] + 0.8 * p[1]) * 2.0 + 9.71,
    ]
}

/// Sum of gradient noise over `octaves`, in about −1 to 1.
pub(super) fn fbm(mut p: Vec2, octaves: u32, seed: u32) -> f32 {
    let mut sum = 0.0;
    let mut weight = 0.55;
    for octave in 0..octaves {
        sum += weight * gradient(p, seed.wrapping_add(octave));
        weight *= 0.5;
        p = turn(p);
    }
    sum
}

/// Mountains: octaves count less where the ground is already steep, which leaves smooth valleys
/// between sharp, gullied ridges. In about −0.6 to 1.3.
pub(super) fn eroded(mut p: Vec2, octaves: u32, seed: u32) -> f32 {
    let mut sum = 0.0;
    let mut weight = 1.0;
    let (mut dx, mut dy) = (0.0, 0.0);
    for octave in 0..octaves {
        let [n, nx, ny] = value(p, seed.wrapping_add(octave));
        dx += nx;
        dy += ny;
        sum += weight * n / (1.0 + 0.55 * (dx * dx + dy * dy));
        weight *= 0.5;
        p = turn(p);
    }
    sum
}

/// Sharp crests: folded noise, in about 0 to 1.
pub(super) fn ridged(mut p: Vec2, octaves: u32, seed: u32) -> f32 {
    let mut sum = 0.0;
    let mut weight = 0.5;
    let mut above = 1.0;
    for octave in 0..octaves {
        let n = gradient(p, seed.wrapping_add(octave));
        let fold = 1.0 - if n < 0.0 { -n } else { n };
        let fold = fold * fold;
        sum += weight * fold * above;
        above = fold.clamp(0.0, 1.0);
        weight *= 0.5;
        p = turn(p);
    }
    sum
}

/// Noise along a line, in about −1 to 1.
pub(super) fn line(x: f32, octaves: u32, seed: u32) -> f32 {
    fbm([x, 0.37 * x + 3.1], octaves, seed)
}
