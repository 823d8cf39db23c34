//! What the create form holds, and what it costs.

use amethyst_model::{AspectRatio, GenerationDraft, OutputFormat};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::AdjustmentView;
use crate::FieldErrorView;

/// Shape of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum AspectRatioView {
    /// Square.
    #[serde(rename = "1:1")]
    Square,
    /// Wide.
    #[serde(rename = "16:9")]
    Wide,
}

/// File format of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum OutputFormatView {
    /// WebP.
    Webp,
    /// PNG.
    Png,
    /// JPEG.
    Jpg,
}

/// A request for images as the form holds it; limits are those of [`GenerationDraft`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DraftView {
    /// Key of the model.
    pub model_id: String,
    /// What to paint.
    pub prompt: String,
    /// What to leave out.
    pub negative_prompt: String,
    /// Shape.
    pub aspect_ratio: AspectRatioView,
    /// Images to make, 1 to 4.
    pub num_outputs: i64,
    /// Steps, 1 to 100.
    pub steps: i64,
    /// Guidance, 1 to 20.
    pub guidance_scale: f64,
    /// How far to leave the source image, 0.1 to 1.
    pub prompt_strength: f64,
    /// Seed, or −1 to draw one.
    pub seed: i64,
    /// File format.
    pub output_format: OutputFormatView,
    /// Quality of lossy formats, 1 to 100.
    pub output_quality: i64,
    /// Whether the provider's safety checker runs.
    pub safety_checker: bool,
    /// LoRAs as `owner/name`.
    pub hf_loras: Vec<String>,
    /// One scale per LoRA.
    pub lora_scales: Vec<f64>,
    /// Width in pixels; `null` takes the ratio's default.
    pub width: Option<i64>,
    /// Height in pixels; `null` takes the ratio's default.
    pub height: Option<i64>,
    /// The suggestion that the prompt was taken from unchanged, if any.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub prompt_suggestion_id: Option<String>,
}

/// What a draft costs now, by the cached catalog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QuoteView {
    /// Credits; `null` while the draft has no price (unknown model, sizes out of range).
    pub cost: Option<i64>,
    /// Balance left after this and everything waiting to be sent; `null` while no balance is known.
    pub balance_after: Option<i64>,
    /// Credits missing; 0 when they suffice.
    pub missing: i64,
    /// Wrong fields, empty when it can be sent.
    pub fields: Vec<FieldErrorView>,
    /// Width and height in pixels that it asks for.
    pub size: (i64, i64),
    /// What the model is going to do differently from what is asked.
    pub adjustments: Vec<AdjustmentView>,
}

impl From<DraftView> for GenerationDraft {
    fn from(view: DraftView) -> Self {
        Self {
            model_id: view.model_id,
            prompt: view.prompt,
            negative_prompt: view.negative_prompt,
            aspect_ratio: match view.aspect_ratio {
                AspectRatioView::Square => AspectRatio::Square,
                AspectRatioView::Wide => AspectRatio::Wide,
            },
            num_outputs: view.num_outputs,
            steps: view.steps,
            guidance_scale: view.guidance_scale,
            prompt_strength: view.prompt_strength,
            seed: view.seed,
            output_format: match view.output_format {
                OutputFormatView::Webp => OutputFormat::Webp,
                OutputFormatView::Png => OutputFormat::Png,
                OutputFormatView::Jpg => OutputFormat::Jpg,
            },
            output_quality: view.output_quality,
            safety_checker: view.safety_checker,
            hf_loras: view.hf_loras,
            lora_scales: view.lora_scales,
            width: view.width,
            height: view.height,
            // What is no id names no suggestion.
            prompt_suggestion_id: view.prompt_suggestion_id.and_then(|id| id.parse().ok()),
        }
    }
}

impl From<GenerationDraft> for DraftView {
    fn from(draft: GenerationDraft) -> Self {
        Self {
            model_id: draft.model_id,
            prompt: draft.prompt,
            negative_prompt: draft.negative_prompt,
            aspect_ratio: match draft.aspect_ratio {
                AspectRatio::Square => AspectRatioView::Square,
                AspectRatio::Wide => AspectRatioView::Wide,
            },
            num_outputs: draft.num_outputs,
            steps: draft.steps,
            guidance_scale: draft.guidance_scale,
            prompt_strength: draft.prompt_strength,
            seed: draft.seed,
            output_format: match draft.output_format {
                OutputFormat::Webp => OutputFormatView::Webp,
                OutputFormat::Png => OutputFormatView::Png,
                OutputFormat::Jpg => OutputFormatView::Jpg,
            },
            output_quality: draft.output_quality,
            safety_checker: draft.safety_checker,
            hf_loras: draft.hf_loras,
            lora_scales: draft.lora_scales,
            width: draft.width,
            height: draft.height,
            prompt_suggestion_id: draft.prompt_suggestion_id.map(|id| id.to_string()),
        }
    }
}
