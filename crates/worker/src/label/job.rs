//! The origin of an image out of the job that it was made for.

use amethyst_model::Adapted;

use super::{Origin, Recipe};
use crate::job::Job;

impl Origin {
    /// Of the image at `index`, made with `seed` where the model has seeds. What was used stands in it, not what was
    /// asked for; its size is known once the picture is.
    pub(crate) fn of(job: &Job, adapted: &Adapted, index: u32, seed: Option<u64>) -> Self {
        let loras = adapted
            .loras
            .iter()
            .map(|(name, scale)| (name.as_str(), *scale));
        let recipe = Recipe {
            prompt: job.prompt.clone(),
            negative_prompt: adapted.negative_prompt.clone().unwrap_or_default(),
            seed,
            steps: adapted.steps.and_then(|steps| u32::try_from(steps).ok()),
            guidance_scale: adapted.guidance,
            prompt_strength: adapted.strength,
            index: Some(index),
            ..Recipe::default()
        };
        Self {
            provider: job.provider().unwrap_or_default().to_owned(),
            model: job.model_id.clone(),
            version: job.model_version.clone(),
            from_source: adapted.has_source,
            // When it was asked for, not when it was made: a second attempt must write the same bytes, because a
            // worker that lost its lease may still be writing.
            at: job.created_at,
            recipe: recipe.with_loras(loras),
        }
    }
}
