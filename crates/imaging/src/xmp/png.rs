//! PNG: chunks with a checksum each (W3C, PNG third edition).

use super::Keep;
use crate::{Error, Format};

const KEYWORD: &[u8] = b"XML:com.adobe.xmp\0";

/// Signature, then IHDR, whose length is fixed: text goes right behind it.
const HEAD: usize = 8 + 12 + 13;

/// Chunks that are no pixels but change how they look.
const LOOKS: &[&[u8; 4]] = &[
    b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD", b"pHYs", b"acTL",
    b"fcTL", b"fdAT",
];

/// A chunk: its name, its body, and all of its bytes.
struct Chunk<'a> {
    name: [u8; 4],
    body: &'a [u8],
    whole: &'a [u8],
}

fn chunks(bytes: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let name: [u8; 4] = rest.get(4..8)?.try_into().ok()?;
        let end = length.checked_add(12)?;
        let (body, whole) = (rest.get(8..end - 4)?, rest.get(..end)?);
        rest = rest.get(end..).unwrap_or_default();
        Some(Chunk { name, body, whole })
    })
}

pub(super) fn xmp(bytes: &[u8]) -> Option<&[u8]> {
    chunks(bytes)
        .filter(|chunk| &chunk.name == b"iTXt")
        .find_map(|chunk| chunk.body.strip_prefix(KEYWORD))?
        // Not compressed, no method, no language, no translated keyword.
        .strip_prefix(&[0; 4])
}

fn stays(chunk: &Chunk<'_>, keep: Keep) -> bool {
    // An uppercase first letter: nobody can show the picture without it.
    let is_critical = chunk.name[0].is_ascii_uppercase();
    match keep {
        Keep::Foreign => {
            let is_xmp = &chunk.name == b"iTXt" && chunk.body.starts_with(KEYWORD);
            !is_xmp && &chunk.name != b"caBX"
        }
        Keep::Picture => is_critical || LOOKS.contains(&&chunk.name),
    }
}

pub(super) fn rewrite(bytes: &[u8], keep: Keep, xmp: Option<&str>) -> Result<Vec<u8>, Error> {
    let mut out = bytes
        .get(..HEAD)
        .filter(|head| head.get(12..16) == Some(b"IHDR"))
        .ok_or_else(|| Error::damaged(Format::Png, "no header"))?
        .to_vec();
    if let Some(xmp) = xmp {
        push_xmp(&mut out, xmp)?;
    }
    let mut ended = false;
    for chunk in chunks(bytes).skip(1) {
        if stays(&chunk, keep) {
            out.extend_from_slice(chunk.whole);
        }
        if &chunk.name == b"IEND" {
            ended = true;
            break;
        }
    }
    match ended {
        true => Ok(out),
        false => Err(Error::damaged(Format::Png, "no end")),
    }
}

fn push_xmp(out: &mut Vec<u8>, xmp: &str) -> Result<(), Error> {
    let mut chunk = b"iTXt".to_vec();
    chunk.extend_from_slice(KEYWORD);
    chunk.extend_from_slice(&[0; 4]);
    chunk.extend_from_slice(xmp.as_bytes());
    let length =
        u32::try_from(chunk.len() - 4).map_err(|_| Error::encode(Format::Png, "text too long"))?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&chunk);
    out.extend_from_slice(&crc32(&chunk).to_be_bytes());
    Ok(())
}

/// The checksum of PNG chunks, bit by bit: it runs over a few kilobytes once per file.
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
