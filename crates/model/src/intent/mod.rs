//! What the user did and the server has not confirmed: the outbox's entries.
//!
//! Payloads are stored as JSON with [`INTENT_VERSION`]; an unknown kind or a newer version is parked,
//! never dropped. The rules of conflict are in `docs/sync.md`.

mod merge;
mod queue;

pub use queue::{IntentState, Lane, ParkReason, QueuedIntent};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    AccountSettings, CollectionId, CollectionSheet, GenerationDraft, GenerationId, ImageId,
    ModelPreferenceChange, Pick, PreferenceKind,
};

/// Version of the payloads below; raised when a stored payload could be misread.
pub const INTENT_VERSION: i64 = 1;

/// Images that one intent may name; the server's own limit.
pub const MOST_IMAGES: usize = 1000;

/// One thing to do on the server. Each can be sent twice with the effect of once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
// Tagged from outside: a tag within would make serde buffer the payload, which cannot carry numbers when
// some other crate of the program turns on serde_json's `arbitrary_precision`.
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Ask for images. Repeating it with the same id is answered with the first answer.
    CreateGeneration {
        /// Client-made id.
        generation: GenerationId,
        /// What is asked for.
        draft: Box<GenerationDraft>,
        /// The most the user agreed to pay; the server refuses a higher price.
        max_cost: i64,
    },
    /// Stop a request that the server knows.
    CancelGeneration {
        /// The request.
        generation: GenerationId,
    },
    /// Put an image among the favorites or take it out.
    SetFavorite {
        /// The image.
        image: ImageId,
        /// Whether it shall be a favorite.
        favorite: bool,
    },
    /// Show an image to everybody, or take it back.
    SetPublic {
        /// The image.
        image: ImageId,
        /// Whether everybody shall see it.
        public: bool,
    },
    /// Put an image into the trash or restore it.
    SetTrashed {
        /// The image.
        image: ImageId,
        /// Whether it shall be in the trash.
        trashed: bool,
    },
    /// Remove an image that is in the trash, for good.
    DeleteImage {
        /// The image.
        image: ImageId,
    },
    /// Give an image stars.
    SetRating {
        /// The image.
        image: ImageId,
        /// 1 to 5, or none.
        rating: Option<u8>,
    },
    /// Mark an image as picked or rejected.
    SetPick {
        /// The image.
        image: ImageId,
        /// The mark, or none.
        pick: Option<Pick>,
    },
    /// Put a tag on an image or take it off.
    TagImage {
        /// The image.
        image: ImageId,
        /// The tag, in lower case and without space around it.
        tag: String,
        /// Whether the image shall carry it.
        on: bool,
    },
    /// Make a collection, or change it.
    PutCollection {
        /// Client-made id.
        collection: CollectionId,
        /// The whole of it.
        sheet: Box<CollectionSheet>,
    },
    /// Put images into a collection or take them out.
    CollectImages {
        /// The collection.
        collection: CollectionId,
        /// At most [`MOST_IMAGES`].
        images: Vec<ImageId>,
        /// Whether they shall be in it.
        on: bool,
    },
    /// Remove a collection, never its images.
    DeleteCollection {
        /// The collection.
        collection: CollectionId,
    },
    /// Change fields of one of the five documents of preferences.
    MergePreferences {
        /// Which document.
        kind: PreferenceKind,
        /// What the changed fields were when the user changed them.
        base: Map<String, Value>,
        /// What they shall be; null removes a field.
        patch: Map<String, Value>,
    },
    /// Change what the user thinks of a model.
    MergeModelPreferences {
        /// The model.
        model: String,
        /// What the changed fields were.
        base: ModelPreferenceChange,
        /// What they shall be.
        patch: ModelPreferenceChange,
    },
    /// Change fields of the profile.
    SetAccountSettings {
        /// The change.
        settings: AccountSettings,
    },
}

impl Intent {
    /// The lane it waits in: intents of one lane are sent in order, lanes are independent.
    #[must_use]
    pub fn lane(&self) -> Lane {
        match self {
            Self::CreateGeneration { generation, .. } | Self::CancelGeneration { generation } => {
                Lane::generation(*generation)
            }
            Self::SetFavorite { image, .. }
            | Self::SetPublic { image, .. }
            | Self::SetTrashed { image, .. }
            | Self::DeleteImage { image }
            | Self::SetRating { image, .. }
            | Self::SetPick { image, .. }
            | Self::TagImage { image, .. } => Lane::image(*image),
            Self::PutCollection { collection, .. }
            | Self::CollectImages { collection, .. }
            | Self::DeleteCollection { collection } => Lane::collection(*collection),
            Self::MergePreferences { kind, .. } => Lane::preferences(*kind),
            Self::MergeModelPreferences { model, .. } => Lane::model(model),
            Self::SetAccountSettings { .. } => Lane::account(),
        }
    }

