//! Shrinking with a good filter.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::Bitmap;

/// Resamples to exactly `width × height`, neither of them zero.
pub(crate) fn resize(bitmap: &Bitmap, width: u32, height: u32) -> Bitmap {
    if (width, height) == (bitmap.width(), bitmap.height()) {
        return bitmap.clone();
    }
    let mut small = Image::new(width, height, PixelType::U8x4);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .use_alpha(!bitmap.is_opaque());
    ImageRef::new(
        bitmap.width(),
        bitmap.height(),
        bitmap.rgba(),
        PixelType::U8x4,
    )
    .ok()
    .and_then(|source| {
        Resizer::new()
            .resize(&source, &mut small, Some(&options))
            .ok()
    })
    .and_then(|()| Bitmap::from_rgba(width, height, small.into_vec()).ok())
    // Unreachable for a valid bitmap: the sizes agree by construction and both types are equal.
    .unwrap_or_else(|| bitmap.clone())
}
