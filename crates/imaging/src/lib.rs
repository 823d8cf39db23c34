//! Pictures as bytes and as pixels: the one place where worker and client encode, decode and shrink.
//!
//! WebP goes through libwebp and JPEG through libjpeg-turbo, because both can decode straight to a
//! smaller size and both write lossy files well; PNG goes through the `image` crate. Files are hostile
//! until decoded: the format is read from the bytes, never from a name or a header of HTTP, and
//! dimensions are checked before anything is allocated.
//!
//! What is measured in pixels (palette, sharpness, exposure, likeness) is the same on every platform.
//!
//! Not here: painting (worker), files and caches (store), color search.

mod bitmap;
mod color;
mod decode;
mod encode;
mod error;
mod exposure;
mod format;
mod jpeg;
mod lab;
mod likeness;
mod palette;
mod plane;
mod png;
mod resize;
mod sharpness;
mod webp;
mod xmp;

pub use bitmap::Bitmap;
pub use color::{dominant_color, hex_color};
pub use decode::{Info, Limits, decode, probe, thumbnail};
pub use encode::{encode, encode_webp_lossless};
pub use error::Error;
pub use exposure::{Exposure, exposure};
pub use format::Format;
pub use lab::lab;
pub use likeness::PerceptualHash;
pub use palette::{Swatch, palette, striking};
pub use sharpness::sharpness;
pub use xmp::{embed_xmp, read_xmp, without_metadata};
