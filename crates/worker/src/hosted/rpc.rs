//! The functions that a worker may call.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CallError, Hosted};

/// Answer to a sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Held {
    /// Whether the job is still this worker's.
    pub(crate) held: bool,
    /// Whether the user wants it no more.
    pub(crate) cancel_requested: bool,
}

/// An object that nobody needs any longer.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Garbage {
    pub(crate) id: i64,
    pub(crate) bucket_id: String,
    pub(crate) path: String,
}

impl Hosted {
    async fn call<T: DeserializeOwned>(
        &self,
        function: &str,
        arguments: &Value,
    ) -> Result<T, CallError> {
        let address = format!("{}/rest/v1/rpc/{function}", self.0.base);
        let request = self.0.http.post(address).json(arguments);
        let response = self.send(request).await?;
        let bytes = response.bytes().await.map_err(CallError::away)?;
        serde_json::from_slice(&bytes).map_err(|error| CallError::Nonsense(error.to_string()))
    }

    /// Reserves the next job, if there is one.
    pub(crate) async fn claim(
        &self,
        worker: &str,
        lease: Duration,
    ) -> Result<Option<Value>, CallError> {
        let arguments = json!({
            "p_worker": worker,
            "p_limit": 1,
            "p_lease_seconds": lease.as_secs(),
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
            "p_seconds": lease.as_secs(),
            "p_progress": progress,
        });
        self.call("extend_lease", &arguments).await
    }

    /// Hands the images over. Repeating it with the same token changes nothing.
    pub(crate) async fn complete(
        &self,
        prompt: Uuid,
        token: Uuid,
        images: &[Value],
        metadata: &Value,
    ) -> Result<(), CallError> {
        let arguments = json!({
            "p_prompt_id": prompt,
            "p_lease_token": token,
            "p_images": images,
            "p_metadata": metadata,
        });
        let _: Value = self.call("complete_generation", &arguments).await?;
        Ok(())
    }

    /// Gives a job up: with a refund, or back into the queue if another attempt may succeed.
    pub(crate) async fn fail(
        &self,
        prompt: Uuid,
        token: Uuid,
        code: &str,
        retryable: bool,
    ) -> Result<(), CallError> {
        let arguments = json!({
            "p_prompt_id": prompt,
            "p_lease_token": token,
            "p_error": code,
            "p_retryable": retryable,
        });
        let _: Value = self.call("fail_generation", &arguments).await?;
        Ok(())
    }

    /// Objects to remove; the same ones come again unless acknowledged.
    pub(crate) async fn claim_garbage(&self, limit: u32) -> Result<Vec<Garbage>, CallError> {
        self.call("claim_storage_garbage", &json!({ "p_limit": limit }))
            .await
    }

    /// Forgets what was removed.
    pub(crate) async fn acknowledge_garbage(&self, ids: &[i64]) -> Result<(), CallError> {
        let _: Value = self
            .call("ack_storage_garbage", &json!({ "p_ids": ids }))
            .await?;
        Ok(())
    }
}
