//! What follows a user from device to device: profile, preferences, what he thinks of each model.

use amethyst_model::{
    AccountSettings, FieldConflict, IntentId, ModelPreferenceChange, PreferenceKind,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Act, Answered, Rest};
use crate::Error;
use crate::wire::SettingsWire;

/// A document of preferences after a change.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MergedPreferences {
    /// The document.
    #[serde(rename = "preference_value")]
    pub document: Map<String, Value>,
    /// Fields that were changed elsewhere too.
    #[serde(default)]
    pub conflicts: Vec<FieldConflict>,
}

/// What the user thinks of a model, after a change.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MergedModel {
    /// How it is now.
    #[serde(flatten)]
    pub now: ModelPreferenceChange,
    /// Fields that were changed elsewhere too.
    #[serde(default)]
    pub conflicts: Vec<FieldConflict>,
}

impl Rest {
    /// Changes fields of the user's profile and answers them all. A field that was changed later on another
    /// device stays. Repeating it with the same intent changes nothing.
    ///
    /// # Errors
    /// `invalid_parameters` (422), `no_profile` (403).
    pub async fn set_profile(
        &self,
        settings: &AccountSettings,
        act: Act,
    ) -> Result<Answered<AccountSettings>, Error> {
        #[derive(Deserialize)]
        struct Answer {
            fields: SettingsWire,
        }
        let arguments = json!({
            "p_fields": settings, "p_at": act.at, "p_intent_id": act.intent,
        });
        let answer = self.act("set_profile", &arguments).await?;
        Ok(answer.map(|answer: Answer| answer.fields.into()))
    }

    /// Lays a patch over a document of preferences, field by field; null removes a field. `base` is what the
    /// user had seen of these fields. Repeating it with the same intent changes nothing.
    ///
    /// # Errors
    /// `invalid_parameters` (422).
    pub async fn merge_preferences(
        &self,
        kind: PreferenceKind,
        base: &Map<String, Value>,
        patch: &Map<String, Value>,
        intent: IntentId,
    ) -> Result<Answered<MergedPreferences>, Error> {
        let arguments = json!({
            "p_type": kind, "p_base": base, "p_patch": patch, "p_intent_id": intent,
        });
        self.act("merge_preferences", &arguments).await
    }

    /// Likewise for what the user thinks of a model.
    ///
    /// # Errors
    /// `unknown_model` (404), `invalid_parameters` (422).
    pub async fn merge_model_preferences(
        &self,
        model: &str,
        base: &ModelPreferenceChange,
        patch: &ModelPreferenceChange,
        intent: IntentId,
    ) -> Result<Answered<MergedModel>, Error> {
        let arguments = json!({
            "p_model_id": model, "p_base": base, "p_patch": patch, "p_intent_id": intent,
        });
        self.act("merge_model_preferences", &arguments).await
    }
}
