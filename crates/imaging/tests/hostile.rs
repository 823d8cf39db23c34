//! Files that lie, break off or are nothing at all.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use amethyst_imaging::{
    Bitmap, Error, Format, Limits, decode, embed_xmp, encode, encode_webp_lossless, probe,
    read_xmp, thumbnail,
};

fn files() -> Vec<(Format, Vec<u8>)> {
    let mut state = 7_u32;
    let rgba = (0..96 * 64)
        .flat_map(|index: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            [
                (state >> 25) as u8,
                (index / 96) as u8,
                (index % 96) as u8,
                255,
            ]
        })
        .collect();
    let picture = Bitmap::from_rgba(96, 64, rgba).unwrap();
    let mut files: Vec<_> = [Format::Webp, Format::Png, Format::Jpeg]
        .into_iter()
        .map(|format| (format, encode(&picture, format, 85).unwrap()))
        .collect();
    files.push((Format::Webp, encode_webp_lossless(&picture).unwrap()));
    files
}

#[test]
fn nothing_and_garbage_have_no_format() {
    for bytes in [
        &b""[..],
        b"R",
        b"RIFF",
        b"GIF89a........",
        &[0; 64],
        b"<html>",
    ] {
        assert_eq!(probe(bytes), Err(Error::UnknownFormat));
        assert_eq!(
            decode(bytes, Limits::default()).unwrap_err(),
            Error::UnknownFormat
        );
        assert_eq!(embed_xmp(bytes, "x").unwrap_err(), Error::UnknownFormat);
        assert_eq!(read_xmp(bytes), None);
    }
}

#[test]
fn a_file_cut_anywhere_is_an_error_and_never_half_a_picture() {
    for (format, bytes) in files() {
        // The last few bytes of PNG and JPEG are an end mark after the last pixel.
        for length in (0..bytes.len() - 16).step_by(7) {
            let cut = &bytes[..length];
            assert!(
                decode(cut, Limits::default()).is_err(),
                "{format} of {} decoded from {length} bytes",
                bytes.len()
            );
            assert!(thumbnail(cut, 32, Limits::default()).is_err(), "{format}");
            let _ = read_xmp(cut);
            let _ = embed_xmp(cut, "x");
        }
    }
}

#[test]
fn flipped_bytes_never_crash() {
    for (_, bytes) in files() {
        for at in 0..bytes.len().min(600) {
            for flip in [0x01, 0x80, 0xFF] {
                let mut damaged = bytes.clone();
                damaged[at] ^= flip;
                let small = Limits {
                    max_side: 4096,
                    max_pixels: 1_000_000,
                };
                if let Ok(picture) = decode(&damaged, small) {
                    assert!(u64::from(picture.width()) * u64::from(picture.height()) <= 1_000_000);
                }
                let _ = thumbnail(&damaged, 16, small);
                let _ = embed_xmp(&damaged, "x").map(|file| read_xmp(&file));
            }
        }
    }
}

#[test]
fn limits_hold_for_side_and_area() {
    for (format, bytes) in files() {
        let narrow = Limits {
            max_side: 95,
            max_pixels: u64::MAX,
        };
        let few = Limits {
            max_side: 1000,
            max_pixels: 96 * 64 - 1,
        };
        for limits in [narrow, few] {
            let expected = Error::TooLarge {
                width: 96,
                height: 64,
            };
            assert_eq!(decode(&bytes, limits).unwrap_err(), expected, "{format}");
            assert_eq!(thumbnail(&bytes, 8, limits).unwrap_err(), expected);
        }
    }
}

/// Sizes of gigabytes in files of a hundred bytes: refused by their header alone.
#[test]
fn a_header_that_claims_billions_of_pixels_is_refused_before_allocation() {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend_from_slice(&[
        0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 8, 2, 0, 0, 0,
    ]);
    png.extend_from_slice(&[0; 64]);

    // A lossless header: signature, then 14 bits each of width − 1 and height − 1.
    let mut webp = b"RIFF\x40\0\0\0WEBPVP8L\x34\0\0\0\x2f\xff\xff\xff\x0f".to_vec();
    webp.extend_from_slice(&[0; 64]);

    let (_, mut jpeg) = files().swap_remove(2);
    let frame = jpeg
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0x00, 0xFF, 0x00]);

    for bytes in [png, webp, jpeg] {
        let error = decode(&bytes, Limits::default()).unwrap_err();
        assert!(
            matches!(error, Error::TooLarge { .. } | Error::Damaged { .. }),
            "{error}"
        );
    }
}
