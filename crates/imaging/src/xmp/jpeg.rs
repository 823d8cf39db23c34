//! JPEG: segments up to the first scan (ITU-T T.81, annex B).

use super::Keep;
use crate::{Error, Format};

const NAMESPACE: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// What does not fit into one segment lies in others, under this name.
const EXTENSION: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
/// A segment's length field counts itself and is 16 bits wide.
const SEGMENT_MAX: usize = 65_533;

const SCAN: u8 = 0xDA;
const END: u8 = 0xD9;

/// A segment before the first scan; the last one is that scan with everything behind it.
struct Segment<'a> {
    marker: u8,
    body: &'a [u8],
    whole: &'a [u8],
}

fn segments(bytes: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = bytes.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        // Any number of fill bytes may stand before a marker.
        while let [0xFF, 0xFF, ..] = rest {
            rest = &rest[1..];
        }
        let [0xFF, marker, ..] = *rest else {
            return None;
        };
        if matches!(marker, SCAN | END) {
            let whole = std::mem::take(&mut rest);
            return Some(Segment {
                marker,
                body: &[],
                whole,
            });
        }
        let [high, low] = *rest.get(2..)?.first_chunk::<2>()?;
        let end = usize::from(u16::from_be_bytes([high, low])) + 2;
        let (body, whole) = (rest.get(4..end)?, rest.get(..end)?);
        rest = rest.get(end..).unwrap_or_default();
        Some(Segment {
            marker,
            body,
            whole,
        })
    })
}

pub(super) fn xmp(bytes: &[u8]) -> Option<&[u8]> {
    segments(bytes)
        .filter(|segment| segment.marker == 0xE1)
        .find_map(|segment| segment.body.strip_prefix(NAMESPACE))
}

fn stays(segment: &Segment<'_>, keep: Keep) -> bool {
    let body = segment.body;
    match (segment.marker, keep) {
        (0xE1, Keep::Foreign) => !body.starts_with(NAMESPACE) && !body.starts_with(EXTENSION),
        // The boxes in which C2PA lies.
        (0xEB, Keep::Foreign) => !body.starts_with(b"JP"),
        (_, Keep::Foreign) => true,
        // JFIF, the color profile, and how colors are stored.
        (0xE0, Keep::Picture) => body.starts_with(b"JFIF\0"),
        (0xE2, Keep::Picture) => body.starts_with(b"ICC_PROFILE\0"),
        (0xEE, Keep::Picture) => body.starts_with(b"Adobe"),
        (0xE0..=0xEF | 0xFE, Keep::Picture) => false,
        (_, Keep::Picture) => true,
    }
}

pub(super) fn rewrite(bytes: &[u8], keep: Keep, xmp: Option<&str>) -> Result<Vec<u8>, Error> {
    let mut packet = match xmp {
        Some(xmp) => Some(segment_of(xmp)?),
        None => None,
    };
    let mut out = Vec::with_capacity(bytes.len() + packet.as_ref().map_or(0, Vec::len));
    out.extend_from_slice(bytes.get(..2).unwrap_or_default());
    let mut scanned = false;
    for segment in segments(bytes) {
        // JFIF wants to be first; it stays so.
        if segment.marker != 0xE0
            && let Some(packet) = packet.take()
        {
            out.extend_from_slice(&packet);
        }
        if stays(&segment, keep) {
            out.extend_from_slice(segment.whole);
        }
        scanned |= segment.marker == SCAN;
    }
    match scanned {
        true => Ok(out),
        false => Err(Error::damaged(Format::Jpeg, "no picture")),
    }
}

fn segment_of(xmp: &str) -> Result<Vec<u8>, Error> {
    let length = u16::try_from(NAMESPACE.len() + xmp.len() + 2)
        .ok()
        .filter(|length| usize::from(*length) <= SEGMENT_MAX)
        .ok_or_else(|| Error::encode(Format::Jpeg, "text longer than a segment"))?;
    let mut segment = vec![0xFF, 0xE1];
    segment.extend_from_slice(&length.to_be_bytes());
    segment.extend_from_slice(NAMESPACE);
    segment.extend_from_slice(xmp.as_bytes());
    Ok(segment)
}
