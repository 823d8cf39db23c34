//! The functions about better wordings.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CallError, Hosted};

/// A suggestion that has no vector yet. No `Debug`: these are a user's words.
#[derive(Clone, Deserialize)]
pub(crate) struct Unembedded {
    pub(crate) id: Uuid,
    pub(crate) base_prompt: String,
}

impl Hosted {
    /// Reserves requests for better wordings.
    pub(crate) async fn claim_suggestions(
        &self,
        worker: &str,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Value>, CallError> {
        let arguments = json!({
            "p_worker": worker,
            "p_limit": limit,
            "p_lease_seconds": lease.as_secs(),
        });
        self.call("claim_suggestions", &arguments).await
    }

    /// Hands wordings over. Repeating it with the same token changes nothing.
    pub(crate) async fn complete_suggestions(
        &self,
        id: Uuid,
        token: Uuid,
        wordings: &Value,
        version: &str,
    ) -> Result<(), CallError> {
        let arguments = json!({
            "p_id": id,
            "p_token": token,
            "p_suggestions": wordings,
            "p_version": version,
        });
        let _: Value = self.call("complete_suggestions", &arguments).await?;
        Ok(())
    }

    /// Gives a request up, or back into the queue if another attempt may succeed.
    pub(crate) async fn fail_suggestions(
        &self,
        id: Uuid,
        token: Uuid,
        code: &str,
        retryable: bool,
    ) -> Result<(), CallError> {
        let arguments = json!({
            "p_id": id,
            "p_token": token,
            "p_error": code,
            "p_retryable": retryable,
        });
        let _: Value = self.call("fail_suggestions", &arguments).await?;
        Ok(())
    }

    /// Suggestions without a vector; the same ones come again, later, unless they get one.
    pub(crate) async fn claim_suggestion_embeddings(
        &self,
        limit: u32,
    ) -> Result<Vec<Unembedded>, CallError> {
        self.call("claim_suggestion_embeddings", &json!({ "p_limit": limit }))
            .await
    }

    /// Keeps vectors of one space. Repeating it changes nothing.
    pub(crate) async fn complete_suggestion_embeddings(
        &self,
        embeddings: &Value,
        space: &str,
    ) -> Result<(), CallError> {
        let arguments = json!({ "p_embeddings": embeddings, "p_version": space });
        let _: Value = self
            .call("complete_suggestion_embeddings", &arguments)
            .await?;
        Ok(())
    }
}
