//! One job from claim to end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use amethyst_model::Backoff;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::attempt::{Attempt, Outcome};
use crate::breaker::Breaker;
use crate::config::Config;
use crate::follow::{Follow, abandon};
use crate::heartbeat::{Interrupted, keep};
use crate::hosted::{CallError, Hosted};
use crate::job::{Job, Ticket};
use crate::provider::{Desk, Progress, Provider, Providers};
use crate::settle::Decision;

/// Tries for the last word about a job, which costs the user most if it is lost.
const LAST_WORD_TRIES: u32 = 6;

/// How long remote work may take to be cancelled.
const FAREWELL: Duration = Duration::from_secs(20);

/// How long a job is left alone that came too early to a half-open circuit.
const ASIDE: Duration = Duration::from_secs(5);

const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(500),
    cap: Duration::from_secs(10),
};

/// What every job needs. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) hosted: Hosted,
    pub(crate) config: Arc<Config>,
    pub(crate) providers: Providers,
    pub(crate) breaker: Breaker,
}

/// What is said about a job in the end.
enum Word {
    Complete {
        images: Vec<Value>,
        metadata: Value,
    },
    Fail {
        code: String,
        is_retryable: bool,
        told: Value,
    },
    Postpone {
        code: String,
        wait: Duration,
        is_patient: bool,
        told: Value,
    },
    /// It is said already.
    Completed {
        images: usize,
    },
    /// The job is no longer ours.
    Nothing,
}

/// Does one claimed job. Never fails itself: whatever happens is told to the server, or, if the job is no longer this
/// worker's, to nobody. `hurry` ends the work and gives the job back.
pub(crate) async fn work(bench: &Bench, claim: Value, hurry: &CancellationToken) {
    let Ok(ticket) = serde_json::from_value::<Ticket>(claim.clone()) else {
        // Without id and token there is nobody to answer; the lease runs out by itself.
        tracing::error!("a claim without id or lease token");
        return;
    };
    let started = tokio::time::Instant::now();
    let word = match serde_json::from_value::<Job>(claim) {
        Ok(job) => {
            tracing::info!(prompt = %job.id, attempt = job.attempt, model = job.model_id, "claimed");
            begin(bench, &job, hurry).await
        }
        Err(error) => {
            tracing::error!(prompt = %ticket.id, %error, "cannot read a claim");
            fail("invalid_request")
        }
    };
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    log(&ticket, &word, ms);
    say(&bench.hosted, ticket, word).await;
}

fn fail(code: &str) -> Word {
    Word::Fail {
        code: code.to_owned(),
        is_retryable: false,
        told: json!({}),
    }
}

async fn begin(bench: &Bench, job: &Job, hurry: &CancellationToken) -> Word {
    let Some(provider) = job.provider().and_then(|name| bench.providers.get(name)) else {
        return fail("unknown_provider");
    };
    if !bench.breaker.admit(&job.model_id, Instant::now()) {
        return Word::Postpone {
            code: "provider_unavailable".to_owned(),
            wait: ASIDE,
            is_patient: false,
            told: json!({}),
        };
    }
    let stop = CancellationToken::new();
    // Whatever ends this attempt ends the painting too, even if this future is dropped.
    let _stopped_at_the_end = stop.clone().drop_guard();
    let (progress, news) = watch::channel(Progress::default());
    let (desk, outputs) = Desk::new(Arc::new(progress), stop);
    let (follow, nudge) = (Follow::default(), Notify::new());
    let attempt = Attempt {
        hosted: &bench.hosted,
        job,
        provider: Arc::clone(&provider),
        nudge: &nudge,
        follow: &follow,
    };
    let working = async {
        match conclude(bench, job, attempt.run(desk, outputs).await) {
            Word::Complete { images, metadata } => {
                complete(&bench.hosted, job, images, metadata).await
            }
            word => word,
        }
    };
    let interrupted = tokio::select! {
        biased;
        word = working => return word,
        interrupted = keep(&bench.hosted, job.id, job.lease_token, bench.config.lease, news, &nudge) => interrupted,
        () = hurry.cancelled() => {
            bench.breaker.undecided(&job.model_id);
            // Remote work goes on; whoever comes next takes it up.
            return Word::Postpone {
                code: "worker_stopped".to_owned(),
                wait: Duration::ZERO,
                is_patient: true,
                told: json!({}),
            };
        }
    };
    bench.breaker.undecided(&job.model_id);
    match interrupted {
        Interrupted::Lost => Word::Nothing,
        Interrupted::Cancelled => {
            let abandoned = abandon(provider.as_ref() as &dyn Provider, follow.running());
            if tokio::time::timeout(FAREWELL, abandoned).await.is_err() {
                tracing::warn!(prompt = %job.id, "cancelling remote work takes too long");
            }
            fail("cancelled")
        }
    }
}

