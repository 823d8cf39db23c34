//! The labels as the most used reader of them sees them. Needs the program `exiftool`, which the set-up installs.

use std::process::Command;

use amethyst_imaging::{Bitmap, Format, embed_xmp, encode};
use serde_json::Value;

use super::tests::origin;
use super::{public_xmp, xmp};

/// What `exiftool` finds, by group and name.
fn read(format: Format, label: &str) -> Value {
    let picture = Bitmap::from_rgba(16, 16, [90, 40, 200, 255].repeat(256)).unwrap();
    let file = embed_xmp(&encode(&picture, format, 80).unwrap(), label).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("p.{}", format.extension()));
    fs_err::write(&path, file).unwrap();
    let answer = Command::new("exiftool")
        .args(["-j", "-n", "-G1", "-a", "-charset", "utf8"])
        .args(["-XMP:all", "-ExifTool:all"])
        .arg(&path)
        .output()
        .expect("`exiftool` is there: Debian's package libimage-exiftool-perl");
    let mut found: Value = serde_json::from_slice(&answer.stdout).unwrap();
    found[0].take()
}

#[test]
fn exiftool_reads_the_mark_and_the_parameters_from_every_format() {
    for format in [Format::Webp, Format::Png, Format::Jpeg] {
        let mut origin = origin("replicate");
        origin.recipe.prompt = "]]> <b>\"é\" 🦊\u{1}\r\n&amp;".to_owned();
        let found = read(format, &xmp(&origin));
        for complaint in ["ExifTool:Warning", "ExifTool:Error"] {
            assert_eq!(found[complaint], Value::Null, "{format}");
        }
        let said = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            said("XMP-iptcExt:DigitalSourceType"),
            "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
        );
        assert!(said("XMP-xmp:CreatorTool").starts_with("Amethyst "));
        assert!(said("XMP-dc:Description").starts_with("Made by artificial intelligence"));
        assert!(said("XMP-dc:Description-fr").starts_with("Image créée par"));
        // Names that are newer than the program are read all the same.
        assert_eq!(
            said("XMP-iptcExt:AISystemUsed"),
            "flux-dev-lora (Replicate)"
        );
        let parameters: Value = serde_json::from_str(&said("XMP-amethyst:Parameters")).unwrap();
        assert_eq!(parameters["prompt"], origin.recipe.prompt, "{format}");
        assert_eq!(parameters["seed"], 42);

        let public = read(format, &public_xmp(Some(&xmp(&origin)), "replicate", None));
        assert_eq!(
            public["XMP-iptcExt:DigitalSourceType"],
            found["XMP-iptcExt:DigitalSourceType"]
        );
        assert_eq!(public["XMP-amethyst:Parameters"], Value::Null);
        assert_eq!(public["XMP-iptcExt:AIPromptInformation"], Value::Null);
        assert_eq!(public["ExifTool:Warning"], Value::Null);
    }
}
