//! Better wordings for a prompt.

use amethyst_model::PromptSuggestion;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Rest;
use crate::Error;
use crate::wire::suggestions;

/// What the server suggests for a prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggested {
    /// Whether the user wants suggestions at all.
    pub enabled: bool,
    /// The best first.
    pub suggestions: Vec<PromptSuggestion>,
}

/// How far a request for a model's wordings is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordingState {
    /// No worker has answered yet.
    Pending,
    /// The wordings are there.
    Ready,
    /// There are none; the code says why.
    Failed,
    /// No worker answered in time.
    Expired,
}

/// A request for a model's wordings.
#[derive(Clone, Debug, PartialEq)]
pub struct Worded {
    /// How far it is.
    pub state: WordingState,
    /// Why it failed: a stable code.
    pub error: Option<String>,
    /// What came of it, the best first.
    pub suggestions: Vec<PromptSuggestion>,
}

impl Rest {
    /// Suggestions for a prompt, at most `limit` (1 to 20). Repeating it finds the same ones.
    ///
    /// # Errors
    /// `invalid_parameters` (422) for a prompt that is empty or too long.
    pub async fn suggest_prompts(&self, prompt: &str, limit: u32) -> Result<Suggested, Error> {
        #[derive(Deserialize)]
        struct Answer {
            enabled: bool,
            suggestions: Vec<Value>,
        }
        let arguments = json!({ "p_prompt": prompt, "p_limit": limit });
        let answer: Answer = self.call("suggest_prompts", &arguments).await?;
        Ok(Suggested {
            enabled: answer.enabled,
            suggestions: suggestions(answer.suggestions),
        })
    }

    /// Asks a model for wordings, or, with the same id and prompt again, how far that is.
    ///
    /// # Errors
    /// `suggestions_disabled` and `account_suspended` (403), `too_many_suggestions` (429), `id_reused` and
    /// `id_conflict` (409), `invalid_parameters` (422).
    pub async fn request_suggestions(&self, id: Uuid, prompt: &str) -> Result<Worded, Error> {
        #[derive(Deserialize)]
        struct Answer {
            state: String,
            error: Option<String>,
            suggestions: Vec<Value>,
        }
        let arguments = json!({ "p_id": id, "p_prompt": prompt });
        let answer: Answer = self.call("request_suggestions", &arguments).await?;
        Ok(Worded {
            state: match answer.state.as_str() {
                "ready" => WordingState::Ready,
                "failed" => WordingState::Failed,
                "expired" => WordingState::Expired,
                _ => WordingState::Pending,
            },
            error: answer.error,
            suggestions: suggestions(answer.suggestions),
        })
    }
}
