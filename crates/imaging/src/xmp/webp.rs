//! WebP: chunks of a RIFF file (RFC 9649).

use super::Keep;
use crate::{Error, Format};

const FLAG_ICC: u8 = 0x20;
const FLAG_ALPHA: u8 = 0x10;
const FLAG_EXIF: u8 = 0x08;
const FLAG_XMP: u8 = 0x04;

fn chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
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

pub(super) fn xmp(bytes: &[u8]) -> Option<&[u8]> {
    chunks(bytes)
        .find(|(name, _)| name == b"XMP ")
        .map(|(_, body)| body)
}

fn push(out: &mut Vec<u8>, name: [u8; 4], body: &[u8]) {
    out.extend_from_slice(&name);
    // Every body here is a part of one file that libwebp could hold in memory with a 32-bit length.
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.extend_from_slice(body);
    if body.len() % 2 == 1 {
        out.push(0);
    }
}

fn stays(name: [u8; 4], keep: Keep) -> bool {
    match keep {
        Keep::Foreign => !matches!(&name, b"XMP " | b"C2PA"),
        Keep::Picture => matches!(
            &name,
            b"VP8 " | b"VP8L" | b"ALPH" | b"ANIM" | b"ANMF" | b"ICCP"
        ),
    }
}

pub(super) fn rewrite(bytes: &[u8], keep: Keep, xmp: Option<&str>) -> Result<Vec<u8>, Error> {
    let mut rest = chunks(bytes).peekable();
    let (first, header) = *rest
        .peek()
        .ok_or_else(|| Error::damaged(Format::Webp, "no chunks"))?;
    let mut extended = [0; 10];
    if &first == b"VP8X" {
        let header = header
            .first_chunk::<10>()
            .ok_or_else(|| Error::damaged(Format::Webp, "a header too short"))?;
        extended.copy_from_slice(header);
        rest.next();
    } else {
        let (width, height) = crate::webp::size(bytes)?;
        // A lossless stream says in the fifth byte whether it uses alpha; a plain lossy one has none.
        let alpha = &first == b"VP8L" && header.get(4).is_some_and(|byte| byte & 0x10 != 0);
        extended[0] = if alpha { FLAG_ALPHA } else { 0 };
        extended[4..7].copy_from_slice(&(width - 1).to_le_bytes()[..3]);
        extended[7..10].copy_from_slice(&(height - 1).to_le_bytes()[..3]);
    }
    extended[0] &= !(FLAG_XMP | FLAG_EXIF | FLAG_ICC);
    let kept: Vec<_> = rest
        .filter(|(name, _)| &name[..] != b"VP8X" && stays(*name, keep))
        .collect();
    for (name, flag) in [(*b"EXIF", FLAG_EXIF), (*b"ICCP", FLAG_ICC)] {
        if kept.iter().any(|(kept, _)| *kept == name) {
            extended[0] |= flag;
        }
    }
    if xmp.is_some() {
        extended[0] |= FLAG_XMP;
    }
    let mut body = Vec::with_capacity(bytes.len() + xmp.map_or(0, str::len) + 64);
    push(&mut body, *b"VP8X", &extended);
    for (name, chunk) in kept {
        push(&mut body, name, chunk);
    }
    if let Some(xmp) = xmp {
        push(&mut body, *b"XMP ", xmp.as_bytes());
    }
    let length = u32::try_from(body.len() + 4)
        .map_err(|_| Error::encode(Format::Webp, "longer than 4 GiB"))?;
    let mut out = Vec::with_capacity(body.len() + 12);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(b"WEBP");
    out.append(&mut body);
    Ok(out)
}
