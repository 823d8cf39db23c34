//! Collections.

use amethyst_model::{Collection, CollectionKind, CollectionSheet};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::ApiError;
use crate::command::parse_id;

/// What kind of collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CollectionKindView {
    /// Holds what was put into it.
    Manual,
    /// Holds what its rule finds.
    Smart,
}

/// Everything about a collection but the images in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CollectionSheetView {
    /// Its name, 1 to 120 characters.
    pub name: String,
    /// Manual or smart.
    pub kind: CollectionKindView,
    /// The rule of a smart one.
    #[ts(type = "Record<string, unknown> | null")]
    pub rule: Option<Value>,
    /// Id of the image on its cover.
    pub cover: Option<String>,
    /// Place among the collections: lower first.
    pub position: f64,
}

/// A collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CollectionView {
    /// Its id.
    pub id: String,
    /// The rest.
    pub sheet: CollectionSheetView,
    /// Images in it.
    pub images: i64,
}

/// One collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CollectionRef {
    /// Its id.
    pub id: String,
}

/// A change of a collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CollectionChange {
    /// Its id.
    pub id: String,
    /// The whole of it.
    pub sheet: CollectionSheetView,
}

/// Putting images into a collection or taking them out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CollectRequest {
    /// The collection.
    pub id: String,
    /// The images.
    pub ids: Vec<String>,
    /// In or out.
    pub on: bool,
}

impl TryFrom<CollectionSheetView> for CollectionSheet {
    type Error = ApiError;

    fn try_from(view: CollectionSheetView) -> Result<Self, ApiError> {
        Ok(Self {
            name: view.name,
            kind: match view.kind {
                CollectionKindView::Manual => CollectionKind::Manual,
                CollectionKindView::Smart => CollectionKind::Smart,
            },
            rule: view.rule,
            cover: view.cover.as_deref().map(parse_id).transpose()?,
            position: view.position,
        })
    }
}

impl From<Collection> for CollectionView {
    fn from(collection: Collection) -> Self {
        let sheet = collection.sheet;
        Self {
            id: collection.id.to_string(),
            sheet: CollectionSheetView {
                name: sheet.name,
                kind: match sheet.kind {
                    CollectionKind::Manual => CollectionKindView::Manual,
                    CollectionKind::Smart => CollectionKindView::Smart,
                },
                rule: sheet.rule,
                cover: sheet.cover.map(|id| id.to_string()),
                position: sheet.position,
            },
            images: i64::try_from(collection.images).unwrap_or(i64::MAX),
        }
    }
}
