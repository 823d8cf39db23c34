//! Row of `prompt_suggestions`, as the feed tells it and as functions answer it.

use amethyst_model::{PromptSuggestion, SuggestionId, SuggestionSource, UserId};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct SuggestionWire {
    id: SuggestionId,
    /// In the feed; a shared one has none.
    #[serde(default)]
    user_id: Option<UserId>,
    /// In answers, in place of the owner.
    #[serde(default)]
    shared: Option<bool>,
    base_prompt: String,
    suggested_prompt: String,
    source_type: String,
    confidence_score: f64,
    used_count: i64,
    success_rate: f64,
    /// Absent on servers from before they were counted.
    #[serde(default)]
    image_count: i64,
    #[serde(default)]
    favorite_count: i64,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    #[serde(default)]
    metadata: Value,
}

impl SuggestionWire {
    /// The suggestion; `None` when it is from a source this version does not know.
    pub(crate) fn into_suggestion(self) -> Option<PromptSuggestion> {
        let reason = self.metadata.get("reason").and_then(Value::as_str);
        Some(PromptSuggestion {
            id: self.id,
            is_shared: self.shared.unwrap_or(self.user_id.is_none()),
            source: SuggestionSource::parse(&self.source_type)?,
            base_prompt: self.base_prompt,
            suggested_prompt: self.suggested_prompt,
            confidence: self.confidence_score.clamp(0.0, 1.0),
            used_count: self.used_count.max(0),
            success_rate: self.success_rate.clamp(0.0, 1.0),
            image_count: self.image_count.max(0),
            favorite_count: self.favorite_count.max(0),
            reason: reason.filter(|text| !text.is_empty()).map(str::to_owned),
            created_at: self.created_at,
            last_used_at: self.last_used_at,
        })
    }
}

/// Suggestions among entries; those that are not understood are left out.
pub(crate) fn suggestions(entries: Vec<Value>) -> Vec<PromptSuggestion> {
    entries
        .into_iter()
        .filter_map(|entry| serde_json::from_value::<SuggestionWire>(entry).ok())
        .filter_map(SuggestionWire::into_suggestion)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_feed_and_the_answers_are_read_alike_and_what_is_new_is_left_out() {
        let told = json!({
            "id": "0193f0a0-0000-7000-8000-000000000001", "user_id": null, "base_prompt": "a fox",
            "suggested_prompt": "a fox, fog", "source_type": "ai", "confidence_score": 0.5, "used_count": 4,
            "success_rate": 0.75, "image_count": 3, "favorite_count": 2, "metadata": { "reason": "Says where." },
            "created_at": "2026-11-22T20:00:00.123456+00:00", "last_used_at": null, "updated_at": "later",
        });
        let mut answered = told.clone();
        answered["shared"] = json!(false);
        let mut newer = told.clone();
        newer["source_type"] = json!("dream");
        let found = suggestions(vec![told, answered, newer, json!(7)]);
        assert_eq!(found.len(), 2);
        assert!(found[0].is_shared && !found[1].is_shared);
        assert_eq!(found[0].reason.as_deref(), Some("Says where."));
        assert_eq!((found[0].used_count, found[0].favorite_count), (4, 2));
    }
}
