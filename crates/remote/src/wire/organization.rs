//! Rows of `image_marks`, `image_tags`, `collections`, `collection_images` and of the preferences.

use amethyst_model::{
    CollectionId, CollectionKind, CollectionSheet, ImageId, ImageMarks, ModelPreferences, Pick,
    PreferenceKind, ServerRow,
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

#[derive(Deserialize)]
pub(super) struct MarksWire {
    image_id: ImageId,
    rating: Option<u8>,
    pick: Option<Pick>,
}

impl From<MarksWire> for ServerRow {
    fn from(wire: MarksWire) -> Self {
        Self::Marks {
            image: wire.image_id,
            marks: ImageMarks {
                rating: wire.rating,
                pick: wire.pick,
            },
        }
    }
}

#[derive(Deserialize)]
pub(super) struct TagWire {
    id: Uuid,
    image_id: ImageId,
    tag: String,
}

impl From<TagWire> for ServerRow {
    fn from(wire: TagWire) -> Self {
        Self::Tag {
            id: wire.id,
            image: wire.image_id,
            tag: wire.tag,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct CollectionWire {
    id: CollectionId,
    name: String,
    kind: CollectionKind,
    rule: Option<Value>,
    cover_image_id: Option<ImageId>,
    position: f64,
}

impl From<CollectionWire> for ServerRow {
    fn from(wire: CollectionWire) -> Self {
        Self::Collection {
            id: wire.id,
            sheet: Box::new(CollectionSheet {
                name: wire.name,
                kind: wire.kind,
                rule: wire.rule,
                cover: wire.cover_image_id,
                position: wire.position,
            }),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct MemberWire {
    id: Uuid,
    collection_id: CollectionId,
    image_id: ImageId,
    position: f64,
}

impl From<MemberWire> for ServerRow {
    fn from(wire: MemberWire) -> Self {
        Self::Member {
            id: wire.id,
            collection: wire.collection_id,
            image: wire.image_id,
            position: wire.position,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct PreferencesWire {
    id: Uuid,
    preference_type: PreferenceKind,
    preference_value: Value,
}

impl From<PreferencesWire> for ServerRow {
    fn from(wire: PreferencesWire) -> Self {
        Self::Preferences {
            id: wire.id,
            kind: wire.preference_type,
            // The server's merge takes what is no object for an empty one, too.
            document: match wire.preference_value {
                Value::Object(document) => document,
                _ => Map::new(),
            },
        }
    }
}

#[derive(Deserialize)]
pub(super) struct ModelPreferencesWire {
    model_id: String,
    is_favorite: bool,
    last_used_at: Option<DateTime<Utc>>,
    use_count: i64,
    #[serde(default)]
    default_settings: Map<String, Value>,
}

impl From<ModelPreferencesWire> for ServerRow {
    fn from(wire: ModelPreferencesWire) -> Self {
        Self::ModelPreferences(Box::new(ModelPreferences {
            model: wire.model_id,
            is_favorite: wire.is_favorite,
            default_settings: wire.default_settings,
            use_count: wire.use_count,
            last_used_at: wire.last_used_at,
        }))
    }
}
