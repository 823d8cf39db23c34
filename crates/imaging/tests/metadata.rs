//! Words inside of files that come from elsewhere: replaced, or taken out, without touching a pixel.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

use amethyst_imaging::{
    Bitmap, Format, Limits, decode, embed_xmp, encode, encode_webp_lossless, read_xmp,
    without_metadata,
};

const THEIRS: &str = "<x:xmpmeta>a secret of theirs</x:xmpmeta>";

fn picture() -> Bitmap {
    let rgba = (0..61_u32 * 47)
        .flat_map(|n| [(n % 251) as u8, (n / 61) as u8, (n % 17) as u8, 255])
        .collect();
    Bitmap::from_rgba(61, 47, rgba).unwrap()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut crc, &byte| {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
        crc
    })
}

fn png_chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), body].concat();
    [
        &(body.len() as u32).to_be_bytes()[..],
        &named,
        &crc32(&named).to_be_bytes(),
    ]
    .concat()
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() + 2) as u16;
    [&[0xFF, marker][..], &length.to_be_bytes(), body].concat()
}

fn riff_chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut chunk = [name.as_slice(), &(body.len() as u32).to_le_bytes(), body].concat();
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

/// The three formats, each with every kind of words that a provider may leave.
fn foreign_files() -> Vec<Vec<u8>> {
    let bitmap = picture();
    let png = encode(&bitmap, Format::Png, 0).unwrap();
    let texts = [
        png_chunk(
            b"iTXt",
            format!("XML:com.adobe.xmp\0\0\0\0\0{THEIRS}").as_bytes(),
        ),
        png_chunk(b"tEXt", b"parameters\0a secret of theirs"),
        png_chunk(b"eXIf", b"MM\0*a secret of theirs"),
        png_chunk(b"gAMA", &45_455_u32.to_be_bytes()),
        png_chunk(b"caBX", b"c2pa a secret of theirs"),
    ]
    .concat();
    let png = [&png[..33], &texts, &png[33..]].concat();

    let jpeg = encode(&bitmap, Format::Jpeg, 85).unwrap();
    let extension = b"http://ns.adobe.com/xmp/extension/\0a secret of theirs";
    let words = [
        segment(0xE1, b"Exif\0\0MM\0*a secret of theirs"),
        // Fill bytes are allowed before any marker.
        vec![0xFF, 0xFF],
        segment(
            0xE1,
            format!("http://ns.adobe.com/xap/1.0/\0{THEIRS}").as_bytes(),
        ),
        segment(0xE1, extension),
        segment(0xE2, b"ICC_PROFILE\0\x01\x01profile"),
        segment(0xEB, b"JP\0\x01 c2pa a secret of theirs"),
        segment(0xED, b"Photoshop 3.0\0a secret of theirs"),
        segment(0xFE, b"a secret of theirs"),
    ]
    .concat();
    // Behind JFIF's segment, whose length is fixed.
    let jpeg = [&jpeg[..20], &words, &jpeg[20..]].concat();

    let webp = embed_xmp(&encode_webp_lossless(&bitmap).unwrap(), THEIRS).unwrap();
    let mut webp = [
        webp,
        riff_chunk(b"EXIF", b"MM\0*a secret of theirs"),
        riff_chunk(b"C2PA", b"a secret of theirs"),
    ]
    .concat();
    webp[20] |= 0x08;
    let length = (webp.len() - 8) as u32;
    webp[4..8].copy_from_slice(&length.to_le_bytes());
    vec![png, jpeg, webp]
}

fn has(bytes: &[u8], words: &str) -> usize {
    bytes
        .windows(words.len())
        .filter(|window| *window == words.as_bytes())
        .count()
}

#[test]
fn a_packet_that_is_there_is_replaced_and_the_rest_stays() {
    for file in foreign_files() {
        assert_eq!(read_xmp(&file).as_deref(), Some(THEIRS));
        let pixels = decode(&file, Limits::default()).unwrap();
        let once = embed_xmp(&file, "<ours/>").unwrap();
        let twice = embed_xmp(&once, "<ours/>").unwrap();
        assert_eq!(once, twice, "embedding again changes nothing");
        assert_eq!(read_xmp(&once).as_deref(), Some("<ours/>"));
        assert_eq!(has(&once, "<ours/>"), 1);
        assert_eq!(has(&once, THEIRS), 0);
        assert_eq!(
            has(&once, "c2pa") + has(&once, "C2PA"),
            0,
            "it signed other bytes"
        );
        assert_eq!(has(&once, "MM\0*a secret"), 1, "EXIF is not ours to drop");
        assert_eq!(decode(&once, Limits::default()).unwrap(), pixels);
    }
}

#[test]
fn nothing_but_the_picture_is_left_when_that_is_wanted() {
    for file in foreign_files() {
        let pixels = decode(&file, Limits::default()).unwrap();
        let bare = without_metadata(&file).unwrap();
        assert_eq!(has(&bare, "secret"), 0);
        assert_eq!(read_xmp(&bare), None);
        assert_eq!(decode(&bare, Limits::default()).unwrap(), pixels);
        assert_eq!(without_metadata(&bare).unwrap(), bare);
        for look in ["gAMA", "ICC_PROFILE"] {
            assert_eq!(has(&bare, look), has(&file, look), "it changes the colors");
        }
    }
}

#[test]
fn a_broken_outline_is_refused_and_nothing_of_it_passed_on() {
    for file in foreign_files() {
        for length in (0..file.len() / 2).step_by(3) {
            let cut = &file[..length];
            let _ = read_xmp(cut);
            if let Ok(bare) = without_metadata(cut) {
                assert_eq!(has(&bare, "secret"), 0);
            }
        }
    }
}
