//! From pixels to bytes.

use crate::{Bitmap, Error, Format, jpeg, png, webp};

/// Writes `bitmap` as `format`. `quality` is 1 to 100 (clamped) for lossy formats and ignored by PNG.
/// JPEG has no transparency: alpha is dropped.
///
/// # Errors
/// [`Error::TooLarge`] if the format cannot hold that many pixels a side, [`Error::Encode`] if the
/// encoder gives up.
pub fn encode(bitmap: &Bitmap, format: Format, quality: u8) -> Result<Vec<u8>, Error> {
    let quality = quality.clamp(1, 100);
    match format {
        Format::Webp => webp::encode(bitmap, webp::Mode::Lossy(quality)),
        Format::Png => png::encode(bitmap),
        Format::Jpeg => jpeg::encode(bitmap, quality),
    }
}

/// Writes `bitmap` as WebP without loss.
///
/// # Errors
/// As [`encode`].
pub fn encode_webp_lossless(bitmap: &Bitmap) -> Result<Vec<u8>, Error> {
    webp::encode(bitmap, webp::Mode::Lossless)
}
