//! What a file says beside its pixels, changed without touching them: how a picture tells what made it.
//!
//! A manifest of C2PA signs the bytes of the whole file, so that every function here that changes a file takes one
//! out: left in, it would call the picture forged.

mod jpeg;
mod png;
mod webp;

use crate::{Error, Format};

/// What of a file's own words stays when it is written anew.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// All but XMP and C2PA.
    Foreign,
    /// Only what the pixels need to look as they should.
    Picture,
}

/// Returns the file with `xmp` (a whole XMP packet) in place of whatever XMP it had.
///
/// # Errors
/// [`Error::UnknownFormat`], [`Error::Damaged`] if the file's outline is wrong, [`Error::Encode`] if
/// the text does not fit the format (64 KiB in JPEG).
pub fn embed_xmp(bytes: &[u8], xmp: &str) -> Result<Vec<u8>, Error> {
    rewrite(bytes, Keep::Foreign, Some(xmp))
}

/// Returns the file without anything that is neither pixels nor needed to show them: no XMP, EXIF, IPTC, comments
/// or texts. Color profiles stay. JPEG's bytes from the first scan on are left as they are.
///
/// # Errors
/// [`Error::UnknownFormat`], [`Error::Damaged`] if the file's outline is wrong.
pub fn without_metadata(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    rewrite(bytes, Keep::Picture, None)
}

fn rewrite(bytes: &[u8], keep: Keep, xmp: Option<&str>) -> Result<Vec<u8>, Error> {
    match Format::sniff(bytes).ok_or(Error::UnknownFormat)? {
        Format::Webp => webp::rewrite(bytes, keep, xmp),
        Format::Png => png::rewrite(bytes, keep, xmp),
        Format::Jpeg => jpeg::rewrite(bytes, keep, xmp),
    }
}

/// The XMP packet of a file, if it has one that is UTF-8.
#[must_use]
pub fn read_xmp(bytes: &[u8]) -> Option<String> {
    let packet = match Format::sniff(bytes)? {
        Format::Webp => webp::xmp(bytes),
        Format::Png => png::xmp(bytes),
        Format::Jpeg => jpeg::xmp(bytes),
    }?;
    String::from_utf8(packet.to_vec()).ok()
}
