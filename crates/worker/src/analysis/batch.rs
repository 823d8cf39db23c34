//! One batch from claim to end: images beside each other, each told about as soon as it is done.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use amethyst_model::Backoff;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::job::{AnalysisKind, Lease, Subject};
use super::outcome::{Again, Finding, Miss};
use super::service::Service;
use crate::hosted::{CallError, Hosted, Told};

/// Images that are looked at together.
const BESIDE: usize = 4;

/// Tries to tell a result; after that the leases run out and the work is done again.
const TRIES: u32 = 6;

const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(400),
    cap: Duration::from_secs(10),
};

/// The jobs of a batch whose end was not told yet.
struct Open(Mutex<BTreeSet<Lease>>);

impl Open {
    fn of(subjects: &[Subject]) -> Self {
        let leases = subjects
            .iter()
            .flat_map(|subject| subject.leases.values().copied());
        Self(Mutex::new(leases.collect()))
    }

    fn close(&self, lease: &Lease) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(lease);
    }

    fn left(&self) -> Vec<Lease> {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.iter().copied().collect()
    }
}

/// Does a claimed batch. Never fails itself: what happens is told to the server, or the leases run out. `hurry` ends
/// the work and gives back what is not done.
pub(super) async fn work(
    service: &Service,
    hosted: &Hosted,
    lease: Duration,
    claim: Vec<Value>,
    hurry: &CancellationToken,
) {
    let subjects = Subject::group(claim);
    let open = Open::of(&subjects);
    tokio::select! {
        biased;
        () = all(service, hosted, &subjects, &open) => {}
        () = keep(hosted, lease, &open) => {}
        () = hurry.cancelled() => {
            let stopped = Miss {
                code: "worker_stopped".to_owned(),
                again: Again::After(Duration::ZERO),
            };
            let left = open.left();
            tracing::info!(jobs = left.len(), "analyses given back");
            let failures = left.iter().map(|lease| stopped.told(lease)).collect();
            tell(hosted, Vec::new(), failures).await;
        }
    }
}

async fn all(service: &Service, hosted: &Hosted, subjects: &[Subject], open: &Open) {
    let mut looks: Vec<BoxFuture<'_, ()>> = Vec::new();
    for subject in subjects {
        looks.push(Box::pin(look(service, hosted, subject, open)));
    }
    let looks = stream::iter(looks)
        .buffer_unordered(BESIDE)
        .for_each(|()| std::future::ready(()));
    tokio::join!(looks, embed(service, hosted, subjects, open));
}

async fn look(service: &Service, hosted: &Hosted, subject: &Subject, open: &Open) {
    let found = service.look(subject).await;
    let outcomes = found
        .into_iter()
        .filter_map(|(kind, outcome)| Some((*subject.leases.get(&kind)?, outcome)))
        .collect();
    end(service, hosted, open, outcomes).await;
}

async fn embed(service: &Service, hosted: &Hosted, subjects: &[Subject], open: &Open) {
    let found = service.embed(subjects).await;
    let outcomes = found
        .into_iter()
        .filter_map(|(subject, outcome)| {
            Some((*subject.leases.get(&AnalysisKind::Embedding)?, outcome))
        })
        .collect();
    end(service, hosted, open, outcomes).await;
}

/// Tells how jobs ended: results in one call, what failed in another.
async fn end(
    service: &Service,
    hosted: &Hosted,
    open: &Open,
    outcomes: Vec<(Lease, Result<Finding, Miss>)>,
) {
    let (mut results, mut failures) = (Vec::new(), Vec::new());
    for (lease, outcome) in &outcomes {
        service.count(lease.kind, outcome);
        match outcome {
            Ok(found) => results
                .push(lease.with(json!({ "version": found.version, "result": found.result }))),
            Err(miss) => failures.push(miss.told(lease)),
        }
    }
    tell(hosted, results, failures).await;
    for (lease, _) in &outcomes {
        open.close(lease);
    }
}

async fn tell(hosted: &Hosted, results: Vec<Value>, failures: Vec<Value>) {
    for word in [Word::Results(results), Word::Failures(failures)] {
        if !word.is_empty() {
            log(word.say(hosted).await);
        }
    }
}

/// What is told about jobs in one call.
enum Word {
    Results(Vec<Value>),
    Failures(Vec<Value>),
}

impl Word {
    fn is_empty(&self) -> bool {
        let (Self::Results(jobs) | Self::Failures(jobs)) = self;
        jobs.is_empty()
    }

    /// Tries again while the server is away; telling twice counts once.
    async fn say(&self, hosted: &Hosted) -> Result<Vec<Told>, CallError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let said = match self {
                Self::Results(results) => hosted.complete_analyses(results).await,
                Self::Failures(failures) => hosted.fail_analyses(failures).await,
            };
            match said {
                Err(error) if error.is_passing() && tries < TRIES => {
                    let wait = BACKOFF.wait(tries, rand::random(), error.retry_after());
                    tokio::time::sleep(wait).await;
                }
                outcome => return outcome,
            }
        }
    }
}

fn log(told: Result<Vec<Told>, CallError>) {
    match told {
        Ok(told) => {
            for Told {
                image_id,
                kind,
                outcome,
            } in told
            {
                match outcome.as_str() {
                    "completed" | "replay" | "queued" => {
                        tracing::debug!(image = %image_id, kind, outcome, "analysis told");
                    }
                    // Another worker has it, or the image is gone: nothing to do.
                    "stale_lease" | "unknown_image" => {
                        tracing::info!(image = %image_id, kind, outcome, "analysis came too late");
                    }
                    _ => tracing::warn!(image = %image_id, kind, outcome, "analysis ended badly"),
                }
            }
        }
        Err(error) => tracing::warn!(%error, "the end of analyses is not told"),
    }
}

/// Signs of life for what is still open, until dropped. A lost lease needs no word: its result will be refused.
async fn keep(hosted: &Hosted, lease: Duration, open: &Open) {
    loop {
        tokio::time::sleep(lease / 3).await;
        let leases: Vec<Value> = open.left().iter().map(|lease| json!(lease)).collect();
        if leases.is_empty() {
            continue;
        }
        if let Err(error) = hosted.extend_analyses(&leases, lease).await {
            tracing::warn!(%error, "no answer to a sign of life");
        }
    }
}
