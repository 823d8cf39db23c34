//! The functions that a worker may call.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CallError, Hosted};

/// An object that nobody needs any longer.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Garbage {
    pub(crate) id: i64,
    pub(crate) bucket_id: String,
    pub(crate) path: String,
}

/// What became of the scheduled work.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TaskRun {
    /// The task that was run; `None`: none was due.
    pub(crate) task: Option<String>,
    /// What it answered.
    pub(crate) result: Value,
    /// Whether another one is due.
    pub(crate) more: bool,
}

impl Hosted {
    pub(super) async fn call<T: DeserializeOwned>(
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

    /// Reserves the next image whose public copies are wanted.
    pub(crate) async fn claim_publication(
        &self,
        worker: &str,
        lease: Duration,
    ) -> Result<Option<Value>, CallError> {
        let arguments = json!({
            "p_worker": worker,
            "p_kinds": ["publish"],
            "p_limit": 1,
            "p_lease_seconds": lease.as_secs(),
        });
        let mut jobs: Vec<Value> = self.call("claim_analysis", &arguments).await?;
        Ok(jobs.pop())
    }

    /// Says where the copies are. Repeating it with the same token changes nothing.
    pub(crate) async fn complete_publication(
        &self,
        image: Uuid,
        token: Uuid,
        name: Uuid,
        original: &str,
        thumbnail: &str,
    ) -> Result<(), CallError> {
        let arguments = json!({
            "p_image_id": image,
            "p_lease_token": token,
            "p_public_name": name,
            "p_original": original,
            "p_thumbnail": thumbnail,
        });
        let _: Value = self.call("complete_publication", &arguments).await?;
        Ok(())
    }

    /// Gives a publication up, or back into the queue if another attempt may succeed.
    pub(crate) async fn fail_publication(
        &self,
        image: Uuid,
        token: Uuid,
        code: &str,
        retryable: bool,
    ) -> Result<(), CallError> {
        let arguments = json!({
            "p_image_id": image,
            "p_kind": "publish",
            "p_lease_token": token,
            "p_error": code,
            "p_retryable": retryable,
        });
        let _: Value = self.call("fail_analysis", &arguments).await?;
        Ok(())
    }

    /// Runs one task of the schema whose time has come.
    pub(crate) async fn run_due_task(&self) -> Result<TaskRun, CallError> {
        self.call("run_due_task", &json!({})).await
    }

    /// Objects to remove; the same ones come again unless acknowledged.
    pub(crate) async fn claim_garbage(&self, limit: u32) -> Result<Vec<Garbage>, CallError> {
        self.call("claim_garbage", &json!({ "p_limit": limit }))
            .await
    }

    /// Forgets what was removed.
    pub(crate) async fn acknowledge_garbage(&self, ids: &[i64]) -> Result<(), CallError> {
        let _: Value = self
            .call("finish_garbage", &json!({ "p_ids": ids }))
            .await?;
        Ok(())
    }
}
