//! The last word about a job, and how it reaches the server.

use std::time::Duration;

use amethyst_model::Backoff;
use serde_json::{Value, json};

use crate::hosted::{CallError, Hosted};
use crate::job::{Job, Ticket};
use crate::metrics::{JobOutcome, Metrics};
use crate::settle::Decision;
use crate::tally;

/// Tries for a last word, which costs the user most if it is lost.
const TRIES: u32 = 6;

const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(500),
    cap: Duration::from_secs(10),
};

/// What is said about a job in the end.
pub(crate) enum Word {
    /// The images are handed over.
    Complete { images: Vec<Value>, metadata: Value },
    /// Given up, or, if it may be tried again, back into the queue.
    Fail {
        code: String,
        is_retryable: bool,
        told: Value,
    },
    /// Back into the queue, not counted as an attempt.
    Postpone {
        code: String,
        wait: Duration,
        is_patient: bool,
        told: Value,
    },
    /// It is said already.
    Said,
    /// The job is no longer ours.
    Nothing,
}

impl Word {
    /// A failure for good, without anything to tell of the provider.
    pub(crate) fn fail(code: &str) -> Self {
        Self::Fail {
            code: code.to_owned(),
            is_retryable: false,
            told: json!({}),
        }
    }

    /// What a decision comes to. `told` is the worker's part of the receipt.
    pub(crate) fn of(
        decision: Decision,
        images: Vec<Value>,
        mut metadata: serde_json::Map<String, Value>,
        told: Value,
    ) -> Self {
        match decision {
            Decision::Complete(_) => {
                metadata.insert("receipt".to_owned(), told);
                Self::Complete {
                    images,
                    metadata: Value::Object(metadata),
                }
            }
            Decision::Retry(failure) => Self::Fail {
                code: failure.code,
                is_retryable: true,
                told,
            },
            Decision::Wait(failure, wait) => Self::Postpone {
                code: failure.code,
                wait,
                is_patient: false,
                told,
            },
            Decision::Fail(failure, _) => Self::Fail {
                code: failure.code,
                is_retryable: false,
                told,
            },
        }
    }
}

/// Who speaks: the project, the counters, and the provider that the job was for.
pub(crate) struct Speaker<'a> {
    pub(crate) hosted: &'a Hosted,
    pub(crate) metrics: &'a Metrics,
    pub(crate) provider: &'a str,
}

impl Speaker<'_> {
    /// Hands the images over, and tries until it is heard: they are there, and while the lease holds nobody else may
    /// finish. The heartbeat beside it ends the wait when the lease is gone.
    pub(crate) async fn complete(&self, job: &Job, images: Vec<Value>, metadata: Value) -> Word {
        let (id, token) = (job.id, job.lease_token);
        let mut tries = 0;
        loop {
            match self.hosted.complete(id, token, &images, &metadata).await {
                Ok(refunded) => {
                    tracing::info!(prompt = %id, images = images.len(), refunded, "completed");
                    let receipt = metadata.get("receipt").unwrap_or(&Value::Null);
                    tally::ended(
                        self.metrics,
                        self.provider,
                        job,
                        images.len(),
                        refunded,
                        receipt,
                    );
                    let outcome = match images.len() == job.num_outputs as usize {
                        true => JobOutcome::Completed,
                        false => JobOutcome::Partial,
                    };
                    self.metrics.job_ended(self.provider, outcome);
                    return Word::Said;
                }
                Err(CallError::StaleLease) => return Word::Nothing,
                // The user deleted request or account meanwhile.
                Err(CallError::Refused(refusal)) if refusal.status == 404 => return Word::Nothing,
                Err(error) if error.is_passing() => {
                    tries += 1;
                    tracing::warn!(prompt = %id, %error, "cannot complete yet");
                    let wait = BACKOFF.wait(tries, rand::random(), error.retry_after());
                    tokio::time::sleep(wait).await;
                }
                Err(error) => {
                    tracing::error!(prompt = %id, %error, "completing was refused");
                    return Word::fail("delivery_failed");
                }
            }
        }
    }

    /// Ends the job on the server's side. If even that cannot be said, the lease runs out and the queue decides.
    pub(crate) async fn say(&self, ticket: Ticket, job: Option<&Job>, word: Word) {
        let (id, token) = (ticket.id, ticket.lease_token);
        if let Word::Nothing = word {
            tracing::info!(prompt = %id, "the job is no longer ours");
            self.metrics.job_ended(self.provider, JobOutcome::Lost);
        }
        for tries in 1..=TRIES {
            let (code, told, said) = match &word {
                Word::Fail {
                    code,
                    is_retryable,
                    told,
                } => {
                    let said = self.hosted.fail(id, token, code, *is_retryable, told).await;
                    (code, told, said)
                }
                Word::Postpone {
                    code,
                    wait,
                    is_patient,
                    told,
                } => {
                    let hosted = self.hosted;
                    let said = hosted
                        .postpone(id, token, *wait, code, *is_patient, told)
                        .await;
                    (code, told, said)
                }
                Word::Complete { .. } | Word::Said | Word::Nothing => return,
            };
            match said {
                Ok(is_over) => {
                    tracing::info!(prompt = %id, code, is_over, "ended without images");
                    self.metrics
                        .job_ended(self.provider, tally::given_up(code, is_over));
                    if let Some(job) = job.filter(|_| is_over) {
                        tally::ended(self.metrics, self.provider, job, 0, job.credits_cost, told);
                    }
                    return;
                }
                Err(CallError::StaleLease) => return,
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
        tracing::error!(prompt = %id, "the end of a job is not told");
    }
}
