//! The functions about a generation in a worker's hands.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CallError, Hosted};

/// Answer to a sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Held {
    /// Whether the job is still this worker's.
    pub(crate) held: bool,
    /// Whether the user wants it no more.
    #[serde(default)]
    pub(crate) cancel_requested: bool,
    /// How often a provider had news of it.
    #[serde(default)]
    pub(crate) nudges: i64,
}

/// What became of an event of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Noted {
    /// Whether it is about a job that waits for it.
    pub(crate) known: bool,
    /// Whether it came for the first time.
    pub(crate) fresh: bool,
}

/// What is wanted of the queue.
pub(crate) struct Wanted<'a> {
    pub(crate) worker: &'a str,
    pub(crate) lease: Duration,
    /// Providers that this worker has.
    pub(crate) providers: &'a [&'static str],
    /// Models that are left alone for now.
    pub(crate) skip: &'a [String],
}

impl Hosted {
    /// Reserves the next job, if there is one.
    pub(crate) async fn claim(&self, wanted: &Wanted<'_>) -> Result<Option<Value>, CallError> {
        let arguments = json!({
            "p_worker": wanted.worker,
            "p_limit": 1,
            "p_lease_seconds": wanted.lease.as_secs().max(1),
            "p_providers": wanted.providers,
            "p_skip_models": wanted.skip,
        });
        let mut jobs: Vec<Value> = self.call("claim_generation", &arguments).await?;
        Ok(jobs.pop())
    }

    /// Keeps a job reserved and tells how far it is.
    pub(crate) async fn extend(
        &self,
        prompt: Uuid,
        token: Uuid,
        lease: Duration,
        progress: Option<&Value>,
    ) -> Result<Held, CallError> {
        let arguments = json!({
            "p_prompt_id": prompt,
            "p_lease_token": token,
            "p_seconds": lease.as_secs().max(1),
            "p_progress": progress,
        });
        self.call("extend_lease", &arguments).await
    }

    /// Keeps what the next worker would have to know, merged with what is kept; whether the job is still ours.
    pub(crate) async fn keep_remote(
        &self,
        prompt: Uuid,
        token: Uuid,
        remote: &Value,
    ) -> Result<bool, CallError> {
        let arguments = json!({
            "p_prompt_id": prompt,
            "p_lease_token": token,
            "p_remote": remote,
        });
        let answer: Held = self.call("keep_remote", &arguments).await?;
        Ok(answer.held)
    }

    /// Hands the images over; answers how many credits went back. Repeating it with the same token changes nothing.
    pub(crate) async fn complete(
        &self,
        prompt: Uuid,
        token: Uuid,
        images: &[Value],
        metadata: &Value,
    ) -> Result<i64, CallError> {
        let arguments = json!({
            "p_prompt_id": prompt,
            "p_lease_token": token,
            "p_images": images,
            "p_metadata": metadata,
        });
        let answer: Value = self.call("complete_generation", &arguments).await?;
        Ok(answer.get("refunded").and_then(Value::as_i64).unwrap_or(0))
    }

    /// Gives a job up: with a refund, or back into the queue if another attempt may succeed. Whether it is over.
    pub(crate) async fn fail(
        &self,
        prompt: Uuid,
        token: Uuid,
        code: &str,
        retryable: bool,
        told: &Value,
    ) -> Result<bool, CallError> {
        let arguments = json!({
            "p_prompt_id": prompt,
            "p_lease_token": token,
            "p_error": code,
            "p_retryable": retryable,
            "p_told": told,
        });
        let answer: Value = self.call("fail_generation", &arguments).await?;
        Ok(is_over(&answer))
    }

    /// Puts a job back without counting it as an attempt. `patient`: however long it has waited already. Whether it is
    /// over all the same.
    pub(crate) async fn postpone(
        &self,
        prompt: Uuid,
        token: Uuid,
        wait: Duration,
        code: &str,
        patient: bool,
        told: &Value,
    ) -> Result<bool, CallError> {
        let arguments = json!({
            "p_prompt_id": prompt,
            "p_lease_token": token,
            "p_seconds": wait.as_secs_f64(),
            "p_error": code,
            "p_patient": patient,
            "p_told": told,
        });
        let answer: Value = self.call("postpone_generation", &arguments).await?;
        Ok(is_over(&answer))
    }

    /// Takes in that a provider has news of a request. The same event counts once.
    pub(crate) async fn note_webhook(
        &self,
        source: &str,
        event: &str,
        prompt: Uuid,
        remote: &str,
    ) -> Result<Noted, CallError> {
        let arguments = json!({
            "p_source": source,
            "p_event_id": event,
            "p_prompt_id": prompt,
            "p_remote_id": remote,
        });
        self.call("note_webhook", &arguments).await
    }
}

fn is_over(answer: &Value) -> bool {
    answer.get("status").and_then(Value::as_str) == Some("failed")
}
