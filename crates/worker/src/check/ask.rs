//! How outside services are asked: one question each, answered soon or not at all.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use crate::config::Key;
use crate::outside::{self, Trouble};

/// Longest wait for an answer to a question that costs nothing.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Asker(reqwest::Client);

impl Asker {
    /// # Errors
    /// If the system's certificates are unreadable.
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        Ok(Self(outside::http(PATIENCE)?))
    }

    /// Gets the JSON at a path below `base`.
    pub(super) async fn get(&self, base: &Url, path: &str, key: &Key) -> Result<Value, Trouble> {
        let address = format!("{}/{path}", base.as_str().trim_end_matches('/'));
        let request = self.0.get(address).bearer_auth(key.reveal());
        outside::json(request).await
    }
}
