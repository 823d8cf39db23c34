//! XMP text inside a finished file, without touching its pixels: how a picture says what made it.

use crate::{Error, Format};

const PNG_KEYWORD: &[u8] = b"XML:com.adobe.xmp\0";
const JPEG_NAMESPACE: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// A JPEG segment's length field counts itself and is 16 bits wide.
const JPEG_SEGMENT_MAX: usize = 65_533;

const WEBP_FLAG_ALPHA: u8 = 0x10;
const WEBP_FLAG_XMP: u8 = 0x04;

/// Returns the file with `xmp` (a whole XMP packet) added. Meant for files just encoded: an XMP packet
/// that is already there is not looked for.
///
/// # Errors
/// [`Error::UnknownFormat`], [`Error::Damaged`] if the file's outline is wrong, [`Error::Encode`] if
/// the text does not fit the format (64 KiB in JPEG).
pub fn embed_xmp(bytes: &[u8], xmp: &str) -> Result<Vec<u8>, Error> {
    match Format::sniff(bytes).ok_or(Error::UnknownFormat)? {
        Format::Webp => embed_webp(bytes, xmp),
        Format::Png => embed_png(bytes, xmp),
        Format::Jpeg => embed_jpeg(bytes, xmp),
    }
}

/// The XMP packet of a file, if it has one that is UTF-8.
#[must_use]
pub fn read_xmp(bytes: &[u8]) -> Option<String> {
    let packet = match Format::sniff(bytes)? {
        Format::Webp => riff_chunks(bytes)
            .find(|(name, _)| name == b"XMP ")
            .map(|(_, body)| body)?,
        Format::Png => png_chunks(bytes)
            .filter(|(name, _)| name == b"iTXt")
            .find_map(|(_, body)| body.strip_prefix(PNG_KEYWORD))?
            // Not compressed, no method, no language, no translated keyword.
            .strip_prefix(&[0; 4])?,
        Format::Jpeg => jpeg_segments(bytes)
            .filter(|(marker, _)| *marker == 0xE1)
            .find_map(|(_, body)| body.strip_prefix(JPEG_NAMESPACE))?,
    };
    String::from_utf8(packet.to_vec()).ok()
}

fn riff_chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes.get(12..).unwrap_or_default();
    std::iter::from_fn(move || {
        let name: [u8; 4] = rest.get(..4)?.try_into().ok()?;
        let length = u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?) as usize;
        let body = rest.get(8..8_usize.checked_add(length)?)?;
        // Chunks begin at even places.
        rest = rest.get(8 + length + length % 2..).unwrap_or_default();
        Some((name, body))
    })
}

fn png_chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let name: [u8; 4] = rest.get(4..8)?.try_into().ok()?;
        let body = rest.get(8..8_usize.checked_add(length)?)?;
        rest = rest.get(length.checked_add(12)?..).unwrap_or_default();
        Some((name, body))
    })
}

fn jpeg_segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        let [0xFF, marker, high, low] = *rest.first_chunk::<4>()? else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let body = rest.get(4..length.checked_add(2)?)?;
        rest = rest.get(length + 2..).unwrap_or_default();
        Some((marker, body))
    })
}

fn push_riff_chunk(out: &mut Vec<u8>, name: [u8; 4], body: &[u8]) {
    out.extend_from_slice(&name);
    // Every body here is a part of one file that libwebp could hold in memory with a 32-bit length.
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.extend_from_slice(body);
    if body.len() % 2 == 1 {
        out.push(0);
    }
}

fn embed_webp(bytes: &[u8], xmp: &str) -> Result<Vec<u8>, Error> {
    let mut body = Vec::with_capacity(bytes.len() + xmp.len() + 64);
    let mut chunks = riff_chunks(bytes).peekable();
    let (first, header) = *chunks
        .peek()
        .ok_or_else(|| Error::damaged(Format::Webp, "no chunks"))?;
    if &first == b"VP8X" && header.len() == 10 {
        let mut extended: [u8; 10] = [0; 10];
        extended.copy_from_slice(header);
        extended[0] |= WEBP_FLAG_XMP;
        push_riff_chunk(&mut body, first, &extended);
        chunks.next();
    } else {
        let (width, height) = crate::webp::size(bytes)?;
        // A lossless stream says in the fifth byte whether it uses alpha; a plain lossy one has none.
        let alpha = &first == b"VP8L" && header.get(4).is_some_and(|byte| byte & 0x10 != 0);
        let mut extended = [0; 10];
        extended[0] = WEBP_FLAG_XMP | if alpha { WEBP_FLAG_ALPHA } else { 0 };
        extended[4..7].copy_from_slice(&(width - 1).to_le_bytes()[..3]);
        extended[7..10].copy_from_slice(&(height - 1).to_le_bytes()[..3]);
        push_riff_chunk(&mut body, *b"VP8X", &extended);
    }
    for (name, chunk) in chunks {
        push_riff_chunk(&mut body, name, chunk);
    }
    push_riff_chunk(&mut body, *b"XMP ", xmp.as_bytes());
    let length = u32::try_from(body.len() + 4)
        .map_err(|_| Error::encode(Format::Webp, "longer than 4 GiB"))?;
    let mut out = Vec::with_capacity(body.len() + 12);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(b"WEBP");
    out.append(&mut body);
    Ok(out)
}

fn embed_png(bytes: &[u8], xmp: &str) -> Result<Vec<u8>, Error> {
    // Signature, then IHDR, whose length is fixed: text goes right behind it.
    const HEAD: usize = 8 + 12 + 13;
    if bytes.len() < HEAD {
        return Err(Error::damaged(Format::Png, "no header"));
    }
    let mut chunk = b"iTXt".to_vec();
    chunk.extend_from_slice(PNG_KEYWORD);
    chunk.extend_from_slice(&[0; 4]);
    chunk.extend_from_slice(xmp.as_bytes());
    let length =
        u32::try_from(chunk.len() - 4).map_err(|_| Error::encode(Format::Png, "text too long"))?;
    let mut out = Vec::with_capacity(bytes.len() + chunk.len() + 8);
    out.extend_from_slice(&bytes[..HEAD]);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&chunk);
    out.extend_from_slice(&crc32(&chunk).to_be_bytes());
    out.extend_from_slice(&bytes[HEAD..]);
    Ok(out)
}

fn embed_jpeg(bytes: &[u8], xmp: &str) -> Result<Vec<u8>, Error> {
    let length = JPEG_NAMESPACE.len() + xmp.len() + 2;
    if length > JPEG_SEGMENT_MAX {
        return Err(Error::encode(Format::Jpeg, "text longer than a segment"));
    }
    // JFIF wants to be first; it stays so.
    let at = jpeg_segments(bytes)
        .next()
        .filter(|(marker, _)| *marker == 0xE0)
        .map_or(2, |(_, body)| 2 + 4 + body.len());
    let mut out = Vec::with_capacity(bytes.len() + length + 2);
    out.extend_from_slice(&bytes[..at]);
    out.extend_from_slice(&[0xFF, 0xE1]);
    // Fits: checked above.
    out.extend_from_slice(&(length as u16).to_be_bytes());
    out.extend_from_slice(JPEG_NAMESPACE);
    out.extend_from_slice(xmp.as_bytes());
    out.extend_from_slice(&bytes[at..]);
    Ok(out)
}

/// The checksum of PNG chunks, bit by bit: it runs over a kilobyte once per file.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut crc, &byte| {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
        crc
    })
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn crc_matches_the_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
