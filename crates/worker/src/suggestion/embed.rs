//! Vectors of the prompts that suggestions are for, so that near prompts find them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::{LONGEST_WAIT, REFUSED, Suggester};
use crate::hosted::{CallError, Unembedded};
use crate::openai::embedding::{embed, space};
use crate::outside::Class;

/// Suggestions in one call.
const BATCH: u32 = 50;

impl Suggester {
    /// Makes the vectors of some suggestions, if a model is configured for that; answers how long to leave the
    /// service alone.
    pub(super) async fn embed_some(&self) -> Duration {
        let Some(model) = &self.embedding else {
            return Duration::ZERO;
        };
        let waiting = match self.hosted.claim_suggestion_embeddings(BATCH).await {
            Ok(waiting) => waiting,
            Err(error) => {
                tracing::debug!(%error, "cannot claim suggestions without a vector");
                return Duration::ZERO;
            }
        };
        let (texts, places) = distinct(&waiting);
        if texts.is_empty() {
            return Duration::ZERO;
        }
        let vectors = match embed(&self.openai, model, &texts).await {
            Ok(vectors) => vectors,
            Err(trouble) => {
                // They come again by themselves.
                tracing::warn!(%trouble, "no vectors for suggestions");
                return match trouble.class {
                    Class::Auth | Class::Quota => REFUSED,
                    _ => trouble.retry_after.unwrap_or_default().min(LONGEST_WAIT),
                };
            }
        };
        let embeddings: Value = places
            .into_iter()
            .filter_map(|(suggestion, place)| {
                let vector = vectors.get(place)?;
                Some(json!({ "id": suggestion.id, "embedding": vector }))
            })
            .collect();
        if let Err(error) = self.keep(&embeddings, model).await {
            tracing::warn!(%error, "vectors of suggestions are not kept");
        }
        Duration::ZERO
    }

    async fn keep(&self, embeddings: &Value, model: &str) -> Result<(), CallError> {
        self.hosted
            .complete_suggestion_embeddings(embeddings, &space(model))
            .await
    }
}

/// Each prompt once, and where each suggestion's prompt is among them. The three wordings of one request share theirs.
fn distinct(waiting: &[Unembedded]) -> (Vec<String>, Vec<(&Unembedded, usize)>) {
    let mut texts = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut places = Vec::new();
    for suggestion in waiting {
        let text = suggestion.base_prompt.trim();
        if text.is_empty() {
            continue;
        }
        let place = *known.entry(text).or_insert_with(|| {
            texts.push(text.to_owned());
            texts.len() - 1
        });
        places.push((suggestion, place));
    }
    (texts, places)
}
