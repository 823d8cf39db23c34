//! Round trips, thumbnails and labels, through the public functions only.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use amethyst_imaging::{
    Bitmap, Error, Format, Limits, decode, dominant_color, embed_xmp, encode, encode_webp_lossless,
    probe, read_xmp, thumbnail,
};

/// A smooth picture with some structure, which lossy formats reproduce well.
fn picture(width: u32, height: u32) -> Bitmap {
    let rgba = (0..height)
        .flat_map(|y| {
            (0..width).flat_map(move |x| {
                let red = x * 255 / width.max(2);
                let green = y * 255 / height.max(2);
                let blue = 255 - (red + green) / 2;
                [red as u8, green as u8, blue as u8, 255]
            })
        })
        .collect();
    Bitmap::from_rgba(width, height, rgba).unwrap()
}

fn mean_error(a: &Bitmap, b: &Bitmap) -> f64 {
    assert_eq!((a.width(), a.height()), (b.width(), b.height()));
    let sum: u64 = a
        .rgba()
        .iter()
        .zip(b.rgba())
        .map(|(x, y)| u64::from(x.abs_diff(*y)))
        .sum();
    sum as f64 / a.rgba().len() as f64
}

#[test]
fn every_format_comes_back_as_what_went_in() {
    let original = picture(200, 120);
    for format in [Format::Webp, Format::Png, Format::Jpeg] {
        let bytes = encode(&original, format, 92).unwrap();
        assert_eq!(Format::sniff(&bytes), Some(format));
        let info = probe(&bytes).unwrap();
        assert_eq!(
            (info.format, info.width, info.height),
            (format, 200, 120),
            "{format}"
        );
        let back = decode(&bytes, Limits::default()).unwrap();
        let error = mean_error(&original, &back);
        assert!(error < 2.0, "{format}: mean error {error}");
    }
}

#[test]
fn lossless_formats_lose_nothing_even_under_transparency() {
    let mut rgba = picture(33, 17).rgba().to_vec();
    for (index, pixel) in rgba.chunks_exact_mut(4).enumerate() {
        pixel[3] = (index % 256) as u8;
    }
    let original = Bitmap::from_rgba(33, 17, rgba).unwrap();
    let files = [
        encode(&original, Format::Png, 1).unwrap(),
        encode_webp_lossless(&original).unwrap(),
    ];
    for bytes in files {
        let back = decode(&bytes, Limits::default()).unwrap();
        assert_eq!(back.fingerprint(), original.fingerprint());
    }
}

#[test]
fn lower_quality_makes_smaller_files() {
    // A photograph-like texture; smooth ramps compress to nothing at any quality.
    let mut state = 1_u32;
    let rgba = (0..256 * 256)
        .flat_map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let value = (state >> 24) as u8;
            [value, value / 2, 255 - value, 255]
        })
        .collect();
    let noisy = Bitmap::from_rgba(256, 256, rgba).unwrap();
    for format in [Format::Webp, Format::Jpeg] {
        let low = encode(&noisy, format, 20).unwrap().len();
        let high = encode(&noisy, format, 95).unwrap().len();
        assert!(low * 2 < high, "{format}: {low} and {high} bytes");
    }
}

#[test]
fn thumbnails_fit_and_resemble_the_original() {
    let original = picture(1200, 700);
    let wanted = original.shrunk(256);
    assert_eq!((wanted.width(), wanted.height()), (256, 149));
    for format in [Format::Webp, Format::Png, Format::Jpeg] {
        let bytes = encode(&original, format, 90).unwrap();
        let small = thumbnail(&bytes, 256, Limits::default()).unwrap();
        let error = mean_error(&wanted, &small);
        assert!(error < 2.5, "{format}: mean error {error}");
    }
}

#[test]
fn a_small_picture_is_not_enlarged() {
    let bytes = encode(&picture(40, 30), Format::Webp, 80).unwrap();
    let same = thumbnail(&bytes, 512, Limits::default()).unwrap();
    assert_eq!((same.width(), same.height()), (40, 30));
}

#[test]
fn extreme_ratios_keep_at_least_one_pixel() {
    let line = picture(2000, 1);
    for format in [Format::Webp, Format::Png, Format::Jpeg] {
        let bytes = encode(&line, format, 90).unwrap();
        let small = thumbnail(&bytes, 64, Limits::default()).unwrap();
        assert_eq!((small.width(), small.height()), (64, 1), "{format}");
    }
}

#[test]
fn webp_refuses_sides_it_cannot_hold() {
    let line = picture(16_384, 1);
    let error = encode(&line, Format::Webp, 80).unwrap_err();
    assert_eq!(
        error,
        Error::TooLarge {
            width: 16_384,
            height: 1
        }
    );
}

#[test]
fn a_label_is_read_back_and_changes_no_pixel() {
    let xmp = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">Amethyst · procédural</x:xmpmeta>";
    let original = picture(61, 47);
    let mut files: Vec<_> = [Format::Webp, Format::Png, Format::Jpeg]
        .map(|format| encode(&original, format, 85).unwrap())
        .into();
    files.push(encode_webp_lossless(&original).unwrap());
    for plain in files {
        assert_eq!(read_xmp(&plain), None);
        let labelled = embed_xmp(&plain, xmp).unwrap();
        assert_eq!(read_xmp(&labelled).as_deref(), Some(xmp));
        let before = decode(&plain, Limits::default()).unwrap();
        let after = decode(&labelled, Limits::default()).unwrap();
        assert_eq!(before, after);
        assert_eq!(probe(&plain).unwrap(), probe(&labelled).unwrap());
    }
}

#[test]
fn transparency_survives_a_label() {
    let clear = Bitmap::from_rgba(8, 8, [10, 20, 30, 128].repeat(64)).unwrap();
    for bytes in [
        encode_webp_lossless(&clear).unwrap(),
        encode(&clear, Format::Webp, 90).unwrap(),
    ] {
        let labelled = embed_xmp(&bytes, "x").unwrap();
        assert_eq!(read_xmp(&labelled).as_deref(), Some("x"));
        assert!(!decode(&labelled, Limits::default()).unwrap().is_opaque());
    }
}

#[test]
fn the_dominant_color_survives_encoding() {
    let violet = Bitmap::from_rgba(64, 64, [124, 58, 237, 255].repeat(64 * 64)).unwrap();
    let bytes = encode(&violet, Format::Jpeg, 90).unwrap();
    let color = dominant_color(&decode(&bytes, Limits::default()).unwrap());
    for (channel, wanted) in color.into_iter().zip([124, 58, 237]) {
        assert!(channel.abs_diff(wanted) <= 4, "{color:?}");
    }
}
