//! The catalog of models.

use amethyst_model::GenerationModel;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// A model and what it can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelView {
    /// Key.
    pub id: String,
    /// French name.
    pub label_fr: String,
    /// English name.
    pub label_en: String,
    /// One sentence.
    pub description: Option<String>,
    /// `local`, `replicate`, `stability` or `openai`.
    pub provider: String,
    /// Whether it is a procedural painter and no AI model; then it is labelled so wherever it appears.
    pub is_sketch: bool,
    /// Credits for one image of up to 1024×1024 pixels.
    pub credits_cost: i64,
    /// LoRAs at most.
    pub max_loras: i64,
    /// Steps at most.
    pub max_steps: i64,
    /// LoRA names it knows.
    pub loras: Vec<String>,
    /// Parameters it honors; `null` means all.
    pub supports: Option<Vec<String>>,
}

impl From<GenerationModel> for ModelView {
    fn from(model: GenerationModel) -> Self {
        let label = |key: &str| {
            model
                .metadata
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or(&model.name)
                .to_owned()
        };
        Self {
            label_fr: label("label_fr"),
            label_en: label("label_en"),
            is_sketch: model.metadata.get("kind").and_then(Value::as_str) == Some("sketch"),
            max_loras: i64::try_from(model.max_loras()).unwrap_or(20),
            max_steps: model.max_steps(),
            loras: model.loras(),
            supports: model.supports(),
            id: model.id,
            description: model.description,
            provider: model.provider,
            credits_cost: model.credits_cost,
        }
    }
}
