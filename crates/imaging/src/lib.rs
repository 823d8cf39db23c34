//! Pictures as bytes and as pixels: the one place where worker and client encode, decode and shrink.
//!
//! WebP goes through libwebp and JPEG through libjpeg-turbo, because both can decode straight to a
//! smaller size and both write lossy files well; PNG goes through the `image` crate. Files are hostile
//! until decoded: the format is read from the bytes, never from a name or a header of HTTP, and
//! dimensions are checked before anything is allocated.
//!
//! Not here: painting (worker), files and caches (store), color search.

mod bitmap;
mod color;
mod decode;
mod encode;
mod error;
mod format;
mod jpeg;
mod png;
mod resize;
mod webp;
mod xmp;

pub use bitmap::Bitmap;
pub use color::{dominant_color, hex_color};
pub use decode::{Info, Limits, decode, probe, thumbnail};
pub use encode::{encode, encode_webp_lossless};
pub use error::Error;
pub use format::Format;
pub use xmp::{embed_xmp, read_xmp, without_metadata};
