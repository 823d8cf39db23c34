//! One request for better wordings, from claim to end.

use std::time::Duration;

use amethyst_model::Backoff;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::check::{fit, harmless};
use super::{LONGEST_WAIT, REFUSED, Suggester};
use crate::hosted::CallError;
use crate::openai::wording::{Wording, reword};
use crate::outside::{Class, Trouble};

/// Tries for the last word about a request.
const LAST_WORD_TRIES: u32 = 4;

const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(300),
    cap: Duration::from_secs(5),
};

/// A claimed request. No `Debug`: these are a user's words.
#[derive(Deserialize)]
struct Asked {
    id: Uuid,
    lease_token: Uuid,
    prompt: String,
    #[serde(default)]
    language: String,
}

/// Why there are no wordings.
struct Failed {
    code: &'static str,
    retryable: bool,
    /// Before anything else is asked of the service.
    pause: Duration,
}

impl Suggester {
    /// Serves one claim and tells its end; answers how long to leave the service alone.
    pub(super) async fn serve(&self, claim: Value, hurry: &CancellationToken) -> Duration {
        let Ok(asked) = serde_json::from_value::<Asked>(claim) else {
            // Its lease runs out by itself.
            tracing::error!("cannot read a request for wordings");
            return Duration::ZERO;
        };
        let outcome = tokio::select! {
            biased;
            outcome = self.word(&asked) => outcome,
            () = hurry.cancelled() => Err(Failed {
                code: "worker_stopped",
                retryable: true,
                pause: Duration::ZERO,
            }),
        };
        let (wordings, failed) = match outcome {
            Ok(wordings) => (Some(told(&wordings)), None),
            Err(failed) => (None, Some(failed)),
        };
        for attempt in 1..=LAST_WORD_TRIES {
            let said = match (&wordings, &failed) {
                (Some(wordings), _) => {
                    self.hosted
                        .complete_suggestions(asked.id, asked.lease_token, wordings, &self.model)
                        .await
                }
                (None, failed) => {
                    let (code, retryable) = failed
                        .as_ref()
                        .map_or(("provider_failed", false), |it| (it.code, it.retryable));
                    self.hosted
                        .fail_suggestions(asked.id, asked.lease_token, code, retryable)
                        .await
                }
            };
            match said {
                Ok(()) => {
                    let code = failed.as_ref().map_or("", |it| it.code);
                    tracing::info!(request = %asked.id, code, "wordings ended");
                    break;
                }
                Err(CallError::StaleLease) => break,
                Err(error) if error.is_passing() => {
                    let wait = BACKOFF.wait(attempt, rand::random(), error.retry_after());
                    tokio::time::sleep(wait).await;
                }
                Err(error) => {
                    tracing::error!(request = %asked.id, %error, "the end of wordings is not taken");
                    break;
                }
            }
        }
        failed.map_or(Duration::ZERO, |it| it.pause)
    }

    /// The wordings that may be offered; never none.
    async fn word(&self, asked: &Asked) -> Result<Vec<Wording>, Failed> {
        let given = reword(&self.openai, &self.model, &asked.prompt, &asked.language)
            .await
            .map_err(|trouble| failure(&asked.id, &trouble))?;
        let fitting = fit(&asked.prompt, given);
        if fitting.is_empty() {
            return Err(lasting("no_wordings"));
        }
        let Some(model) = &self.moderation else {
            return Ok(fitting);
        };
        let harmless = harmless(&self.openai, model, fitting)
            .await
            .map_err(|trouble| failure(&asked.id, &trouble))?;
        if harmless.is_empty() {
            return Err(lasting("content_rejected"));
        }
        Ok(harmless)
    }
}

fn told(wordings: &[Wording]) -> Value {
    wordings
        .iter()
        .map(|one| {
            json!({
                "wording": one.wording,
                "reason": one.reason,
                "confidence": one.confidence,
            })
        })
        .collect()
}

fn lasting(code: &'static str) -> Failed {
    Failed {
        code,
        retryable: false,
        pause: Duration::ZERO,
    }
}

/// By class: what the user may change, what passes, and what an operator must look at.
fn failure(request: &Uuid, trouble: &Trouble) -> Failed {
    tracing::warn!(%request, %trouble, "no wordings");
    match trouble.class {
        Class::UserContent => lasting("content_rejected"),
        Class::UserInput | Class::Unknown => lasting("provider_failed"),
        Class::Auth | Class::Quota => Failed {
            code: "provider_unavailable",
            retryable: true,
            pause: REFUSED,
        },
        Class::Rate | Class::Transient | Class::Outage => Failed {
            code: "provider_unavailable",
            retryable: true,
            pause: trouble.retry_after.unwrap_or_default().min(LONGEST_WAIT),
        },
    }
}
