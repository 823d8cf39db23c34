//! Small arithmetic that every part of the painter shares.
//!
//! Only operations that give the same bits on every platform: the four basic ones, square root, and
//! `libm` for the rest. The floating-point functions of the standard library are not used anywhere in
//! the painter, because they call the platform's own.

pub(super) type Vec2 = [f32; 2];
pub(super) type Vec3 = [f32; 3];

pub(super) const TAU: f32 = 6.283_185_5;

pub(super) fn clamp01(x: f32) -> f32 {
    x.clamp(0.0, 1.0)
}

/// `x` kept at least `margin` away from both ends of `0.0..=size`; the middle if there is no such place.
pub(super) fn inside(x: f32, margin: f32, size: f32) -> f32 {
    if size < 2.0 * margin {
        size * 0.5
    } else {
        x.clamp(margin, size - margin)
    }
}

pub(super) fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

pub(super) fn mix(a: Vec3, b: Vec3, t: f32) -> Vec3 {
    [
        lerp(a[0], b[0], t),
        lerp(a[1], b[1], t),
        lerp(a[2], b[2], t),
    ]
}

pub(super) fn scale(a: Vec3, s: f32) -> Vec3 {
    [a[0] * s, a[1] * s, a[2] * s]
}

pub(super) fn add(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub(super) fn mul(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] * b[0], a[1] * b[1], a[2] * b[2]]
}

/// Light laid over light: bright stays below 1 however much is added.
pub(super) fn screen(a: Vec3, b: Vec3) -> Vec3 {
    [
        1.0 - (1.0 - a[0]) * (1.0 - clamp01(b[0])),
        1.0 - (1.0 - a[1]) * (1.0 - clamp01(b[1])),
        1.0 - (1.0 - a[2]) * (1.0 - clamp01(b[2])),
    ]
}

pub(super) fn smoothstep(from: f32, to: f32, x: f32) -> f32 {
    let t = clamp01((x - from) / (to - from));
    t * t * (3.0 - 2.0 * t)
}

pub(super) fn normalize(v: Vec3) -> Vec3 {
    let length = (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]).sqrt().max(1e-9);
    scale(v, 1.0 / length)
}

pub(super) fn dot(a: Vec3, b: Vec3) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn exp(x: f32) -> f32 {
    libm::expf(x)
}

pub(super) fn sin(x: f32) -> f32 {
    libm::sinf(x)
}

pub(super) fn cos(x: f32) -> f32 {
    libm::cosf(x)
}

pub(super) fn pow(x: f32, y: f32) -> f32 {
    libm::powf(x, y)
}

/// Largest whole number not above `x`, for the range that pixels and noise use.
pub(super) fn floor(x: f32) -> i32 {
    let whole = x as i32;
    whole - i32::from(x < whole as f32)
}
