//! Small pictures that a double can deliver, different for every seed.

use amethyst_imaging::{Bitmap, Format, encode};

/// A file of the given size whose colors follow from the seed.
#[must_use]
pub fn picture(width: u32, height: u32, seed: u64, format: &str) -> Vec<u8> {
    let hash = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let (red, green, blue) = ((hash >> 8) as u8, (hash >> 24) as u8, (hash >> 40) as u8);
    let mut rgba = Vec::with_capacity((width * height * 4) as usize);
    for y in 0..height {
        for x in 0..width {
            let shade = ((x * 96 / width.max(1)) + (y * 96 / height.max(1))) as u8;
            rgba.extend([
                red / 2 + shade / 2,
                green / 2 + shade / 3,
                blue / 2 + shade / 4,
                255,
            ]);
        }
    }
    let bitmap = Bitmap::from_rgba(width, height, rgba).unwrap();
    let format = match format {
        "webp" => Format::Webp,
        "png" => Format::Png,
        "jpg" | "jpeg" => Format::Jpeg,
        other => panic!("no such format: {other}"),
    };
    encode(&bitmap, format, 90).unwrap()
}
