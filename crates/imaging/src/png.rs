//! PNG by the `image` crate.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder};

use crate::{Bitmap, Error, Format, Limits};

fn open(bytes: &[u8]) -> Result<PngDecoder<Cursor<&[u8]>>, Error> {
    PngDecoder::new(Cursor::new(bytes))
        .map_err(|error| Error::damaged(Format::Png, error.to_string()))
}

pub(crate) fn size(bytes: &[u8]) -> Result<(u32, u32), Error> {
    Ok(open(bytes)?.dimensions())
}

pub(crate) fn decode(bytes: &[u8], limits: Limits) -> Result<Bitmap, Error> {
    let mut decoder = open(bytes)?;
    let mut allowed = image::Limits::default();
    allowed.max_image_width = Some(limits.max_side);
    allowed.max_image_height = Some(limits.max_side);
    // Sixteen bits a channel take eight bytes a pixel; the rest is for the decoder's own buffers.
    allowed.max_alloc = Some(limits.max_pixels.saturating_mul(8).saturating_add(16 << 20));
    decoder
        .set_limits(allowed)
        .and_then(|()| DynamicImage::from_decoder(decoder))
        .map_err(|error| Error::damaged(Format::Png, error.to_string()))
        .and_then(|picture| {
            let picture = picture.into_rgba8();
            let (width, height) = picture.dimensions();
            Bitmap::from_rgba(width, height, picture.into_raw())
        })
}

pub(crate) fn encode(bitmap: &Bitmap) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    let (width, height) = (bitmap.width(), bitmap.height());
    let written = if bitmap.is_opaque() {
        let rgb: Vec<u8> = bitmap
            .rgba()
            .chunks_exact(4)
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
            .collect();
        encoder.write_image(&rgb, width, height, ExtendedColorType::Rgb8)
    } else {
        encoder.write_image(bitmap.rgba(), width, height, ExtendedColorType::Rgba8)
    };
    written.map_err(|error| Error::encode(Format::Png, error.to_string()))?;
    Ok(bytes)
}
