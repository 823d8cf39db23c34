//! Row of `generated_images`.

use amethyst_model::{GenerationId, Image, ImageId, MediaFile, UserId};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct ImageWire {
    id: ImageId,
    user_id: UserId,
    prompt_id: Option<GenerationId>,
    width: i64,
    height: i64,
    format: String,
    size_bytes: i64,
    created_at: DateTime<Utc>,
    is_favorite: bool,
    is_public: bool,
    vision_description: Option<String>,
    #[serde(default)]
    dominant_colors: Option<Vec<String>>,
    #[serde(default)]
    metadata: Value,
    #[serde(default)]
    technical_metadata: Value,
    updated_at: DateTime<Utc>,
    #[serde(default)]
    trashed_at: Option<DateTime<Utc>>,
}

impl ImageWire {
    /// The image as its reader sees it. Somebody else's is in the feed only because the reader keeps it
    /// as a favorite; its own mark is its owner's, and its request is not the reader's to see.
    pub(super) fn read_by(mut self, reader: Option<UserId>) -> Box<Image> {
        let foreign = reader.is_some_and(|reader| reader != self.user_id);
        let files = self.take_files();
        let seed = self.metadata.get("seed").cloned();
        if let (Some(technical), Some(seed)) = (self.technical_metadata.as_object_mut(), seed) {
            technical.entry("seed").or_insert(seed);
        }
        Box::new(Image {
            id: self.id,
            generation_id: self.prompt_id.filter(|_| !foreign),
            width: self.width,
            height: self.height,
            dominant_color: self.dominant_color(),
            format: self.format,
            size_bytes: self.size_bytes,
            created_at: self.created_at,
            is_favorite: self.is_favorite || foreign,
            is_public: self.is_public,
            is_trashed: self.trashed_at.is_some(),
            trashed_at: self.trashed_at,
            vision_description: self.vision_description,
            files,
            technical_metadata: self.technical_metadata,
            updated_at: self.updated_at,
        })
    }

    /// Takes the list of files out of the metadata; entries that cannot be used are left out.
    fn take_files(&mut self) -> Vec<MediaFile> {
        let files = self
            .technical_metadata
            .as_object_mut()
            .and_then(|map| map.remove("files"));
        let Some(Value::Array(files)) = files else {
            return Vec::new();
        };
        files
            .into_iter()
            .filter_map(|file| MediaFile::deserialize(file).ok())
            .filter(|file| is_hash(&file.blake3))
            .collect()
    }

    fn dominant_color(&self) -> Option<String> {
        let named = self
            .technical_metadata
            .get("dominant_color")
            .and_then(Value::as_str);
        let first = self
            .dominant_colors
            .as_ref()
            .and_then(|colors| colors.first());
        let color = named.or(first.map(String::as_str))?;
        is_color(color).then(|| color.to_ascii_lowercase())
    }
}

/// 64 lower-case hexadecimal digits. The text becomes a file name, so nothing else may pass.
fn is_hash(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// `#rrggbb`. The text becomes a style, so nothing else may pass.
fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}
