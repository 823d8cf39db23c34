//! From the submission of an order to the end of the provider's work, over the deaths of workers.
//!
//! What must hold: before remote work may begin, the queue knows that it may; once its id is known, the queue knows
//! it. So the next worker asks for it, or looks for it, before it submits anything anew.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use amethyst_model::Backoff;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::attempt::Attempt;
use crate::clock;
use crate::job::Remote;
use crate::outside::Class;
use crate::provider::{Desk, Failure, Finished, Order, Provider, State};

/// Submissions of one order because its result could not be trusted.
const ROUNDS: u32 = 2;

/// How long remote work may go past its own deadline before we end it.
const GRACE: Duration = Duration::from_secs(20);

/// How long a provider may stay silent about work under way before the job is put back.
const SILENCE: Duration = Duration::from_secs(120);

const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(500),
    cap: Duration::from_secs(15),
};

/// Remote work under way, for whoever has to cancel it.
#[derive(Default)]
pub(crate) struct Follow {
    running: Mutex<Running>,
}

/// Where remote work may be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Running {
    /// Its id.
    pub(crate) id: Option<String>,
    /// Its order, if it may have begun without an id being known, and since when.
    pub(crate) unknown: Option<(Box<Order>, DateTime<Utc>)>,
}

impl Follow {
    /// Where remote work may be now.
    pub(crate) fn running(&self) -> Running {
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note(&self, id: Option<String>, unknown: Option<(Box<Order>, DateTime<Utc>)>) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Running { id, unknown };
    }

    /// Has an order made.
    pub(crate) async fn produce(
        &self,
        attempt: &Attempt<'_>,
        order: &Order,
        remote: Remote,
        desk: &Desk,
    ) -> Result<Finished, Failure> {
        let provider = attempt.provider.as_ref();
        let mut order = order.clone();
        let mut since = remote.submitting_at;
        let mut id = remote.id;
        if id.is_none()
            && let Some(since) = since
        {
            id = provider.find(&order, since).await?;
            if id.is_some() {
                tracing::info!(prompt = %order.id, "found work that was lost with its worker");
            }
        }
        loop {
            let state = match id.take() {
                Some(id) => State::Running(id),
                None => {
                    since = Some(clock::now());
                    self.submit(attempt, &order, desk).await?
                }
            };
            let ended = match state {
                State::Running(id) => {
                    self.note(Some(id.clone()), None);
                    let kept = json!({ "id": id, "round": order.round });
                    keep(attempt, &kept).await;
                    self.wait(attempt, &id, &order, since.unwrap_or_else(clock::now), desk)
                        .await?
                }
                other => other,
            };
            self.note(None, None);
            match ended {
                State::Finished(finished) => return Ok(finished),
                State::Again(reason) if order.round + 1 < ROUNDS => {
                    tracing::warn!(prompt = %order.id, reason, "submitting once more");
                    order.round += 1;
                    let forgotten =
                        json!({ "id": null, "submitting_at": null, "round": order.round });
                    keep(attempt, &forgotten).await;
                }
                State::Again(reason) => return Err(Failure::lasting(reason).charged(true)),
                State::Running(_) => return Err(Failure::unknown("provider_failed")),
            }
        }
    }

    async fn submit(
        &self,
        attempt: &Attempt<'_>,
        order: &Order,
        desk: &Desk,
    ) -> Result<State, Failure> {
        let provider = attempt.provider.as_ref();
        if !provider.is_remote() {
            return provider.submit(order, desk).await;
        }
        let since = clock::now();
        // If even this cannot be noted, nothing may begin: it could be paid for twice.
        let job = attempt.job;
        let noted = json!({ "submitting_at": since, "round": order.round });
        match attempt
            .hosted
            .keep_remote(job.id, job.lease_token, &noted)
            .await
        {
            Ok(true) => {}
            Ok(false) => return Err(Failure::passing("ended")),
            Err(_) => return Err(Failure::new("provider_unavailable", Class::Outage)),
        }
        self.note(None, Some((Box::new(order.clone()), since)));
        match provider.submit(order, desk).await {
            Err(failure)
                if matches!(
                    failure.class,
                    Class::Outage | Class::Transient | Class::Unknown
                ) =>
            {
                // It may have begun all the same.
                match provider.find(order, since).await? {
                    Some(id) => Ok(State::Running(id)),
                    None => {
                        keep(attempt, &json!({ "submitting_at": null })).await;
                        Err(failure)
                    }
                }
            }
            Err(failure) => {
                keep(attempt, &json!({ "submitting_at": null })).await;
                Err(failure)
            }
            state => state,
        }
    }

    /// Until it has ended. Troubles on the way do not end it: the work goes on without us.
    async fn wait(
        &self,
        attempt: &Attempt<'_>,
        id: &str,
        order: &Order,
        since: DateTime<Utc>,
        desk: &Desk,
    ) -> Result<State, Failure> {
        let provider = attempt.provider.as_ref();
        let mut heard = Instant::now();
        let mut troubles = 0;
        loop {
            let pause = match provider.poll(id, order, desk).await {
                Ok(State::Running(_)) => {
                    heard = Instant::now();
                    troubles = 0;
                    provider.pause()
                }
                Ok(ended) => return Ok(ended),
                Err(failure)
                    if failure.class.is_passing()
                        && !is_answer(&failure)
                        && heard.elapsed() < SILENCE =>
                {
                    troubles += 1;
                    tracing::debug!(prompt = %order.id, %failure, "no news of remote work");
                    BACKOFF.wait(troubles, rand::random(), failure.retry_after)
                }
                Err(failure) => return Err(failure),
            };
            let age = (clock::now() - since).to_std().unwrap_or_default();
            if age > provider.deadline() + GRACE {
                if let Err(failure) = provider.cancel(id).await {
                    tracing::warn!(prompt = %order.id, %failure, "cannot cancel what takes too long");
                }
                return Err(Failure::passing("provider_timeout").charged(true));
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = attempt.nudge.notified() => {}
            }
        }
    }
}

/// Whether a failure is the provider's answer about the work, and no trouble in asking.
fn is_answer(failure: &Failure) -> bool {
    failure.is_charged.is_some()
}

/// Ends remote work that nobody wants any more, as far as that can be done.
pub(crate) async fn abandon(provider: &dyn Provider, running: Running) {
    let id = match running {
        Running { id: Some(id), .. } => Some(id),
        Running {
            unknown: Some((order, since)),
            ..
        } => provider.find(&order, since).await.ok().flatten(),
        Running { .. } => None,
    };
    if let Some(id) = id
        && let Err(failure) = provider.cancel(&id).await
    {
        // It ends by its own deadline.
        tracing::warn!(%failure, "cannot cancel remote work");
    }
}

async fn keep(attempt: &Attempt<'_>, remote: &Value) {
    let job = attempt.job;
    if let Err(error) = attempt
        .hosted
        .keep_remote(job.id, job.lease_token, remote)
        .await
    {
        tracing::warn!(prompt = %job.id, %error, "what is under way is not noted");
    }
}
