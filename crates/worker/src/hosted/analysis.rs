//! The functions about analyses: whole batches in one call.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CallError, Hosted};

/// What became of one result or failure that was told.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Told {
    pub(crate) image_id: Uuid,
    pub(crate) kind: String,
    /// `completed`, `queued`, `failed`, `replay`, or the code of a refusal.
    pub(crate) outcome: String,
}

/// A page of images that were queued again.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Page {
    pub(crate) images: u64,
    pub(crate) queued: u64,
    /// Where the next page begins; `None`: this was the last.
    pub(crate) next: Option<Uuid>,
}

impl Hosted {
    /// Reserves up to `limit` analyses of the kinds and providers in `wanted`; see the SQL for both filters.
    pub(crate) async fn claim_analyses(
        &self,
        worker: &str,
        limit: u32,
        lease: Duration,
        wanted: &Value,
        undescribed: &Value,
    ) -> Result<Vec<Value>, CallError> {
        let arguments = json!({
            "p_worker": worker,
            "p_limit": limit,
            "p_lease_seconds": lease.as_secs(),
            "p_for": wanted,
            "p_undescribed": undescribed,
        });
        self.call("claim_analysis", &arguments).await
    }

    /// Hands results over: `[{image_id, kind, lease_token, version, result}]`. Repeating it changes nothing.
    pub(crate) async fn complete_analyses(
        &self,
        results: &[Value],
    ) -> Result<Vec<Told>, CallError> {
        let arguments = json!({ "p_results": results });
        self.call("complete_analyses", &arguments).await
    }

    /// Gives jobs up or back: `[{image_id, kind, lease_token, error, retryable, wait_seconds}]`.
    pub(crate) async fn fail_analyses(&self, failures: &[Value]) -> Result<Vec<Told>, CallError> {
        let arguments = json!({ "p_failures": failures });
        self.call("fail_analyses", &arguments).await
    }

    /// Keeps jobs reserved: `[{image_id, kind, lease_token}]`.
    pub(crate) async fn extend_analyses(
        &self,
        leases: &[Value],
        lease: Duration,
    ) -> Result<(), CallError> {
        let arguments = json!({ "p_leases": leases, "p_seconds": lease.as_secs() });
        let _: Value = self.call("extend_analyses", &arguments).await?;
        Ok(())
    }

    /// Queues kinds again for a page of images, behind new ones.
    pub(crate) async fn enqueue_analyses(
        &self,
        kinds: &[&str],
        except_version: Option<&str>,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Page, CallError> {
        let arguments = json!({
            "p_kinds": kinds,
            "p_except_version": except_version,
            "p_after": after,
            "p_limit": limit,
        });
        self.call("enqueue_analyses", &arguments).await
    }
}
