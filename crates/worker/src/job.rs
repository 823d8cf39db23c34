//! A claimed job: the request's row as the queue hands it out.

use std::collections::BTreeMap;

use amethyst_imaging::Format;
use amethyst_model::{AspectRatio, GenerationDraft, GenerationModel, OutputFormat};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

/// Fields of a claim that the worker uses.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Job {
    pub(crate) id: Uuid,
    pub(crate) user_id: Uuid,
    pub(crate) lease_token: Uuid,
    pub(crate) attempt: u32,
    #[serde(default)]
    pub(crate) max_attempts: u32,
    #[serde(default)]
    pub(crate) patience_until: Option<DateTime<Utc>>,
    pub(crate) prompt: String,
    #[serde(default)]
    pub(crate) negative_prompt: String,
    pub(crate) model_id: String,
    #[serde(default)]
    pub(crate) model_version: String,
    #[serde(default)]
    pub(crate) created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) aspect_ratio: AspectRatio,
    pub(crate) steps: i64,
    pub(crate) guidance_scale: f64,
    pub(crate) prompt_strength: f64,
    pub(crate) num_outputs: u32,
    pub(crate) seed: i64,
    pub(crate) output_format: OutputFormat,
    pub(crate) output_quality: u8,
    #[serde(default = "yes")]
    pub(crate) safety_checker: bool,
    pub(crate) width: u32,
    pub(crate) height: u32,
    #[serde(default)]
    pub(crate) credits_cost: i64,
    #[serde(default)]
    pub(crate) hf_loras: Vec<String>,
    #[serde(default)]
    pub(crate) lora_scales: Vec<f64>,
    #[serde(default)]
    pub(crate) source_path: Option<String>,
    #[serde(default)]
    provider: Option<String>,
    #[serde(default)]
    model_metadata: Option<Value>,
    #[serde(default)]
    remote: Option<Remote>,
}

/// What a worker before us kept about the provider's side.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Remote {
    /// The provider's id of the work under way.
    pub(crate) id: Option<String>,
    /// Since when it may be under way without its id being known.
    pub(crate) submitting_at: Option<DateTime<Utc>>,
    /// Rows of images that are stored already, by index.
    pub(crate) parts: BTreeMap<u32, Value>,
    /// How often it was submitted because a result could not be trusted.
    pub(crate) round: u32,
}

fn yes() -> bool {
    true
}

/// The two fields without which a claim cannot even be given back.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Ticket {
    pub(crate) id: Uuid,
    pub(crate) lease_token: Uuid,
}

impl Job {
    /// Name under which the provider of this job is registered: engines of one's own are told apart by the
    /// model's `kind`, all others by the provider. `None` if the model is gone.
    pub(crate) fn provider(&self) -> Option<&str> {
        match self.provider.as_deref() {
            Some("local") => self.model_metadata.as_ref()?.get("kind")?.as_str(),
            other => other,
        }
    }

    /// The format that the user gets.
    pub(crate) fn format(&self) -> Format {
        match self.output_format {
            OutputFormat::Webp => Format::Webp,
            OutputFormat::Png => Format::Png,
            OutputFormat::Jpg => Format::Jpeg,
        }
    }

    /// What a worker before us kept.
    pub(crate) fn remote(&self) -> Remote {
        self.remote.clone().unwrap_or_default()
    }

    /// The model as the catalog has it now, for what it can do.
    pub(crate) fn model(&self) -> GenerationModel {
        GenerationModel {
            id: self.model_id.clone(),
            name: self.model_id.clone(),
            description: None,
            provider: self.provider.clone().unwrap_or_default(),
            version: self.model_version.clone(),
            is_active: true,
            credits_cost: 0,
            metadata: self.model_metadata.clone().unwrap_or_default(),
        }
    }

    /// The request as the user filled it in.
    pub(crate) fn draft(&self) -> GenerationDraft {
        GenerationDraft {
            model_id: self.model_id.clone(),
            prompt: self.prompt.clone(),
            negative_prompt: self.negative_prompt.clone(),
            aspect_ratio: self.aspect_ratio,
            num_outputs: self.num_outputs.into(),
            steps: self.steps,
            guidance_scale: self.guidance_scale,
            prompt_strength: self.prompt_strength,
            seed: self.seed,
            output_format: self.output_format,
            output_quality: self.output_quality.into(),
            safety_checker: self.safety_checker,
            hf_loras: self.hf_loras.clone(),
            lora_scales: self.lora_scales.clone(),
            width: Some(self.width.into()),
            height: Some(self.height.into()),
            prompt_suggestion_id: None,
        }
    }

    /// Says who asks without saying who that is: the same for all requests of one user.
    pub(crate) fn user_tag(&self) -> String {
        let hash = blake3::derive_key(
            "amethyst 2026-11-23 user tag for providers",
            self.user_id.as_bytes(),
        );
        hex::encode(&hash[..16])
    }

    /// The seed of the first image. −1 asks for a drawn one: it follows from the job's id, whose random bits
    /// are as good as any, so that a second attempt paints the same pictures.
    pub(crate) fn resolved_seed(&self) -> u32 {
        let seed = if self.seed < 0 {
            let hash = blake3::hash(self.id.as_bytes());
            let bytes = hash.as_bytes();
            u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
        } else {
            // The column is a 32-bit integer.
            self.seed as u32
        };
        seed & 0x7FFF_FFFF
    }

    /// Id of the image at `index`, the same in every attempt.
    pub(crate) fn image_id(&self, index: u32) -> Uuid {
        Uuid::new_v5(&self.id, format!("image/{index}").as_bytes())
    }

    /// Folder of this job's objects within the bucket.
    pub(crate) fn folder(&self) -> String {
        format!("{}/{}", self.user_id, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job(seed: i64) -> Job {
        serde_json::from_value(json!({
            "id": "0190c0de-0000-7000-8000-000000000001",
            "user_id": "0190c0de-0000-7000-8000-000000000002",
            "lease_token": "0190c0de-0000-7000-8000-000000000003",
            "attempt": 1, "prompt": "a fox", "model_id": "sketch", "model_version": "1",
            "steps": 28, "guidance_scale": 7.5, "prompt_strength": 0.8, "num_outputs": 2, "seed": seed,
            "output_format": "webp", "output_quality": 90, "width": 1024, "height": 1024,
            "hf_loras": [], "lora_scales": [], "status": "processing", "provider": "local",
            "model_metadata": {"kind": "sketch", "max_loras": 4}
        }))
        .unwrap()
    }

    #[test]
    fn a_drawn_seed_is_the_same_in_every_attempt_and_fits_the_column() {
        assert_eq!(job(-1).resolved_seed(), job(-1).resolved_seed());
        assert!(i32::try_from(job(-1).resolved_seed()).is_ok());
        assert_eq!(job(0).resolved_seed(), 0);
        assert_eq!(job(42).resolved_seed(), 42);
    }

    #[test]
    fn image_ids_follow_from_the_job_and_differ_by_index() {
        assert_eq!(job(1).image_id(0), job(2).image_id(0));
        assert_ne!(job(1).image_id(0), job(1).image_id(1));
    }

    #[test]
    fn a_local_model_is_served_by_its_kind() {
        assert_eq!(job(1).provider(), Some("sketch"));
        let mut hosted = job(1);
        hosted.provider = Some("replicate".to_owned());
        assert_eq!(hosted.provider(), Some("replicate"));
        hosted.provider = None;
        assert_eq!(hosted.provider(), None);
    }
}
