//! One job from claim to end.

use std::time::Duration;

use amethyst_model::Backoff;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::deliver::deliver;
use crate::heartbeat::{Interrupted, keep};
use crate::hosted::{CallError, Hosted};
use crate::job::{Job, Ticket};
use crate::provider::{Failure, Order, Providers, Reporter};

/// Tries for the last word about a job, which costs the user most if it is lost.
const LAST_WORD_TRIES: u32 = 6;

const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(500),
    cap: Duration::from_secs(10),
};

/// How a job ended.
enum Outcome {
    Completed {
        images: usize,
    },
    Failed(Failure),
    Interrupted(Interrupted),
    /// The process ends; another worker takes the job over.
    Released,
}

/// Does one claimed job. Never fails itself: whatever happens is told to the server, or, if the job is no
/// longer this worker's, to nobody. `hurry` ends the work and gives the job back.
pub(crate) async fn work(
    hosted: &Hosted,
    config: &Config,
    providers: &Providers,
    claim: Value,
    hurry: &CancellationToken,
) {
    let Ok(ticket) = serde_json::from_value::<Ticket>(claim.clone()) else {
        // Without id and token there is nobody to answer; the lease runs out by itself.
        tracing::error!("a claim without id or lease token");
        return;
    };
    let started = tokio::time::Instant::now();
    let outcome = match serde_json::from_value::<Job>(claim) {
        Ok(job) => {
            tracing::info!(prompt = %job.id, attempt = job.attempt, model = job.model_id, "claimed");
            attempt(hosted, config, providers, &job, hurry).await
        }
        Err(error) => {
            tracing::error!(prompt = %ticket.id, %error, "cannot read a claim");
            Outcome::Failed(Failure::lasting("invalid_request"))
        }
    };
    let prompt = ticket.id;
    match outcome {
        Outcome::Completed { images } => {
            let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(%prompt, images, ms, "completed");
        }
        Outcome::Interrupted(Interrupted::Lost) => {
            tracing::info!(%prompt, "the job is no longer ours");
        }
        Outcome::Interrupted(Interrupted::Cancelled) => {
            tracing::info!(%prompt, "cancelled by the user");
            give_up(hosted, ticket, &Failure::lasting("cancelled")).await;
        }
        Outcome::Released => {
            tracing::info!(%prompt, "given back");
            let stopped = Failure {
                code: "worker_stopped".to_owned(),
                retryable: true,
            };
            give_up(hosted, ticket, &stopped).await;
        }
        Outcome::Failed(failure) => {
            tracing::warn!(%prompt, code = failure.code, retryable = failure.retryable, "failed");
            give_up(hosted, ticket, &failure).await;
        }
    }
}

async fn attempt(
    hosted: &Hosted,
    config: &Config,
    providers: &Providers,
    job: &Job,
    hurry: &CancellationToken,
) -> Outcome {
    let stop = CancellationToken::new();
    // Whatever ends this attempt ends the painting too, even if this future is dropped.
    let _stopped_at_the_end = stop.clone().drop_guard();
    let (reporter, progress) = Reporter::new(stop);
    tokio::select! {
        biased;
        outcome = make(hosted, providers, job, reporter) => outcome.unwrap_or_else(Outcome::Failed),
        interrupted = keep(hosted, job.id, job.lease_token, config.lease, progress) => {
            Outcome::Interrupted(interrupted)
        }
        () = hurry.cancelled() => Outcome::Released,
    }
}

async fn make(
    hosted: &Hosted,
    providers: &Providers,
    job: &Job,
    reporter: Reporter,
) -> Result<Outcome, Failure> {
    let provider = job
        .provider()
        .and_then(|name| providers.get(name))
        .ok_or_else(|| Failure::lasting("unknown_provider"))?;
    let seed = job.resolved_seed();
    let mut pictures = provider.generate(order(job, seed), reporter).await?;
    pictures.truncate(job.num_outputs as usize);
    if pictures.is_empty() {
        return Err(Failure::lasting("no_images"));
    }
    let mut images = Vec::with_capacity(pictures.len());
    for (index, picture) in (0..).zip(pictures) {
        images.push(deliver(hosted, job, index, picture).await?);
    }
    let metadata = json!({ "seed": seed, "provider": provider.name() });
    complete(hosted, job, &images, &metadata).await
}

fn order(job: &Job, seed: u32) -> Order {
    Order {
        prompt: job.prompt.clone(),
        negative_prompt: job.negative_prompt.clone(),
        width: job.width,
        height: job.height,
        count: job.num_outputs,
        steps: job.steps,
        guidance: job.guidance_scale,
        prompt_strength: job.prompt_strength,
        seed,
        loras: job
            .hf_loras
            .iter()
            .cloned()
            .zip(job.lora_scales.iter().copied())
            .collect(),
        source_path: job.source_path.clone(),
        model_id: job.model_id.clone(),
    }
}

/// Tries until it is answered: the pictures are there, and while the lease holds nobody else may finish. The
/// heartbeat beside it ends the wait when the lease is gone.
async fn complete(
    hosted: &Hosted,
    job: &Job,
    images: &[Value],
    metadata: &Value,
) -> Result<Outcome, Failure> {
    let mut attempts = 0;
    loop {
        match hosted
            .complete(job.id, job.lease_token, images, metadata)
            .await
        {
            Ok(()) => {
                return Ok(Outcome::Completed {
                    images: images.len(),
                });
            }
            Err(CallError::StaleLease) => return Ok(Outcome::Interrupted(Interrupted::Lost)),
            // The user deleted request or account meanwhile.
            Err(CallError::Refused(refusal)) if refusal.status == 404 => {
                return Ok(Outcome::Interrupted(Interrupted::Lost));
            }
            Err(error) if error.is_passing() => {
                attempts += 1;
                tracing::warn!(prompt = %job.id, %error, "cannot complete yet");
                let wait = BACKOFF.wait(attempts, rand::random(), error.retry_after());
                tokio::time::sleep(wait).await;
            }
            Err(error) => {
                tracing::error!(prompt = %job.id, %error, "completing was refused");
                return Err(Failure::lasting("provider_failed"));
            }
        }
    }
}

/// Ends the job on the server's side. If even that cannot be said, the lease runs out and the queue decides.
async fn give_up(hosted: &Hosted, ticket: Ticket, failure: &Failure) {
    for attempt in 1..=LAST_WORD_TRIES {
        let said = hosted
            .fail(
                ticket.id,
                ticket.lease_token,
                &failure.code,
                failure.retryable,
            )
            .await;
        match said {
            Ok(()) | Err(CallError::StaleLease) => return,
            Err(error) if error.is_passing() => {
                let wait = BACKOFF.wait(attempt, rand::random(), error.retry_after());
                tokio::time::sleep(wait).await;
            }
            Err(error) => {
                tracing::error!(prompt = %ticket.id, %error, "cannot give a job up");
                return;
            }
        }
    }
}
