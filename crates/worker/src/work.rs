//! One job from claim to end.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::attempt::{Attempt, Outcome};
use crate::breaker::Breaker;
use crate::config::Config;
use crate::follow::{Follow, abandon};
use crate::heartbeat::{Interrupted, keep};
use crate::hosted::Hosted;
use crate::job::{Job, Ticket};
use crate::metrics::Metrics;
use crate::moderate::Moderator;
use crate::provider::{Desk, Progress, Provider, Providers};
use crate::tally;
use crate::word::{Speaker, Word};

/// How long remote work may take to be cancelled.
const FAREWELL: Duration = Duration::from_secs(20);

/// How long a job is left alone that came too early to a half-open circuit.
const ASIDE: Duration = Duration::from_secs(5);

/// What every job needs. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) hosted: Hosted,
    pub(crate) config: Arc<Config>,
    pub(crate) providers: Providers,
    pub(crate) breaker: Breaker,
    pub(crate) metrics: Metrics,
    pub(crate) moderator: Option<Arc<Moderator>>,
}

/// Does one claimed job. Never fails itself: whatever happens is told to the server, or, if the job is no longer this
/// worker's, to nobody. `hurry` ends the work and gives the job back.
pub(crate) async fn work(bench: &Bench, claim: Value, hurry: &CancellationToken) {
    let Ok(ticket) = serde_json::from_value::<Ticket>(claim.clone()) else {
        // Without id and token there is nobody to answer; the lease runs out by itself.
        tracing::error!("a claim without id or lease token");
        return;
    };
    let _in_hand = bench.metrics.in_hand();
    let job = match serde_json::from_value::<Job>(claim) {
        Ok(job) => {
            tracing::info!(prompt = %job.id, attempt = job.attempt, model = job.model_id, "claimed");
            Some(job)
        }
        Err(error) => {
            tracing::error!(prompt = %ticket.id, %error, "cannot read a claim");
            None
        }
    };
    let speaker = Speaker {
        hosted: &bench.hosted,
        metrics: &bench.metrics,
        provider: job.as_ref().and_then(Job::provider).unwrap_or("unknown"),
    };
    let word = match &job {
        Some(job) => begin(bench, &speaker, job, hurry).await,
        None => Word::fail("invalid_request"),
    };
    speaker.say(ticket, job.as_ref(), word).await;
}

async fn begin(bench: &Bench, speaker: &Speaker<'_>, job: &Job, hurry: &CancellationToken) -> Word {
    let Some(provider) = job.provider().and_then(|name| bench.providers.get(name)) else {
        return Word::fail("unknown_provider");
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
        moderator: bench.moderator.as_deref(),
    };
    let working = async {
        match conclude(
            bench,
            job,
            provider.name(),
            attempt.run(desk, outputs).await,
        ) {
            Word::Complete { images, metadata } => speaker.complete(job, images, metadata).await,
            word => word,
        }
    };
    let lease = bench.config.lease;
    let beating = keep(&bench.hosted, job.id, job.lease_token, lease, news, &nudge);
    let interrupted = tokio::select! {
        biased;
        word = working => return word,
        interrupted = beating => Some(interrupted),
        () = hurry.cancelled() => None,
    };
    bench.breaker.undecided(&job.model_id);
    match interrupted {
        // Remote work goes on; whoever comes next takes it up.
        None => Word::Postpone {
            code: "worker_stopped".to_owned(),
            wait: Duration::ZERO,
            is_patient: true,
            told: json!({}),
        },
        Some(Interrupted::Lost) => Word::Nothing,
        Some(Interrupted::Cancelled) => {
            let abandoned = abandon(provider.as_ref() as &dyn Provider, follow.running());
            if tokio::time::timeout(FAREWELL, abandoned).await.is_err() {
                tracing::warn!(prompt = %job.id, "cancelling remote work takes too long");
            }
            Word::fail("cancelled")
        }
    }
}

fn conclude(bench: &Bench, job: &Job, provider: &'static str, outcome: Outcome) -> Word {
    let (breaker, model) = (&bench.breaker, &job.model_id);
    match outcome.verdict {
        Some(Ok(())) => breaker.succeeded(model),
        Some(Err(class)) => breaker.failed(model, class, Instant::now(), rand::random()),
        None => breaker.undecided(model),
    }
    tally::circuit(&bench.metrics, breaker, model);
    tally::provided(&bench.metrics, provider, &outcome);
    Word::of(
        outcome.decision,
        outcome.images,
        outcome.metadata,
        outcome.receipt,
    )
}
