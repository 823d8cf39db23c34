//! What follows a user from device to device beside the profile: five documents, and what he thinks of
//! each model.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Which document of preferences; the schema's `preference_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PreferenceKind {
    /// What a new draft starts with.
    #[serde(rename = "generation_defaults")]
    Generation,
    /// Liked styles.
    #[serde(rename = "style_preferences")]
    Style,
    /// What to hide.
    #[serde(rename = "safety_settings")]
    Safety,
    /// How the interface looks and behaves.
    #[serde(rename = "ui_preferences")]
    Ui,
    /// What to tell of, and how.
    #[serde(rename = "notification_settings")]
    Notification,
}

impl PreferenceKind {
    /// All five.
    pub const ALL: [Self; 5] = [
        Self::Generation,
        Self::Style,
        Self::Safety,
        Self::Ui,
        Self::Notification,
    ];

    /// Text form in tables and on wires.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generation => "generation_defaults",
            Self::Style => "style_preferences",
            Self::Safety => "safety_settings",
            Self::Ui => "ui_preferences",
            Self::Notification => "notification_settings",
        }
    }

    /// The inverse of [`PreferenceKind::as_str`]; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Lays a patch over a document, field by field; null removes a field. The server's `merge_document`.
pub fn merge_fields(document: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (field, value) in patch {
        if value.is_null() {
            document.remove(field);
        } else {
            document.insert(field.clone(), value.clone());
        }
    }
}

/// What the fields of `patch` are in `document`: null for those it does not have.
#[must_use]
pub fn base_of(document: &Map<String, Value>, patch: &Map<String, Value>) -> Map<String, Value> {
    patch
        .keys()
        .map(|field| {
            let value = document.get(field).cloned().unwrap_or(Value::Null);
            (field.clone(), value)
        })
        .collect()
}

/// A change of what the user thinks of a model; absent fields stay.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelPreferenceChange {
    /// Whether it is among the favorite models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_favorite: Option<bool>,
    /// Fields of the settings that a new draft with it starts with; null removes one.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub default_settings: Map<String, Value>,
}

impl ModelPreferenceChange {
    /// This change with `later` on top of it.
    #[must_use]
    pub fn then(mut self, later: Self) -> Self {
        self.is_favorite = later.is_favorite.or(self.is_favorite);
        self.default_settings.extend(later.default_settings);
        self
    }
}

/// Row of `user_model_preferences`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelPreferences {
    /// The model.
    pub model: String,
    /// Whether it is among the favorite models.
    pub is_favorite: bool,
    /// What a new draft with it starts with.
    pub default_settings: Map<String, Value>,
    /// Requests made with it; counted by the server.
    pub use_count: i64,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A field of preferences that was changed on two devices. The value that arrived last stands; the other
/// one is shown, so that it can be taken instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldConflict {
    /// Name of the field.
    pub field: String,
    /// What another device had made of it; null: removed.
    #[serde(default)]
    pub theirs: Value,
    /// What this device made of it, which stands.
    #[serde(default)]
    pub yours: Value,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_merge_and_null_removes() {
        let Value::Object(mut document) = json!({ "a": 1, "b": 2 }) else {
            panic!()
        };
        let Value::Object(patch) = json!({ "b": null, "c": [3] }) else {
            panic!()
        };
        assert_eq!(
            Value::Object(base_of(&document, &patch)),
            json!({ "b": 2, "c": null })
        );
        merge_fields(&mut document, &patch);
        assert_eq!(Value::Object(document), json!({ "a": 1, "c": [3] }));
    }

    #[test]
    fn kinds_are_the_schemas_words() {
        for kind in PreferenceKind::ALL {
            assert_eq!(PreferenceKind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
