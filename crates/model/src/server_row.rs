//! One entry of the hosted change feed, in the client's own terms.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    CollectionId, CollectionSheet, Generation, GenerationModel, Image, ImageId, ImageMarks,
    LedgerEntry, ModelPreferences, PreferenceKind, Profile, PromptSuggestion,
};

/// A row as the server has it now. `remote` makes it from the wire, `store` applies it.
#[derive(Clone, Debug, PartialEq)]
pub enum ServerRow {
    /// Row of `profiles`.
    Profile(Box<Profile>),
    /// Row of `models`.
    Model(Box<GenerationModel>),
    /// Row of `prompts`.
    Generation(Box<Generation>),
    /// Row of `generated_images`.
    Image(Box<Image>),
    /// Row of `credit_transactions`.
    LedgerEntry(Box<LedgerEntry>),
    /// Row of `image_marks`.
    Marks {
        /// The image.
        image: ImageId,
        /// What the user marked it with.
        marks: ImageMarks,
    },
    /// Row of `image_tags`.
    Tag {
        /// Key of the row.
        id: Uuid,
        /// The image.
        image: ImageId,
        /// The tag.
        tag: String,
    },
    /// Row of `collections`.
    Collection {
        /// Its id.
        id: CollectionId,
        /// The rest.
        sheet: Box<CollectionSheet>,
    },
    /// Row of `collection_images`.
    Member {
        /// Key of the row.
        id: Uuid,
        /// The collection.
        collection: CollectionId,
        /// The image in it.
        image: ImageId,
        /// Its place: lower first.
        position: f64,
    },
    /// Row of `user_preferences`.
    Preferences {
        /// Key of the row.
        id: Uuid,
        /// Which document.
        kind: PreferenceKind,
        /// The document.
        document: Map<String, Value>,
    },
    /// Row of `user_model_preferences`.
    ModelPreferences(Box<ModelPreferences>),
    /// Row of `prompt_suggestions`.
    Suggestion(Box<PromptSuggestion>),
}

/// What happened to a row of the server.
#[derive(Clone, Debug, PartialEq)]
pub enum ServerChange {
    /// It exists with this content.
    Upsert(ServerRow),
    /// It is gone, or no longer visible to this user.
    Delete {
        /// Name of the server's table.
        table: String,
        /// Its key as text.
        id: String,
    },
    /// A table that this version keeps no copy of, or a row it cannot read. Skipped, never an error:
    /// the cursor must be able to pass a newer server's rows.
    Ignored,
}

/// A page of the change feed.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangePage {
    /// Changes in the order of the feed.
    pub changes: Vec<ServerChange>,
    /// Whether another page can be fetched at once.
    pub has_more: bool,
    /// Opaque cursor after this page; `None` exactly when a resync is required.
    pub cursor: Option<String>,
    /// Whether the cursor is too old: pull from the start and drop what is not seen.
    pub resync_required: bool,
    /// Whether entries above the horizon wait for transactions in flight: pull again soon.
    pub behind: bool,
    /// When the server sent it, by its own clock, to the second; `None` when it did not say.
    pub server_time: Option<DateTime<Utc>>,
}
