//! How light a picture is, and how much of it is lost in black or white.

use crate::Bitmap;
use crate::plane::Plane;

/// Levels up to here count as black, and as many from the top as white.
const CLIPPED: usize = 2;

/// Measures of the brightness, each 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// Mean brightness.
    pub mean: f64,
    /// RMS contrast: the standard deviation of the brightness (Peli, "Contrast in complex images", 1990).
    pub contrast: f64,
    /// Share of the area without detail because it is black.
    pub shadows: f64,
    /// Share of the area without detail because it is white.
    pub highlights: f64,
}

/// Measures a picture.
#[must_use]
pub fn exposure(bitmap: &Bitmap) -> Exposure {
    let mut levels = [0_u64; 256];
    for &value in &Plane::of(bitmap).luma {
        levels[usize::from(value)] += 1;
    }
    let count = levels.iter().sum::<u64>().max(1) as f64;
    let sum = |power: u32| -> f64 {
        let sum: u64 = (0_u64..)
            .zip(levels)
            .map(|(level, n)| level.pow(power) * n)
            .sum();
        sum as f64 / count
    };
    let mean = sum(1);
    let variance = (sum(2) - mean * mean).max(0.0);
    let share = |levels: &[u64]| levels.iter().sum::<u64>() as f64 / count;
    Exposure {
        mean: mean / 255.0,
        // The square root is exact by IEEE 754, on every platform.
        contrast: variance.sqrt() / 255.0,
        shadows: share(&levels[..=CLIPPED]),
        highlights: share(&levels[255 - CLIPPED..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn halves(upper: u8, lower: u8) -> Bitmap {
        let pixel = |value: u8| [value, value, value, 255];
        let rgba = [pixel(upper).repeat(64), pixel(lower).repeat(64)].concat();
        Bitmap::from_rgba(16, 8, rgba).unwrap()
    }

    #[test]
    fn black_and_white_are_all_contrast_and_all_clipped() {
        let found = exposure(&halves(0, 255));
        assert!((found.mean - 0.5).abs() < 1e-9);
        assert!((found.contrast - 0.5).abs() < 1e-9);
        assert!((found.shadows - 0.5).abs() < 1e-9);
        assert!((found.highlights - 0.5).abs() < 1e-9);
    }

    #[test]
    fn gray_has_neither() {
        let found = exposure(&halves(128, 128));
        assert!((found.mean - 128.0 / 255.0).abs() < 1e-9);
        assert!(found.contrast.abs() < 1e-9 && found.shadows.abs() < 1e-9);
        assert!(found.highlights.abs() < 1e-9);
    }

    #[test]
    fn what_is_nearly_black_is_lost_and_dark_gray_is_not() {
        assert!((exposure(&halves(2, 3)).shadows - 0.5).abs() < 1e-9);
        assert!((exposure(&halves(252, 253)).highlights - 0.5).abs() < 1e-9);
    }
}
