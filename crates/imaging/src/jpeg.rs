//! JPEG by libjpeg-turbo.

use turbojpeg::{
    Colorspace, Compressor, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor,
    Subsamp,
};

use crate::{Bitmap, Error, Format};

/// Longest side that the format can hold.
const MAX_SIDE: u32 = 65_500;

/// A progressive file may hold thousands of scans of the whole picture in a few kilobytes.
const MAX_SCANS: u32 = 500;

fn damaged(error: &turbojpeg::Error) -> Error {
    Error::damaged(Format::Jpeg, error.to_string())
}

fn header(bytes: &[u8]) -> Result<(Decompressor, DecompressHeader), Error> {
    let mut decompressor = Decompressor::new().map_err(|error| damaged(&error))?;
    let header = decompressor
        .read_header(bytes)
        .map_err(|error| damaged(&error))?;
    if matches!(header.colorspace, Colorspace::CMYK | Colorspace::YCCK) {
        return Err(Error::Unsupported {
            format: Format::Jpeg,
            reason: "CMYK colors",
        });
    }
    Ok((decompressor, header))
}

fn side(pixels: usize) -> Result<u32, Error> {
    u32::try_from(pixels).map_err(|_| Error::damaged(Format::Jpeg, "impossible size"))
}

pub(crate) fn size(bytes: &[u8]) -> Result<(u32, u32), Error> {
    let (_, header) = header(bytes)?;
    Ok((side(header.width)?, side(header.height)?))
}

/// Decodes to the smallest size the codec offers whose longest side is at least `least_side`; to full
/// size when `least_side` is 0.
pub(crate) fn decode(bytes: &[u8], least_side: u32) -> Result<Bitmap, Error> {
    let (mut decompressor, header) = header(bytes)?;
    let factor = if least_side == 0 || header.is_lossless {
        ScalingFactor::ONE
    } else {
        smallest_factor(header.width.max(header.height), least_side as usize)
    };
    decompressor
        .set_scaling_factor(factor)
        .and_then(|()| decompressor.set_scan_limit(MAX_SCANS))
        .map_err(|error| damaged(&error))?;
    let scaled = header.scaled(factor);
    let mut rgba = vec![0; scaled.width * scaled.height * 4];
    let image = Image {
        pixels: rgba.as_mut_slice(),
        width: scaled.width,
        pitch: scaled.width * 4,
        height: scaled.height,
        format: PixelFormat::RGBA,
    };
    decompressor
        .decompress(bytes, image)
        .map_err(|error| damaged(&error))?;
    Bitmap::from_rgba(side(scaled.width)?, side(scaled.height)?, rgba)
}

fn smallest_factor(longest: usize, least: usize) -> ScalingFactor {
    // Only 1/8, 1/4 and 1/2 have vectorized transforms; the others are slower than decoding more.
    [8, 4, 2]
        .into_iter()
        .map(|divisor| ScalingFactor::new(1, divisor))
        .find(|factor| factor.scale(longest) >= least)
        .unwrap_or(ScalingFactor::ONE)
}

pub(crate) fn encode(bitmap: &Bitmap, quality: u8) -> Result<Vec<u8>, Error> {
    let (width, height) = (bitmap.width(), bitmap.height());
    if width.max(height) > MAX_SIDE {
        return Err(Error::TooLarge { width, height });
    }
    // Halved chroma is visible on hard color edges; above this quality people asked for none of that.
    let subsampling = if quality >= 90 {
        Subsamp::None
    } else {
        Subsamp::Sub2x2
    };
    let image = Image {
        pixels: bitmap.rgba(),
        width: width as usize,
        pitch: width as usize * 4,
        height: height as usize,
        format: PixelFormat::RGBX,
    };
    let encode = || -> turbojpeg::Result<Vec<u8>> {
        let mut compressor = Compressor::new()?;
        compressor.set_quality(i32::from(quality))?;
        compressor.set_subsamp(subsampling)?;
        compressor.set_optimize(true)?;
        compressor.compress_to_vec(image)
    };
    encode().map_err(|error| Error::encode(Format::Jpeg, error.to_string()))
}
