//! What operators want to know of the database.

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CallError, Hosted};

/// Open jobs of one kind and provider, see `queue_stats()` in the schema.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct QueueStats {
    pub(crate) kind: String,
    pub(crate) provider: String,
    pub(crate) ready: i64,
    pub(crate) delayed: i64,
    pub(crate) leased: i64,
    pub(crate) abandoned: i64,
    pub(crate) oldest_seconds: f64,
}

impl Hosted {
    /// Numbers about the queue.
    pub(crate) async fn queue_stats(&self) -> Result<Vec<QueueStats>, CallError> {
        self.call("queue_stats", &json!({})).await
    }

    /// The newest migration that was applied; `None` where that is not recorded.
    pub(crate) async fn schema_version(&self) -> Result<Option<String>, CallError> {
        self.call("schema_version", &json!({})).await
    }

    /// What everybody may read about how a public image was made; `None` if it is public no more.
    pub(crate) async fn public_recipe(&self, image: Uuid) -> Result<Option<Value>, CallError> {
        match self
            .call("public_recipe", &json!({ "p_image_id": image }))
            .await
        {
            Ok(recipe) => Ok(Some(recipe)),
            Err(CallError::Refused(refusal)) if refusal.status == 404 => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Rows of a table, by a query such as `select=id&is_active=is.true`.
    pub(crate) async fn rows(&self, table: &str, query: &str) -> Result<Vec<Value>, CallError> {
        let address = format!("{}/rest/v1/{table}?{query}", self.0.base);
        let response = self.send(self.0.http.get(address)).await?;
        let bytes = response.bytes().await.map_err(CallError::away)?;
        serde_json::from_slice(&bytes).map_err(|error| CallError::Nonsense(error.to_string()))
    }
}
