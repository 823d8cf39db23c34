//! How a user keeps order among his images: marks and collections.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{CollectionId, ImageId};

/// Characters that a tag may have.
pub const LONGEST_TAG: usize = 64;
/// Characters that a collection's name may have.
pub const LONGEST_NAME: usize = 120;

/// A culling mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    /// To be kept.
    Pick,
    /// To be sorted out.
    Reject,
}

/// Stars and culling mark of an image, the row of `image_marks`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImageMarks {
    /// 1 to 5, or none.
    pub rating: Option<u8>,
    /// Picked, rejected, or neither.
    pub pick: Option<Pick>,
}

/// What kind of collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectionKind {
    /// Holds the images that were put into it.
    Manual,
    /// Holds the images that its rule finds.
    Smart,
}

/// Everything about a collection but the images in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CollectionSheet {
    /// Its name, 1 to [`LONGEST_NAME`] characters.
    pub name: String,
    /// Manual or smart.
    pub kind: CollectionKind,
    /// The rule of a smart one, an object of at most 16 KiB.
    #[serde(default)]
    pub rule: Option<Value>,
    /// The image on its cover, if one was chosen.
    #[serde(default)]
    pub cover: Option<ImageId>,
    /// Place among the user's collections: lower first.
    #[serde(default)]
    pub position: f64,
}

impl CollectionSheet {
    /// A new manual collection.
    #[must_use]
    pub fn manual(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind: CollectionKind::Manual,
            rule: None,
            cover: None,
            position: 0.0,
        }
    }
}

/// A collection as the library shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Collection {
    /// Client-made id.
    pub id: CollectionId,
    /// The rest.
    pub sheet: CollectionSheet,
    /// Images in it; of a smart one always 0, its rule is for the searcher.
    pub images: u64,
}

/// The one way to write a tag: in lower case, without space around it. `None` when nothing is left, or too
/// much.
#[must_use]
pub fn normal_tag(text: &str) -> Option<String> {
    let tag = text.trim().to_lowercase();
    (1..=LONGEST_TAG)
        .contains(&tag.chars().count())
        .then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_written_one_way() {
        assert_eq!(normal_tag("  Forêt "), Some("forêt".to_owned()));
        assert_eq!(normal_tag("  "), None);
        assert_eq!(normal_tag(&"é".repeat(64)), Some("é".repeat(64)));
        assert_eq!(normal_tag(&"é".repeat(65)), None);
    }
}
