//! The look at a prompt before any money is spent on it.

use amethyst_model::Adapted;

use crate::config::Config;
use crate::job::Job;
use crate::openai::OpenAi;
use crate::openai::moderation::check_prompt;
use crate::outside::Class;
use crate::provider::Failure;

/// A moderator, where there is a key for one.
pub(crate) struct Moderator {
    openai: OpenAi,
    model: String,
}

/// Why a prompt is not sent to anybody.
pub(crate) struct Refusal {
    pub(crate) failure: Failure,
    /// The categories for which it is refused; none where the moderator could not be asked.
    pub(crate) categories: Vec<String>,
}

impl Moderator {
    /// The configured one.
    ///
    /// # Errors
    /// If the system's certificates are unreadable.
    pub(crate) fn of(config: &Config) -> Result<Option<Self>, reqwest::Error> {
        let Some(openai) = &config.openai else {
            return Ok(None);
        };
        let Some(model) = openai.moderation_model.clone() else {
            return Ok(None);
        };
        Ok(Some(Self {
            openai: OpenAi::new(openai)?,
            model,
        }))
    }

    /// Looks. While the moderator cannot be asked nothing is painted: the request waits.
    pub(crate) async fn look(&self, job: &Job, adapted: &Adapted) -> Result<(), Refusal> {
        let negative = adapted.negative_prompt.as_deref().unwrap_or_default();
        let verdict = check_prompt(
            &self.openai,
            &self.model,
            &job.prompt,
            negative,
            adapted.safety_checker,
        )
        .await;
        match verdict {
            Ok(verdict) if verdict.allowed => Ok(()),
            Ok(verdict) => {
                let categories = verdict.categories;
                tracing::info!(prompt = %job.id, ?categories, "refused before it is paid for");
                Err(Refusal {
                    failure: Failure::new("prompt_rejected", Class::UserContent).charged(false),
                    categories,
                })
            }
            Err(trouble) => {
                tracing::warn!(prompt = %job.id, %trouble, "nobody looks at prompts now");
                // Not the user's fault, and no attempt of his.
                let failure = Failure {
                    retry_after: trouble.retry_after,
                    ..Failure::new("provider_unavailable", Class::Outage)
                };
                Err(Refusal {
                    failure,
                    categories: Vec::new(),
                })
            }
        }
    }
}
