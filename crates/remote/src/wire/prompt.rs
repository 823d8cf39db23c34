//! Row of `prompts`: a request for images.

use amethyst_model::{
    AspectRatio, Generation, GenerationDraft, GenerationId, GenerationStatus, OutputFormat,
    Progress,
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct PromptWire {
    id: GenerationId,
    prompt: String,
    negative_prompt: String,
    model_id: String,
    model_version: String,
    aspect_ratio: AspectRatio,
    prompt_strength: f64,
    steps: i64,
    guidance_scale: f64,
    num_outputs: i64,
    seed: i64,
    output_format: OutputFormat,
    output_quality: i64,
    safety_checker: bool,
    hf_loras: Vec<String>,
    lora_scales: Vec<f64>,
    width: i64,
    height: i64,
    created_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    status: String,
    error_message: Option<String>,
    credits_cost: i64,
    #[serde(default)]
    metadata: Value,
}

impl From<PromptWire> for Box<Generation> {
    fn from(wire: PromptWire) -> Self {
        let status = GenerationStatus::from_server(&wire.status, wire.error_message.as_deref());
        let processing = status == GenerationStatus::Processing;
        // A remainder of an earlier attempt says nothing about one that waits or has ended.
        let progress = wire.metadata.get("progress").filter(|_| processing);
        let cancel = wire
            .metadata
            .get("cancel_requested")
            .and_then(Value::as_bool);
        Self::new(Generation {
            id: wire.id,
            status,
            progress: progress.and_then(|progress| Progress::deserialize(progress).ok()),
            cancel_requested: cancel.unwrap_or(false) && !status.is_final(),
            model_version: Some(wire.model_version),
            error_message: wire.error_message,
            credits_cost: wire.credits_cost,
            created_at: wire.created_at,
            completed_at: wire.completed_at,
            draft: GenerationDraft {
                model_id: wire.model_id,
                prompt: wire.prompt,
                negative_prompt: wire.negative_prompt,
                aspect_ratio: wire.aspect_ratio,
                num_outputs: wire.num_outputs,
                steps: wire.steps,
                guidance_scale: wire.guidance_scale,
                prompt_strength: wire.prompt_strength,
                seed: wire.seed,
                output_format: wire.output_format,
                output_quality: wire.output_quality,
                safety_checker: wire.safety_checker,
                hf_loras: wire.hf_loras,
                lora_scales: wire.lora_scales,
                width: Some(wire.width),
                height: Some(wire.height),
                prompt_suggestion_id: None,
            },
        })
    }
}
