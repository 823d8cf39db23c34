//! The analyser that asks OpenAI. Each of its three models may be missing; what would need it is then not served.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::job::{AnalysisKind, Subject};
use super::outcome::{Finding, Miss};
use super::pause::Pause;
use crate::openai::OpenAi;
use crate::openai::embedding::{embed, space};
use crate::openai::moderation::score_picture;
use crate::openai::vision::{Wanted, look};
use crate::outside::Trouble;

/// Longest side of the thumbnail that is sent.
pub(super) const SIDE: u32 = 512;

/// Counts of our own part: instructions, schema, what is taken from an answer.
const VISION: u32 = 1;
const SAFETY: u32 = 1;

pub(super) struct Remote {
    openai: OpenAi,
    pause: Pause,
}

fn finding(model: &str, version: u32, result: Value) -> Finding {
    Finding {
        version: format!("openai:{model}:{version}"),
        result,
    }
}

impl Remote {
    pub(super) fn new(openai: OpenAi) -> Self {
        Self {
            openai,
            pause: Pause::default(),
        }
    }

    /// Whether the kind is served at all.
    pub(super) fn serves(&self, kind: AnalysisKind) -> bool {
        let config = self.openai.config();
        match kind {
            AnalysisKind::Vision | AnalysisKind::Style => config.vision_model.is_some(),
            AnalysisKind::Safety => config.moderation_model.is_some(),
            AnalysisKind::Embedding => config.embedding_model.is_some(),
            AnalysisKind::Color => false,
        }
    }

    /// Whether it is asked nothing at the moment.
    pub(super) fn rests(&self) -> bool {
        self.pause.left().is_some()
    }

    async fn ask<T>(&self, call: impl Future<Output = Result<T, Trouble>>) -> Result<T, Miss> {
        if let Some(left) = self.pause.left() {
            return Err(Pause::miss(left));
        }
        match call.await {
            Ok(answer) => {
                self.pause.over();
                Ok(answer)
            }
            Err(trouble) => Err(self.pause.judge(&trouble)),
        }
    }

    /// Description, labels and style, as far as they are wanted, from one request.
    pub(super) async fn vision(
        &self,
        webp: &[u8],
        wanted: Wanted,
    ) -> BTreeMap<AnalysisKind, Result<Finding, Miss>> {
        let model = self
            .openai
            .config()
            .vision_model
            .as_deref()
            .unwrap_or_default();
        let seen = self.ask(look(&self.openai, model, webp, wanted)).await;
        let of = |result: Option<Value>| {
            let result = result.ok_or_else(|| Miss::never("not_described"))?;
            Ok(finding(model, VISION, result))
        };
        let (vision, style) = match seen {
            Ok(seen) => (of(seen.vision), of(seen.style)),
            Err(miss) => (Err(miss.clone()), Err(miss)),
        };
        [
            (AnalysisKind::Vision, wanted.vision, vision),
            (AnalysisKind::Style, wanted.style, style),
        ]
        .into_iter()
        .filter_map(|(kind, is_wanted, outcome)| is_wanted.then_some((kind, outcome)))
        .collect()
    }

    pub(super) async fn safety(&self, webp: &[u8], prompt: &str) -> Result<Finding, Miss> {
        let model = self
            .openai
            .config()
            .moderation_model
            .as_deref()
            .unwrap_or_default();
        let scores = self
            .ask(score_picture(&self.openai, model, webp, prompt))
            .await?;
        Ok(finding(model, SAFETY, scores))
    }

    /// The vectors of several images from one request, in their order.
    pub(super) async fn embeddings(&self, subjects: &[&Subject]) -> Vec<Result<Finding, Miss>> {
        let model = self
            .openai
            .config()
            .embedding_model
            .as_deref()
            .unwrap_or_default();
        let texts: Vec<String> = subjects.iter().map(|subject| text_of(subject)).collect();
        match self.ask(embed(&self.openai, model, &texts)).await {
            Ok(vectors) => vectors
                .into_iter()
                .map(|vector| {
                    Ok(Finding {
                        version: space(model),
                        result: json!(vector),
                    })
                })
                .collect(),
            Err(miss) => vec![Err(miss); subjects.len()],
        }
    }
}

/// What an image is compared by: what was seen in it, in English for all, and the words it was made from.
fn text_of(subject: &Subject) -> String {
    let vision = &subject.vision;
    let description = vision
        .pointer("/description/en")
        .or_else(|| vision.get("description"));
    let labels = vision
        .pointer("/labels/en")
        .or_else(|| vision.get("labels"));
    let labels: Vec<&str> = labels
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let parts = [
        description
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        labels.join(", "),
        subject.prompt.clone(),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .collect();
    if parts.is_empty() {
        // The service takes no empty text.
        "picture".to_owned()
    } else {
        parts.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(vision: &Value, prompt: Option<&str>) -> Subject {
        let row = json!({
            "image_id": uuid::Uuid::nil(), "kind": "embedding", "lease_token": uuid::Uuid::nil(),
            "storage_path": "p", "vision": vision, "prompt": prompt,
        });
        Subject::group(vec![row]).remove(0)
    }

    #[test]
    fn an_image_is_compared_by_all_that_is_known() {
        let vision = json!({
            "description": { "fr": "Un renard.", "en": "A fox." },
            "labels": { "fr": ["renard"], "en": ["fox", "mist"] },
        });
        assert_eq!(
            text_of(&subject(&vision, Some("un renard"))),
            "A fox.\nfox, mist\nun renard"
        );
        let older = json!({ "description": "a fox", "labels": ["fox"] });
        assert_eq!(text_of(&subject(&older, None)), "a fox\nfox");
        assert_eq!(text_of(&subject(&Value::Null, None)), "picture");
    }
}
