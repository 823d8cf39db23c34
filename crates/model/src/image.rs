//! One picture and the files it consists of.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{GenerationId, ImageId};

/// Which file of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MediaVariant {
    /// Longest side at most 256 pixels, WebP.
    #[serde(rename = "256")]
    W256,
    /// Longest side at most 512 pixels, WebP.
    #[serde(rename = "512")]
    W512,
    /// Longest side at most 768 pixels, WebP.
    #[serde(rename = "768")]
    W768,
    /// What the provider delivered.
    #[serde(rename = "original")]
    Original,
}

impl MediaVariant {
    /// All of them, smallest first.
    pub const ALL: [Self; 4] = [Self::W256, Self::W512, Self::W768, Self::Original];

    /// Text form in tables, URLs and `technical_metadata.files`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::W256 => "256",
            Self::W512 => "512",
            Self::W768 => "768",
            Self::Original => "original",
        }
    }

    /// The inverse of [`MediaVariant::as_str`]; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|variant| variant.as_str() == text)
    }
}

/// One stored object of an image, an entry of `technical_metadata.files`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFile {
    /// Which of the four.
    pub variant: MediaVariant,
    /// Key inside the bucket `generated-images`.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
    /// BLAKE3 of the content, lower-case hex.
    pub blake3: String,
}

/// Row of `generated_images`, as the client keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// The picture.
    pub id: ImageId,
    /// The request it came from; `None` once that was deleted.
    pub generation_id: Option<GenerationId>,
    /// Width of the original in pixels.
    pub width: i64,
    /// Height of the original in pixels.
    pub height: i64,
    /// `webp`, `png` or `jpg`.
    pub format: String,
    /// Size of the original in bytes.
    pub size_bytes: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Effective favorite mark: the server's with the lane on top.
    pub is_favorite: bool,
    /// Whether everybody may see it, likewise.
    pub is_public: bool,
    /// Whether it lies in the trash, likewise.
    pub is_trashed: bool,
    /// When the server put it there; it goes for good 30 days later.
    pub trashed_at: Option<DateTime<Utc>>,
    /// Description by an analysis, if one ran; the picture's accessible name.
    pub vision_description: Option<String>,
    /// `#rrggbb` to show before the bytes are there.
    pub dominant_color: Option<String>,
    /// The files, from `technical_metadata.files`.
    pub files: Vec<MediaFile>,
    /// `technical_metadata` without the files; holds the resolved seed and the provider.
    pub technical_metadata: Value,
    /// When the server last changed the row.
    pub updated_at: DateTime<Utc>,
}

impl Image {
    /// The file of one variant, if the row lists it.
    #[must_use]
    pub fn file(&self, variant: MediaVariant) -> Option<&MediaFile> {
        self.files.iter().find(|file| file.variant == variant)
    }

    /// The seed it was painted with, once known.
    #[must_use]
    pub fn seed(&self) -> Option<i64> {
        self.technical_metadata.get("seed")?.as_i64()
    }
}
