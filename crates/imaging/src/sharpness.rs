//! How sharp a picture is.

use crate::Bitmap;
use crate::plane::Plane;

/// Variance of the Laplacian of the brightness, in squared levels of 0 to 255: 0 for a flat picture, below about
/// 100 for a blurred one, thousands for fine detail (Pech-Pacheco et al., "Diatom autofocusing in brightfield
/// microscopy", 2000). It depends on the size: compare pictures of one size only. 0 if a side is below 3 pixels.
#[must_use]
pub fn sharpness(bitmap: &Bitmap) -> f64 {
    let plane = Plane::of(bitmap);
    let (width, height) = (plane.width, plane.height);
    if width < 3 || height < 3 {
        return 0.0;
    }
    let at = |x: usize, y: usize| i64::from(plane.luma[y * width + x]);
    // Whole numbers: a sum of squares of at most 1 020 each stays far below 2⁶³.
    let (mut sum, mut squares) = (0_i64, 0_i64);
    for y in 1..height - 1 {
        for x in 1..width - 1 {
            let laplacian =
                at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * at(x, y);
            sum += laplacian;
            squares += laplacian * laplacian;
        }
    }
    let count = ((width - 2) * (height - 2)) as f64;
    let mean = sum as f64 / count;
    (squares as f64 / count - mean * mean).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(side: u32, value: impl Fn(u32, u32) -> u8) -> Bitmap {
        let rgba = (0..side * side)
            .flat_map(|at| {
                let gray = value(at % side, at / side);
                [gray, gray, gray, 255]
            })
            .collect();
        Bitmap::from_rgba(side, side, rgba).unwrap()
    }

    #[test]
    fn flat_is_nothing_and_a_slope_nearly_so() {
        assert!(sharpness(&picture(32, |_, _| 90)).abs() < 1e-9);
        assert!(sharpness(&picture(32, |x, _| (x * 8) as u8)) < 1.0);
    }

    #[test]
    fn blurring_lowers_it() {
        let sharp = picture(96, |x, y| if (x / 8 + y / 8) % 2 == 0 { 230 } else { 20 });
        let mut last = sharpness(&sharp);
        assert!(last > 1000.0);
        for small in [48, 24, 12] {
            // Down and up again is a blur.
            let soft = crate::resize::resize(&crate::resize::resize(&sharp, small, small), 96, 96);
            let found = sharpness(&soft);
            assert!(found < last, "{small}: {found} after {last}");
            last = found;
        }
    }

    #[test]
    fn a_strip_of_two_pixels_has_no_inside() {
        assert!(sharpness(&picture(2, |x, _| (x * 255) as u8)).abs() < 1e-9);
    }
}
