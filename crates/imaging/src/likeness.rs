//! A hash that stays nearly the same when a picture is shrunk or compressed again.

use std::fmt;

use crate::Bitmap;
use crate::plane::Plane;

/// The picture is averaged to this many cells a side before its frequencies are taken.
const SIDE: usize = 32;

/// Frequencies a side that make up the hash.
const KEPT: usize = 8;

/// 64 bits of a picture's coarse structure: whether each of its lowest frequencies (of a discrete cosine transform
/// of 32 × 32 averages) is above their median; Zauner, "Implementation and Benchmarking of Perceptual Image Hash
/// Functions" (2010), §3.2.1. The same on every platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PerceptualHash(pub u64);

impl PerceptualHash {
    /// Computes it.
    #[must_use]
    pub fn of(bitmap: &Bitmap) -> Self {
        let plane = Plane::of(bitmap);
        let frequencies = cosines(&plane.grid(SIDE));
        let mut sorted = frequencies;
        // Without the mean, which would pull the median.
        let rest = &mut sorted[1..];
        rest.sort_by(f64::total_cmp);
        let median = rest[rest.len() / 2];
        let hash = frequencies
            .iter()
            .enumerate()
            .fold(0, |hash, (at, &value)| {
                // Beyond rounding: a flat picture has no structure to tell of.
                let is_set = if at == 0 {
                    is_light(value)
                } else {
                    value > median + 1e-6
                };
                hash << 1 | u64::from(is_set)
            });
        Self(hash)
    }

    /// In how many bits two hashes differ, 0 to 64: up to about 8 for copies of one picture.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

/// Whether the first frequency, the sum of all cells, is that of a picture lighter than middle gray.
fn is_light(sum: f64) -> bool {
    sum >= 127.5 * (SIDE * SIDE) as f64
}

impl fmt::Display for PerceptualHash {
    /// Sixteen hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The lowest frequencies of the two-dimensional DCT-II, unscaled, row by row.
fn cosines(cells: &[f64]) -> [f64; KEPT * KEPT] {
    let wave: [[f64; SIDE]; KEPT] = std::array::from_fn(|frequency| {
        std::array::from_fn(|at| {
            let angle = std::f64::consts::PI / SIDE as f64 * (at as f64 + 0.5) * frequency as f64;
            // Not the platform's cosine, which may differ in the last digit.
            libm::cos(angle)
        })
    });
    let mut found = [0.0; KEPT * KEPT];
    for (place, value) in found.iter_mut().enumerate() {
        let (down, across) = (&wave[place / KEPT], &wave[place % KEPT]);
        *value = cells
            .chunks_exact(SIDE)
            .zip(down)
            .map(|(line, down)| {
                let sum: f64 = line
                    .iter()
                    .zip(across)
                    .map(|(cell, across)| cell * across)
                    .sum();
                sum * down
            })
            .sum();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, Limits, decode, encode};

    /// Hills of brightness whose places follow from `seed`.
    fn picture(seed: u32) -> Bitmap {
        let (width, height) = (360_u32, 240_u32);
        let hills: Vec<[i64; 3]> = (0..9)
            .scan(seed.wrapping_mul(2_654_435_761).max(1), |state, _| {
                let mut next = || {
                    *state ^= *state << 13;
                    *state ^= *state >> 17;
                    *state ^= *state << 5;
                    i64::from(*state >> 4)
                };
                Some([next() % 360, next() % 240, 30 + next() % 60])
            })
            .collect();
        let rgba = (0..width * height)
            .flat_map(|at| {
                let (x, y) = (i64::from(at % width), i64::from(at / width));
                let sum: i64 = hills
                    .iter()
                    .map(|[cx, cy, r]| {
                        let far = (x - cx) * (x - cx) + (y - cy) * (y - cy);
                        (160 * r * r / (far + r * r)).min(160)
                    })
                    .sum();
                let gray = (sum / 3).clamp(0, 255) as u8;
                [gray, gray / 2, 255 - gray, 255]
            })
            .collect();
        Bitmap::from_rgba(width, height, rgba).unwrap()
    }

    #[test]
    fn copies_are_near_and_other_pictures_far() {
        let original = picture(1);
        let hash = PerceptualHash::of(&original);
        let copies = [
            original.shrunk(180),
            original.shrunk(97),
            decode(
                &encode(&original, Format::Jpeg, 40).unwrap(),
                Limits::default(),
            )
            .unwrap(),
            decode(
                &encode(&original.shrunk(200), Format::Webp, 30).unwrap(),
                Limits::default(),
            )
            .unwrap(),
        ];
        for copy in &copies {
            let distance = hash.distance(PerceptualHash::of(copy));
            assert!(distance <= 6, "{copy:?}: {distance}");
        }
        for seed in 2..8 {
            let distance = hash.distance(PerceptualHash::of(&picture(seed)));
            assert!(distance >= 14, "{seed}: {distance}");
        }
    }

    /// If this fails on one platform only, its arithmetic differs; if everywhere, stored hashes mean nothing.
    #[test]
    fn a_known_picture_has_a_known_hash() {
        let rgba = (0..64 * 64_u32)
            .flat_map(|at| {
                let (x, y) = (at % 64, at / 64);
                let gray = ((x * x + 3 * y * y) / 65 + (x * y) % 37) as u8;
                [gray, gray, gray, 255]
            })
            .collect();
        let picture = Bitmap::from_rgba(64, 64, rgba).unwrap();
        assert_eq!(PerceptualHash::of(&picture).to_string(), "282ad52ad52bd52b");
    }

    #[test]
    fn flat_and_tiny_pictures_have_a_hash_too() {
        let gray = |side: u32, value: u8| {
            let rgba = [value, value, value, 255].repeat((side * side) as usize);
            PerceptualHash::of(&Bitmap::from_rgba(side, side, rgba).unwrap())
        };
        assert_eq!(gray(1, 40), PerceptualHash(0));
        assert_eq!(gray(100, 40), PerceptualHash(0));
        assert_eq!(gray(100, 200), PerceptualHash(1 << 63));
    }
}
