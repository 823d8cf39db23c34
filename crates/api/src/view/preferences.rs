//! Preferences and their conflicts.

use amethyst_engine::Conflict;
use amethyst_model::{ModelPreferences, PreferenceKind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

/// Which document of preferences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PreferenceKindView {
    /// What a new draft starts with.
    GenerationDefaults,
    /// Liked styles.
    StylePreferences,
    /// What to hide.
    SafetySettings,
    /// How the interface looks and behaves.
    UiPreferences,
    /// What to tell of, and how.
    NotificationSettings,
}

/// One document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PreferencesRef {
    /// Which.
    pub kind: PreferenceKindView,
}

/// A document, with what is not sent yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PreferencesView {
    /// Which.
    pub kind: PreferenceKindView,
    /// Its fields.
    #[ts(type = "Record<string, unknown>")]
    pub document: Map<String, Value>,
}

/// A change of a document; absent fields stay, null removes one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PreferencesPatch {
    /// Which.
    pub kind: PreferenceKindView,
    /// The fields.
    #[ts(type = "Record<string, unknown>")]
    pub patch: Map<String, Value>,
}

/// What the user thinks of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelPreferencesView {
    /// The model.
    pub model_id: String,
    /// Whether it is among the favorite models.
    pub is_favorite: bool,
    /// What a new draft with it starts with.
    #[ts(type = "Record<string, unknown>")]
    pub default_settings: Map<String, Value>,
    /// Requests made with it.
    pub use_count: i64,
    /// When it was last used.
    pub last_used_at: Option<i64>,
}

/// A change of the same; absent fields stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelPreferencesPatch {
    /// The model.
    pub model_id: String,
    /// Whether it shall be a favorite.
    pub is_favorite: Option<bool>,
    /// Fields; null removes one.
    #[serde(default)]
    #[ts(type = "Record<string, unknown>")]
    pub default_settings: Map<String, Value>,
}

/// A field that was changed on two devices. This device's value stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConflictView {
    /// Its number.
    pub id: i64,
    /// The document, or `model`.
    pub subject: String,
    /// The model, if it is about one.
    pub model_id: Option<String>,
    /// Name of the field.
    pub field: String,
    /// What another device had made of it.
    #[ts(type = "unknown")]
    pub theirs: Value,
    /// What stands.
    #[ts(type = "unknown")]
    pub yours: Value,
    /// When it was found.
    pub found_at: i64,
}

/// What to do about a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConflictChoice {
    /// Its number.
    pub id: i64,
    /// Whether to take the other device's value; else what stands is kept.
    pub take_theirs: bool,
}

impl From<PreferenceKindView> for PreferenceKind {
    fn from(kind: PreferenceKindView) -> Self {
        match kind {
            PreferenceKindView::GenerationDefaults => Self::Generation,
            PreferenceKindView::StylePreferences => Self::Style,
            PreferenceKindView::SafetySettings => Self::Safety,
            PreferenceKindView::UiPreferences => Self::Ui,
            PreferenceKindView::NotificationSettings => Self::Notification,
        }
    }
}

impl From<ModelPreferences> for ModelPreferencesView {
    fn from(preferences: ModelPreferences) -> Self {
        Self {
            model_id: preferences.model,
            is_favorite: preferences.is_favorite,
            default_settings: preferences.default_settings,
            use_count: preferences.use_count,
            last_used_at: preferences.last_used_at.map(|at| at.timestamp_millis()),
        }
    }
}

impl From<Conflict> for ConflictView {
    fn from(conflict: Conflict) -> Self {
        let (subject, model_id) = match conflict.lane.0.split_once(':') {
            Some(("preferences", kind)) => (kind.to_owned(), None),
            Some(("model", model)) => ("model".to_owned(), Some(model.to_owned())),
            _ => (conflict.lane.0, None),
        };
        Self {
            id: conflict.id,
            subject,
            model_id,
            field: conflict.field.field,
            theirs: conflict.field.theirs,
            yours: conflict.field.yours,
            found_at: conflict.at.timestamp_millis(),
        }
    }
}
