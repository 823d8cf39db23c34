//! Better wordings for a prompt, and the order in which they are shown: the hosted schema's own, so that it is
//! the same with no network.

mod choose;
mod diff;
mod rank;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::SuggestionId;

pub use choose::suggestions_for;
pub use diff::{WordChange, word_diff};
pub use rank::{by_rank, suggestion_rank, wilson_lower_bound};

/// Where a suggestion comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionSource {
    /// What the user wrote before, with what he liked.
    History,
    /// What his liked images share.
    Vision,
    /// What many people write.
    Community,
    /// A model's wording.
    Ai,
}

impl SuggestionSource {
    /// The source of a `prompt_suggestions` row; `None` for one this version does not know.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "history" => Some(Self::History),
            "vision" => Some(Self::Vision),
            "community" => Some(Self::Community),
            "ai" => Some(Self::Ai),
            _ => None,
        }
    }

    /// The inverse of [`SuggestionSource::parse`].
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::Vision => "vision",
            Self::Community => "community",
            Self::Ai => "ai",
        }
    }
}

/// A better wording for a prompt, with what is known of it: a row of `prompt_suggestions`.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptSuggestion {
    /// Named by requests that are made from it.
    pub id: SuggestionId,
    /// Whether it is everybody's and not the user's own.
    pub is_shared: bool,
    /// The prompt it is for.
    pub base_prompt: String,
    /// The better wording.
    pub suggested_prompt: String,
    /// Where it comes from.
    pub source: SuggestionSource,
    /// What its source claims, 0 to 1; for all but a model's a Wilson lower bound of the evidence.
    pub confidence: f64,
    /// Finished requests made from it.
    pub used_count: i64,
    /// Share of those that completed, 0 to 1.
    pub success_rate: f64,
    /// Images made from it, with those deleted since.
    pub image_count: i64,
    /// Of those images, the favorites of now.
    pub favorite_count: i64,
    /// A model's sentence on why; `None` from other sources.
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When a request was last made from it.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl PromptSuggestion {
    /// Its place in the order, 0 to 1; see [`suggestion_rank`].
    #[must_use]
    pub fn rank(&self) -> f64 {
        suggestion_rank(self.confidence, self.used_count, self.success_rate)
    }

    /// The share of its images that are favorites, 0 to 1; `None` before there are any.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub fn favorite_share(&self) -> Option<f64> {
        (self.image_count > 0)
            .then(|| (self.favorite_count as f64 / self.image_count as f64).clamp(0.0, 1.0))
    }
}
