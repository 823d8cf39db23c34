//! From bytes to pixels, within limits.

use crate::bitmap::fit;
use crate::resize::resize;
use crate::{Bitmap, Error, Format, jpeg, png, webp};

/// What a caller is ready to hold in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest side, in pixels.
    pub max_side: u32,
    /// Width times height.
    pub max_pixels: u64,
}

impl Default for Limits {
    /// 16 384 pixels a side and 64 million in all: a quarter of a gigabyte decoded.
    fn default() -> Self {
        Self {
            max_side: 16_384,
            max_pixels: 64_000_000,
        }
    }
}

impl Limits {
    pub(crate) fn check(&self, width: u32, height: u32) -> Result<(), Error> {
        let too_large = width > self.max_side
            || height > self.max_side
            || u64::from(width) * u64::from(height) > self.max_pixels;
        if too_large {
            Err(Error::TooLarge { width, height })
        } else {
            Ok(())
        }
    }
}

/// What a file's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// Format by its first bytes.
    pub format: Format,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// Reads the header only. It says what the file claims to be, not that its pixels are whole.
///
/// # Errors
/// [`Error::UnknownFormat`], [`Error::Damaged`] or [`Error::Unsupported`].
pub fn probe(bytes: &[u8]) -> Result<Info, Error> {
    let format = Format::sniff(bytes).ok_or(Error::UnknownFormat)?;
    let (width, height) = match format {
        Format::Webp => webp::size(bytes)?,
        Format::Png => png::size(bytes)?,
        Format::Jpeg => jpeg::size(bytes)?,
    };
    if width == 0 || height == 0 {
        return Err(Error::damaged(format, "no pixels"));
    }
    Ok(Info {
        format,
        width,
        height,
    })
}

/// Decodes a whole file.
///
/// # Errors
/// [`Error::TooLarge`] before any pixel is allocated, else as [`probe`]; a file that breaks off is
/// [`Error::Damaged`], never a picture with a gray rest.
pub fn decode(bytes: &[u8], limits: Limits) -> Result<Bitmap, Error> {
    let info = probe(bytes)?;
    limits.check(info.width, info.height)?;
    match info.format {
        Format::Webp => webp::decode(bytes, info.width, info.height),
        Format::Png => png::decode(bytes, limits),
        Format::Jpeg => jpeg::decode(bytes, 0),
    }
}

/// Decodes and shrinks so that no side is longer than `max_side`. WebP and JPEG are decoded straight
/// to a size near the wanted one, which costs a fraction of the time and memory.
///
/// # Errors
/// As [`decode`].
pub fn thumbnail(bytes: &[u8], max_side: u32, limits: Limits) -> Result<Bitmap, Error> {
    let info = probe(bytes)?;
    limits.check(info.width, info.height)?;
    // Twice the wanted size leaves the good filter enough to work with.
    let near = max_side.saturating_mul(2).max(1);
    let bitmap = match info.format {
        Format::Webp => {
            let (width, height) = fit(info.width, info.height, near);
            webp::decode(bytes, width, height)?
        }
        Format::Png => png::decode(bytes, limits)?,
        Format::Jpeg => jpeg::decode(bytes, near)?,
    };
    // Fitted to the file's own size: the intermediate one is rounded and would shift the ratio.
    let (width, height) = fit(info.width, info.height, max_side);
    Ok(resize(&bitmap, width, height))
}
