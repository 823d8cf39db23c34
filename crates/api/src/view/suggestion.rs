//! Better wordings for a prompt.

use amethyst_engine::{Suggested, Worded, WordingState};
use amethyst_model::{PromptSuggestion, SuggestionSource, WordChange, word_diff};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a suggestion comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionSourceView {
    /// What the user wrote before, with what he liked.
    History,
    /// What his liked images share.
    Vision,
    /// What many people write.
    Community,
    /// A model's wording.
    Ai,
}

/// A run of text of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WordChangeKind {
    /// In both texts.
    Kept,
    /// In the prompt only.
    Removed,
    /// In the wording only.
    Added,
}

/// A piece of the difference between a prompt and a wording, in reading order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WordChangeView {
    /// What happens to it.
    pub kind: WordChangeKind,
    /// The text, with its spaces.
    pub text: String,
}

/// A better wording for a prompt, with what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SuggestionView {
    /// Its id.
    pub id: String,
    /// Whether it is everybody's and not the user's own.
    pub is_shared: bool,
    /// The prompt it was made for; may be only near to the one asked about.
    pub base_prompt: String,
    /// The wording.
    pub suggested_prompt: String,
    /// What it changes in the prompt asked about.
    pub diff: Vec<WordChangeView>,
    /// Where it comes from.
    pub source: SuggestionSourceView,
    /// What its source claims, 0 to 1.
    pub confidence: f64,
    /// Finished requests made from it.
    pub used_count: i64,
    /// Share of those that completed, 0 to 1; nothing is known before the first.
    pub success_rate: f64,
    /// Images made from it.
    pub image_count: i64,
    /// Of those images, the favorites.
    pub favorite_count: i64,
    /// Its place in the order, 0 to 1: what is proven counts, what is promised hardly.
    pub rank: f64,
    /// A model's sentence on why; `null` from other sources.
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: i64,
    /// When a request was last made from it.
    pub last_used_at: Option<i64>,
}

/// A prompt to find better wordings for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SuggestionQuery {
    /// The prompt.
    pub prompt: String,
    /// At most so many, 1 to 20.
    pub limit: u32,
}

/// Suggestions for a prompt, the best first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SuggestionsView {
    /// Whether the user wants suggestions at all; if not there are none.
    pub enabled: bool,
    /// The suggestions.
    pub suggestions: Vec<SuggestionView>,
}

/// A prompt for a model to word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RewordRequest {
    /// A UUID of the caller's choice; the same one again asks how far it is.
    pub id: String,
    /// The prompt.
    pub prompt: String,
}

/// How far a model's wording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WordingStateView {
    /// Nobody has answered yet.
    Pending,
    /// The wordings are there.
    Ready,
    /// There are none; `error` says why.
    Failed,
    /// Nobody answered in time.
    Expired,
}

/// What became of a request for a model's wordings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RewordView {
    /// How far it is.
    pub state: WordingStateView,
    /// Why it failed: `content_rejected`, `provider_unavailable`, `provider_failed`, `no_wordings`, `worker_lost`.
    pub error: Option<String>,
    /// The wordings, the best first.
    pub suggestions: Vec<SuggestionView>,
}

impl SuggestionView {
    /// A suggestion as it is shown for `prompt`.
    pub(crate) fn of(prompt: &str, suggestion: PromptSuggestion) -> Self {
        let diff = word_diff(prompt.trim(), &suggestion.suggested_prompt);
        Self {
            id: suggestion.id.to_string(),
            is_shared: suggestion.is_shared,
            rank: suggestion.rank(),
            diff: diff.into_iter().map(WordChangeView::from).collect(),
            base_prompt: suggestion.base_prompt,
            suggested_prompt: suggestion.suggested_prompt,
            source: match suggestion.source {
                SuggestionSource::History => SuggestionSourceView::History,
                SuggestionSource::Vision => SuggestionSourceView::Vision,
                SuggestionSource::Community => SuggestionSourceView::Community,
                SuggestionSource::Ai => SuggestionSourceView::Ai,
            },
            confidence: suggestion.confidence,
            used_count: suggestion.used_count,
            success_rate: suggestion.success_rate,
            image_count: suggestion.image_count,
            favorite_count: suggestion.favorite_count,
            reason: suggestion.reason,
            created_at: suggestion.created_at.timestamp_millis(),
            last_used_at: suggestion.last_used_at.map(|at| at.timestamp_millis()),
        }
    }
}

impl SuggestionsView {
    pub(crate) fn of(prompt: &str, suggested: Suggested) -> Self {
        Self {
            enabled: suggested.enabled,
            suggestions: views(prompt, suggested.suggestions),
        }
    }
}

impl RewordView {
    pub(crate) fn of(prompt: &str, worded: Worded) -> Self {
        Self {
            state: match worded.state {
                WordingState::Pending => WordingStateView::Pending,
                WordingState::Ready => WordingStateView::Ready,
                WordingState::Failed => WordingStateView::Failed,
                WordingState::Expired => WordingStateView::Expired,
            },
            error: worded.error,
            suggestions: views(prompt, worded.suggestions),
        }
    }
}

fn views(prompt: &str, suggestions: Vec<PromptSuggestion>) -> Vec<SuggestionView> {
    suggestions
        .into_iter()
        .map(|one| SuggestionView::of(prompt, one))
        .collect()
}

impl From<WordChange> for WordChangeView {
    fn from(change: WordChange) -> Self {
        let (kind, text) = match change {
            WordChange::Kept(text) => (WordChangeKind::Kept, text),
            WordChange::Removed(text) => (WordChangeKind::Removed, text),
            WordChange::Added(text) => (WordChangeKind::Added, text),
        };
        Self { kind, text }
    }
}
