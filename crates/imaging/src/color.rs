//! The one color that stands for a picture until it is loaded.

use crate::Bitmap;

/// Colors are gathered in cells of this many bits a channel.
const BITS: u32 = 4;

/// The color that a person would name first: the fullest cell of color space, where vivid pixels
/// count more than gray ones and transparent ones not at all. Black for a transparent picture.
#[must_use]
pub fn dominant_color(bitmap: &Bitmap) -> [u8; 3] {
    let small = bitmap.shrunk(96);
    let cells = 1_usize << (3 * BITS);
    // Weight, then the weighted sums of red, green and blue.
    let mut sums = vec![[0_u64; 4]; cells];
    for pixel in small.rgba().chunks_exact(4) {
        let [red, green, blue, alpha] = [pixel[0], pixel[1], pixel[2], pixel[3]];
        let spread = red.max(green).max(blue) - red.min(green).min(blue);
        let weight = u64::from(alpha) * (64 + u64::from(spread));
        let shift = 8 - BITS;
        let cell = (usize::from(red >> shift) << (2 * BITS))
            | (usize::from(green >> shift) << BITS)
            | usize::from(blue >> shift);
        for (sum, channel) in sums[cell].iter_mut().zip([1, red, green, blue]) {
            *sum += weight * u64::from(channel);
        }
    }
    let Some(fullest) = sums
        .iter()
        .max_by_key(|cell| cell[0])
        .filter(|cell| cell[0] > 0)
    else {
        return [0; 3];
    };
    // A mean of bytes is a byte.
    [1, 2, 3].map(|channel| (fullest[channel] / fullest[0]) as u8)
}

/// `#rrggbb`, in lower case.
#[must_use]
pub fn hex_color([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripes(colors: &[([u8; 4], u32)]) -> Bitmap {
        let rows: u32 = colors.iter().map(|(_, rows)| rows).sum();
        let rgba = colors
            .iter()
            .flat_map(|(color, rows)| color.repeat(*rows as usize * 64))
            .collect();
        Bitmap::from_rgba(64, rows, rgba).unwrap()
    }

    #[test]
    fn the_larger_area_wins() {
        let picture = stripes(&[([200, 40, 40, 255], 40), ([40, 40, 200, 255], 20)]);
        assert_eq!(hex_color(dominant_color(&picture)), "#c82828");
    }

    #[test]
    fn a_vivid_color_beats_a_slightly_larger_gray() {
        let picture = stripes(&[([90, 90, 90, 255], 34), ([124, 58, 237, 255], 30)]);
        assert_eq!(hex_color(dominant_color(&picture)), "#7c3aed");
    }

    #[test]
    fn transparent_pixels_have_no_say() {
        let picture = stripes(&[([255, 0, 0, 0], 60), ([0, 128, 0, 255], 4)]);
        assert_eq!(hex_color(dominant_color(&picture)), "#008000");
        assert_eq!(dominant_color(&stripes(&[([9, 9, 9, 0], 4)])), [0; 3]);
    }
}
