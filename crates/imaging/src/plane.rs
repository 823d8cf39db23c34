//! A picture reduced to what measurements need: its brightness, and averages over a coarse grid. Whole numbers
//! only, so that every platform measures the same.

use crate::Bitmap;

/// Brightness of every pixel, 0 to 255, rows from top to bottom.
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) luma: Vec<u8>,
}

/// Luma by the weights of ITU-R BT.709, over white where the pixel is transparent.
fn luma(pixel: &[u8]) -> u8 {
    let [red, green, blue, alpha] =
        [0, 1, 2, 3].map(|at| pixel.get(at).map_or(0, |&v| u32::from(v)));
    let over_white = |channel: u32| (channel * alpha + 255 * (255 - alpha) + 127) / 255;
    let sum =
        13_933 * over_white(red) + 46_871 * over_white(green) + 4_732 * over_white(blue) + 32_768;
    // The weights add up to 65 536, so the result is a byte.
    (sum >> 16) as u8
}

impl Plane {
    pub(crate) fn of(bitmap: &Bitmap) -> Self {
        Self {
            width: bitmap.width() as usize,
            height: bitmap.height() as usize,
            luma: bitmap.rgba().chunks_exact(4).map(luma).collect(),
        }
    }

    /// Mean brightness in each cell of a grid of `side × side`, row by row.
    pub(crate) fn grid(&self, side: usize) -> Vec<f64> {
        let mut cells = Vec::with_capacity(side * side);
        for row in 0..side {
            for column in 0..side {
                let (mut sum, mut count) = (0_u64, 0_u64);
                for y in span(row, side, self.height) {
                    let line = y * self.width;
                    let columns = span(column, side, self.width);
                    for &value in &self.luma[line + columns.start..line + columns.end] {
                        sum += u64::from(value);
                        count += 1;
                    }
                }
                cells.push(sum as f64 / count.max(1) as f64);
            }
        }
        cells
    }
}

/// The pixels of cell `at` of `cells` along a side of `length` pixels: at least one, never beyond the end.
pub(crate) fn span(at: usize, cells: usize, length: usize) -> std::ops::Range<usize> {
    let start = (at * length / cells).min(length - 1);
    let end = ((at + 1) * length / cells).clamp(start + 1, length);
    start..end
}

/// Mean colors over a grid of at most `side × side` cells, weighted by opacity: red, green, blue and the mean
/// opacity, each 0 to 255.
pub(crate) fn mosaic(bitmap: &Bitmap, side: usize) -> Vec<[u8; 4]> {
    let (width, height) = (bitmap.width() as usize, bitmap.height() as usize);
    let (columns, rows) = (width.min(side), height.min(side));
    let mut cells = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            let mut sums = [0_u64; 4];
            let mut count = 0_u64;
            for y in span(row, rows, height) {
                let across = span(column, columns, width);
                let line =
                    &bitmap.rgba()[(y * width + across.start) * 4..(y * width + across.end) * 4];
                for pixel in line.chunks_exact(4) {
                    let alpha = u64::from(pixel[3]);
                    for (sum, &channel) in sums.iter_mut().zip(&pixel[..3]) {
                        *sum += u64::from(channel) * alpha;
                    }
                    sums[3] += alpha;
                    count += 1;
                }
            }
            let opacity = sums[3].max(1);
            let mean = |sum: u64, of: u64| ((sum + of / 2) / of) as u8;
            cells.push([
                mean(sums[0], opacity),
                mean(sums[1], opacity),
                mean(sums[2], opacity),
                mean(sums[3], count.max(1)),
            ]);
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brightness_follows_the_eye_and_transparency_is_white() {
        assert_eq!(luma(&[255, 255, 255, 255]), 255);
        assert_eq!(luma(&[0, 0, 0, 255]), 0);
        assert!(luma(&[0, 255, 0, 255]) > luma(&[255, 0, 0, 255]));
        assert_eq!(luma(&[0, 0, 0, 0]), 255);
    }

    #[test]
    fn every_pixel_is_in_one_cell_and_small_pictures_fill_them_all() {
        for length in [32, 33, 100, 768] {
            let mut next = 0;
            for at in 0..32 {
                let span = span(at, 32, length);
                assert_eq!(span.start, next);
                next = span.end;
            }
            assert_eq!(next, length);
        }
        for at in 0..32 {
            assert_eq!(span(at, 32, 3).len(), 1);
        }
        assert_eq!(span(31, 32, 1), 0..1);
    }

    #[test]
    fn a_mosaic_averages_what_is_opaque() {
        let rgba = [[200, 0, 0, 255], [0, 0, 0, 0]].concat().repeat(2);
        let picture = Bitmap::from_rgba(2, 2, rgba).unwrap();
        assert_eq!(mosaic(&picture, 1), [[200, 0, 0, 128]]);
    }
}
