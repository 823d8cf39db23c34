//! Arguments and answer of `request_generation`.

use amethyst_model::{AspectRatio, GenerationDraft, GenerationId, OutputFormat, SuggestionId};
use serde::{Deserialize, Serialize};

/// The arguments. Both LoRA lists are always sent: the server's default for an absent one is not "none".
#[derive(Serialize)]
pub(crate) struct GenerationRequestWire<'a> {
    p_id: GenerationId,
    p_model_id: &'a str,
    p_prompt: &'a str,
    p_negative_prompt: &'a str,
    p_aspect_ratio: AspectRatio,
    p_num_outputs: i64,
    p_steps: i64,
    p_guidance_scale: f64,
    p_prompt_strength: f64,
    p_seed: i64,
    p_output_format: OutputFormat,
    p_output_quality: i64,
    p_safety_checker: bool,
    p_hf_loras: &'a [String],
    p_lora_scales: &'a [f64],
    #[serde(skip_serializing_if = "Option::is_none")]
    p_width: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p_height: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p_prompt_suggestion_id: Option<SuggestionId>,
    p_max_cost: i64,
}

impl<'a> GenerationRequestWire<'a> {
    pub(crate) fn new(id: GenerationId, draft: &'a GenerationDraft, max_cost: i64) -> Self {
        Self {
            p_id: id,
            p_model_id: &draft.model_id,
            p_prompt: &draft.prompt,
            p_negative_prompt: &draft.negative_prompt,
            p_aspect_ratio: draft.aspect_ratio,
            p_num_outputs: draft.num_outputs,
            p_steps: draft.steps,
            p_guidance_scale: draft.guidance_scale,
            p_prompt_strength: draft.prompt_strength,
            p_seed: draft.seed,
            p_output_format: draft.output_format,
            p_output_quality: draft.output_quality,
            p_safety_checker: draft.safety_checker,
            p_hf_loras: &draft.hf_loras,
            p_lora_scales: &draft.lora_scales,
            p_width: draft.width,
            p_height: draft.height,
            p_prompt_suggestion_id: draft.prompt_suggestion_id,
            p_max_cost: max_cost,
        }
    }
}

/// The answer.
#[derive(Deserialize)]
pub(crate) struct RequestedWire {
    pub(crate) created: bool,
    pub(crate) status: String,
    pub(crate) credits_cost: i64,
    pub(crate) credits_balance: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::fixture;
    use uuid::Uuid;

    #[test]
    fn arguments_are_those_of_the_function() {
        let draft = GenerationDraft {
            prompt: "un renard dans la brume".into(),
            hf_loras: vec!["AndyVampiro/fog".into()],
            lora_scales: vec![0.5],
            ..GenerationDraft::default()
        };
        let id = GenerationId(Uuid::parse_str("0193f0a0-0000-7000-8000-000000000001").unwrap());
        let sent = serde_json::to_value(GenerationRequestWire::new(id, &draft, 4)).unwrap();
        assert_eq!(sent, fixture("rest_request_generation_arguments"));
    }

    #[test]
    fn the_answer_is_read() {
        let answer: RequestedWire =
            serde_json::from_value(fixture("rest_request_generation")).unwrap();
        assert!(answer.created && answer.status == "pending");
        assert_eq!((answer.credits_cost, answer.credits_balance), (1, 99));
    }
}