fn conclude(bench: &Bench, job: &Job, outcome: Outcome) -> Word {
    match outcome.verdict {
        Some(Ok(())) => bench.breaker.succeeded(&job.model_id),
        Some(Err(class)) => {
            bench
                .breaker
                .failed(&job.model_id, class, Instant::now(), rand::random())
        }
        None => bench.breaker.undecided(&job.model_id),
    }
    let told = outcome.receipt;
    match outcome.decision {
        Decision::Complete(_) => {
            let mut metadata = outcome.metadata;
            metadata.insert("receipt".to_owned(), told);
            Word::Complete {
                images: outcome.images,
                metadata: Value::Object(metadata),
            }
        }
        Decision::Retry(failure) => Word::Fail {
            code: failure.code,
            is_retryable: true,
            told,
        },
        Decision::Wait(failure, wait) => Word::Postpone {
            code: failure.code,
            wait,
            is_patient: false,
            told,
        },
        Decision::Fail(failure, _) => Word::Fail {
            code: failure.code,
            is_retryable: false,
            told,
        },
    }
}

fn log(ticket: &Ticket, word: &Word, ms: u64) {
    let prompt = ticket.id;
    match word {
        Word::Complete { .. } => {}
        Word::Completed { images } => tracing::info!(%prompt, images, ms, "completed"),
        Word::Fail {
            code, is_retryable, ..
        } if code == "cancelled" => {
            tracing::info!(%prompt, is_retryable, ms, "cancelled by the user");
        }
        Word::Fail {
            code, is_retryable, ..
        } => {
            tracing::warn!(%prompt, code, is_retryable, ms, "failed");
        }
        Word::Postpone { code, wait, .. } => {
            tracing::info!(%prompt, code, seconds = wait.as_secs(), "put back");
        }
        Word::Nothing => tracing::info!(%prompt, "the job is no longer ours"),
    }
}

/// Hands the images over, and tries until it is heard: they are there, and while the lease holds nobody else may
/// finish. The heartbeat beside it ends the wait when the lease is gone.
async fn complete(hosted: &Hosted, job: &Job, images: Vec<Value>, metadata: Value) -> Word {
    let (id, token) = (job.id, job.lease_token);
    let mut tries = 0;
    loop {
        match hosted.complete(id, token, &images, &metadata).await {
            Ok(()) => {
                return Word::Completed {
                    images: images.len(),
                };
            }
            Err(CallError::StaleLease) => return Word::Nothing,
            // The user deleted request or account meanwhile.
            Err(CallError::Refused(refusal)) if refusal.status == 404 => return Word::Nothing,
            Err(error) if error.is_passing() => {
                tries += 1;
                tracing::warn!(prompt = %id, %error, "cannot complete yet");
                tokio::time::sleep(BACKOFF.wait(tries, rand::random(), error.retry_after())).await;
            }
            Err(error) => {
                tracing::error!(prompt = %id, %error, "completing was refused");
                return fail("delivery_failed");
            }
        }
    }
}

/// Ends the job on the server's side. If even that cannot be said, the lease runs out and the queue decides.
async fn say(hosted: &Hosted, ticket: Ticket, word: Word) {
    let (id, token) = (ticket.id, ticket.lease_token);
    for tries in 1..=LAST_WORD_TRIES {
        let said = match &word {
            Word::Fail {
                code,
                is_retryable,
                told,
            } => hosted.fail(id, token, code, *is_retryable, told).await,
            Word::Postpone {
                code,
                wait,
                is_patient,
                told,
            } => {
                hosted
                    .postpone(id, token, *wait, code, *is_patient, told)
                    .await
            }
            Word::Complete { .. } | Word::Completed { .. } | Word::Nothing => return,
        };
        match said {
            Ok(()) | Err(CallError::StaleLease) => return,
            Err(error) if error.is_passing() => {
                let wait = BACKOFF.wait(tries, rand::random(), error.retry_after());
                tokio::time::sleep(wait).await;
            }
            Err(error) => {
                tracing::error!(prompt = %id, %error, "cannot give a job up");
                return;
            }
        }
    }
}
