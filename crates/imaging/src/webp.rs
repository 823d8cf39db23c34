//! WebP by libwebp: the only module that calls foreign code directly.

#![expect(
    unsafe_code,
    reason = "libwebp has no safe binding that decodes to a smaller size"
)]

use libwebp_sys as sys;

use crate::{Bitmap, Error, Format};

/// Longest side that the format can hold.
const MAX_SIDE: u32 = 16_383;

/// How to write.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    /// With this quality, 1 to 100.
    Lossy(u8),
    /// Every pixel as it is.
    Lossless,
}

fn features(bytes: &[u8], config: &mut sys::WebPDecoderConfig) -> Result<(u32, u32), Error> {
    // SAFETY: pointer and length describe `bytes`; `input` is a valid place for the answer.
    let status =
        unsafe { sys::WebPGetFeatures(bytes.as_ptr(), bytes.len(), &raw mut config.input) };
    if status != sys::VP8StatusCode::VP8_STATUS_OK {
        return Err(Error::damaged(Format::Webp, format!("{status:?}")));
    }
    if config.input.has_animation != 0 {
        return Err(Error::Unsupported {
            format: Format::Webp,
            reason: "animation",
        });
    }
    let side = |pixels: i32| {
        u32::try_from(pixels).map_err(|_| Error::damaged(Format::Webp, "impossible size"))
    };
    Ok((side(config.input.width)?, side(config.input.height)?))
}

fn decoder() -> Result<sys::WebPDecoderConfig, Error> {
    sys::WebPDecoderConfig::new()
        .map_err(|()| Error::damaged(Format::Webp, "libwebp has another version"))
}

pub(crate) fn size(bytes: &[u8]) -> Result<(u32, u32), Error> {
    features(bytes, &mut decoder()?)
}

/// Decodes to exactly `width × height`, which must not be larger than the file's own size; the caller
/// has checked its limits.
pub(crate) fn decode(bytes: &[u8], width: u32, height: u32) -> Result<Bitmap, Error> {
    let mut config = decoder()?;
    let full = features(bytes, &mut config)?;
    let impossible = || Error::damaged(Format::Webp, "impossible size");
    let (columns, rows) = (
        i32::try_from(width).map_err(|_| impossible())?,
        i32::try_from(height).map_err(|_| impossible())?,
    );
    let stride = columns.checked_mul(4).ok_or_else(impossible)?;
    if full != (width, height) {
        config.options.use_scaling = 1;
        config.options.scaled_width = columns;
        config.options.scaled_height = rows;
    }
    let mut rgba = vec![0; width as usize * height as usize * 4];
    config.output.colorspace = sys::WEBP_CSP_MODE::MODE_RGBA;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = sys::WebPRGBABuffer {
        rgba: rgba.as_mut_ptr(),
        stride,
        size: rgba.len(),
    };
    // SAFETY: the input is `bytes`; the output buffer is `rgba`, whose true length stands in `size`,
    // and it outlives the call. With external memory there is nothing of libwebp's to free.
    let status = unsafe { sys::WebPDecode(bytes.as_ptr(), bytes.len(), &raw mut config) };
    if status != sys::VP8StatusCode::VP8_STATUS_OK {
        return Err(Error::damaged(Format::Webp, format!("{status:?}")));
    }
    Bitmap::from_rgba(width, height, rgba)
}

/// What libwebp allocates while encoding, given back whatever happens.
struct Picture {
    raw: sys::WebPPicture,
    /// Boxed because `raw` points at it.
    output: Box<sys::WebPMemoryWriter>,
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: both were initialized by libwebp and are freed exactly once.
        unsafe {
            sys::WebPPictureFree(&raw mut self.raw);
            sys::WebPMemoryWriterClear(&raw mut *self.output);
        }
    }
}

pub(crate) fn encode(bitmap: &Bitmap, mode: Mode) -> Result<Vec<u8>, Error> {
    let (width, height) = (bitmap.width(), bitmap.height());
    if width.max(height) > MAX_SIDE {
        return Err(Error::TooLarge { width, height });
    }
    let refused = |reason: &str| Error::encode(Format::Webp, reason);
    let mut config = sys::WebPConfig::new().map_err(|()| refused("another version"))?;
    let raw = sys::WebPPicture::new().map_err(|()| refused("another version"))?;
    let mut picture = Picture {
        raw,
        output: Box::new(sys::WebPMemoryWriter {
            mem: std::ptr::null_mut(),
            size: 0,
            max_size: 0,
            pad: [0],
        }),
    };
    match mode {
        Mode::Lossy(quality) => config.quality = f32::from(quality),
        Mode::Lossless => {
            config.lossless = 1;
            config.quality = 60.0;
            config.exact = 1;
            picture.raw.use_argb = 1;
        }
    }
    // Both fit: sides are at most 16 383.
    picture.raw.width = width as i32;
    picture.raw.height = height as i32;
    picture.raw.writer = Some(sys::WebPMemoryWrite);
    picture.raw.custom_ptr = (&raw mut *picture.output).cast();
    // SAFETY: the bitmap holds height rows of width × 4 bytes, which libwebp copies; the writer is
    // the one that belongs to a WebPMemoryWriter, which `custom_ptr` points at and which lives as
    // long as the picture.
    let done = unsafe {
        let stride = width as i32 * 4;
        sys::WebPPictureImportRGBA(&raw mut picture.raw, bitmap.rgba().as_ptr(), stride) != 0
            && sys::WebPEncode(&raw const config, &raw mut picture.raw) != 0
    };
    if !done {
        return Err(refused(&format!("{:?}", picture.raw.error_code)));
    }
    if picture.output.mem.is_null() {
        return Err(refused("no output"));
    }
    // SAFETY: on success `mem` holds `size` written bytes until the writer is cleared.
    let written = unsafe { std::slice::from_raw_parts(picture.output.mem, picture.output.size) };
    Ok(written.to_vec())
}
