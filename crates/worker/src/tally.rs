//! What an ended job adds to the metrics.

use serde_json::Value;
use tokio::time::Instant;

use crate::attempt::Outcome;
use crate::breaker::{Breaker, Circuit};
use crate::job::Job;
use crate::metrics::{BreakerState, JobOutcome, Metrics};

/// What the provider did, once an attempt has come to its decision.
pub(crate) fn provided(metrics: &Metrics, provider: &'static str, outcome: &Outcome) {
    if let Some(took) = outcome.took {
        metrics.provider_took(provider, took);
    }
    if let Some(Err(class)) = outcome.verdict {
        metrics.provider_failed(provider, class);
    }
    if let Some(cost) = &outcome.cost {
        metrics.provider_charged(provider, cost.unit, cost.amount);
    }
}

/// What the user got and paid, once the server has taken it in. `receipt` names what he did not get.
pub(crate) fn ended(
    metrics: &Metrics,
    provider: &str,
    job: &Job,
    delivered: usize,
    refunded: i64,
    receipt: &Value,
) {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    metrics.credits_charged(provider, count(job.credits_cost - refunded));
    metrics.credits_refunded(provider, count(refunded));
    let delivered = u64::try_from(delivered).unwrap_or(0);
    let missing = u64::from(job.num_outputs).saturating_sub(delivered);
    let outcomes = receipt.get("outcomes").and_then(Value::as_array);
    let filtered = outcomes.map_or(0, |list| {
        let is_filtered =
            |one: &&Value| one.get("result").and_then(Value::as_str) == Some("filtered");
        list.iter().filter(is_filtered).count()
    });
    let filtered = u64::try_from(filtered).unwrap_or(0).min(missing);
    metrics.delivered(provider, delivered);
    metrics.filtered(provider, filtered);
    metrics.lost(provider, missing - filtered);
}

/// How a given-up job is counted, by the word that its user reads.
pub(crate) fn given_up(code: &str, is_over: bool) -> JobOutcome {
    match (code, is_over) {
        ("cancelled", true) => JobOutcome::Cancelled,
        (_, true) => JobOutcome::Failed,
        ("worker_stopped", false) => JobOutcome::Released,
        (_, false) => JobOutcome::Retried,
    }
}

/// Tells how a model's circuit is now.
pub(crate) fn circuit(metrics: &Metrics, breaker: &Breaker, model: &str) {
    let state = match breaker.circuit(model, Instant::now()) {
        Circuit::Closed => BreakerState::Closed,
        Circuit::HalfOpen => BreakerState::Trying,
        Circuit::Open => BreakerState::Open,
    };
    metrics.breaker(model, state);
}