    /// Text form of the kind, as the payload's tag.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CreateGeneration { .. } => "create_generation",
            Self::CancelGeneration { .. } => "cancel_generation",
            Self::SetFavorite { .. } => "set_favorite",
            Self::SetPublic { .. } => "set_public",
            Self::SetTrashed { .. } => "set_trashed",
            Self::DeleteImage { .. } => "delete_image",
            Self::SetRating { .. } => "set_rating",
            Self::SetPick { .. } => "set_pick",
            Self::TagImage { .. } => "tag_image",
            Self::PutCollection { .. } => "put_collection",
            Self::CollectImages { .. } => "collect_images",
            Self::DeleteCollection { .. } => "delete_collection",
            Self::MergePreferences { .. } => "merge_preferences",
            Self::MergeModelPreferences { .. } => "merge_model_preferences",
            Self::SetAccountSettings { .. } => "set_account_settings",
        }
    }

    /// The image it is about, if it is about one.
    #[must_use]
    pub fn image(&self) -> Option<ImageId> {
        match self {
            Self::SetFavorite { image, .. }
            | Self::SetPublic { image, .. }
            | Self::SetTrashed { image, .. }
            | Self::DeleteImage { image }
            | Self::SetRating { image, .. }
            | Self::SetPick { image, .. }
            | Self::TagImage { image, .. } => Some(*image),
            Self::CreateGeneration { .. }
            | Self::CancelGeneration { .. }
            | Self::PutCollection { .. }
            | Self::CollectImages { .. }
            | Self::DeleteCollection { .. }
            | Self::MergePreferences { .. }
            | Self::MergeModelPreferences { .. }
            | Self::SetAccountSettings { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn payloads_keep_their_form() {
        let image = ImageId(Uuid::nil());
        let value = serde_json::to_value(Intent::SetFavorite {
            image,
            favorite: true,
        })
        .unwrap();
        assert_eq!(
            value,
            json!({ "set_favorite": { "image": Uuid::nil(), "favorite": true } })
        );
        let create = Intent::CreateGeneration {
            generation: GenerationId(Uuid::nil()),
            draft: Box::default(),
            max_cost: 4,
        };
        let value = serde_json::to_value(&create).unwrap();
        assert_eq!(value["create_generation"]["draft"]["aspect_ratio"], "1:1");
        assert_eq!(serde_json::from_value::<Intent>(value).unwrap(), create);
    }

    /// One of each kind: the tag in the payload is the kind, and the payload is read back as it was.
    #[test]
    fn every_kind_is_its_payloads_tag() {
        let image = ImageId(Uuid::nil());
        let collection = CollectionId(Uuid::nil());
        let generation = GenerationId(Uuid::nil());
        let fields: Map<String, Value> = [("dense".to_owned(), json!(1.5))].into_iter().collect();
        let all = [
            Intent::CreateGeneration {
                generation,
                draft: Box::default(),
                max_cost: 1,
            },
            Intent::CancelGeneration { generation },
            Intent::SetFavorite {
                image,
                favorite: true,
            },
            Intent::SetPublic {
                image,
                public: true,
            },
            Intent::SetTrashed {
                image,
                trashed: true,
            },
            Intent::DeleteImage { image },
            Intent::SetRating {
                image,
                rating: Some(5),
            },
            Intent::SetPick {
                image,
                pick: Some(Pick::Reject),
            },
            Intent::TagImage {
                image,
                tag: "forêt".to_owned(),
                on: true,
            },
            Intent::PutCollection {
                collection,
                sheet: Box::new(CollectionSheet::manual("Forêts")),
            },
            Intent::CollectImages {
                collection,
                images: vec![image],
                on: true,
            },
            Intent::DeleteCollection { collection },
            Intent::MergePreferences {
                kind: PreferenceKind::Ui,
                base: Map::new(),
                patch: fields.clone(),
            },
            Intent::MergeModelPreferences {
                model: "sketch".to_owned(),
                base: ModelPreferenceChange::default(),
                patch: ModelPreferenceChange {
                    is_favorite: Some(true),
                    default_settings: fields,
                },
            },
            Intent::SetAccountSettings {
                settings: AccountSettings::default(),
            },
        ];
        for intent in all {
            let value = serde_json::to_value(&intent).unwrap();
            let tags: Vec<&String> = value.as_object().unwrap().keys().collect();
            assert_eq!(tags, [intent.kind()]);
            assert_eq!(serde_json::from_value::<Intent>(value).unwrap(), intent);
        }
    }
}
