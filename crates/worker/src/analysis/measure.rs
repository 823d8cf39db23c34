//! What is measured in the pixels: colors, and the technical side. The same code for every image, whoever made it,
//! always on the thumbnail of 768 pixels: sharpness can be compared between sizes, and nothing depends on whether
//! the thumbnail came from memory or from the bucket.

use amethyst_imaging::{
    Limits, PerceptualHash, Swatch, decode, exposure, hex_color, palette, sharpness, striking,
};
use serde_json::{Value, json};

use super::outcome::{Finding, Miss};

/// Longest side of the thumbnail that is measured.
pub(super) const SIDE: u32 = 768;

/// A change of any measure counts up.
const VERSION: &str = "local-1";

/// Colors of a palette, and how many of them are named.
const COLORS: usize = 6;
const DOMINANT: usize = 3;

/// Measures a thumbnail. `hash` is the original's, in hexadecimal.
pub(super) fn measure(thumbnail: &[u8], hash: &str) -> Result<Finding, Miss> {
    let bitmap = decode(thumbnail, Limits::default()).map_err(|error| {
        tracing::warn!(%error, "a thumbnail cannot be decoded");
        Miss::never("unreadable_image")
    })?;
    let colors = palette(&bitmap, COLORS);
    let light = exposure(&bitmap);
    let result = json!({
        "palette": hex(&colors),
        "dominant": hex(&striking(&colors, DOMINANT)),
        "colors": colors.iter().map(color).collect::<Vec<_>>(),
        "technical": {
            "sharpness": rounded(sharpness(&bitmap), 10.0),
            "exposure": {
                "mean": rounded(light.mean, 1e4),
                "contrast": rounded(light.contrast, 1e4),
                "shadows": rounded(light.shadows, 1e4),
                "highlights": rounded(light.highlights, 1e4),
            },
            "perceptual_hash": PerceptualHash::of(&bitmap).to_string(),
            "file_hash": format!("blake3:{hash}"),
        },
    });
    Ok(Finding {
        version: VERSION.to_owned(),
        result,
    })
}

fn hex(colors: &[Swatch]) -> Vec<String> {
    colors.iter().map(|color| hex_color(color.rgb)).collect()
}

/// `{hex, lab: [L*, a*, b*], share}`
fn color(color: &Swatch) -> Value {
    json!({
        "hex": hex_color(color.rgb),
        "lab": color.lab.map(|part| rounded(f64::from(part), 100.0)),
        "share": rounded(f64::from(color.share), 1e4),
    })
}

fn rounded(value: f64, scale: f64) -> f64 {
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use amethyst_imaging::{Bitmap, Format, encode};

    #[test]
    fn a_planted_picture_is_measured() {
        let rgba = [
            [30, 60, 120, 255].repeat(320 * 200),
            [230, 190, 70, 255].repeat(320 * 120),
        ]
        .concat();
        let bitmap = Bitmap::from_rgba(320, 320, rgba).unwrap();
        let file = encode(&bitmap, Format::Webp, 95).unwrap();
        let found = measure(&file, "ab").unwrap().result;
        assert_eq!(found["palette"].as_array().unwrap().len(), 2, "{found}");
        assert_eq!(found["colors"][0]["hex"], found["palette"][0]);
        assert!(
            found["colors"][0]["lab"][2].as_f64().unwrap() < -20.0,
            "blue: {found}"
        );
        assert!((found["colors"][0]["share"].as_f64().unwrap() - 0.625).abs() < 0.03);
        assert_eq!(found["technical"]["file_hash"], "blake3:ab");
        assert_eq!(
            found["technical"]["perceptual_hash"]
                .as_str()
                .unwrap()
                .len(),
            16
        );
    }

    #[test]
    fn what_is_no_picture_is_given_up() {
        for file in [&b""[..], b"RIFF\0\0\0\0WEBP", &[0xFF; 100]] {
            assert_eq!(measure(file, ""), Err(Miss::never("unreadable_image")));
        }
    }
}
