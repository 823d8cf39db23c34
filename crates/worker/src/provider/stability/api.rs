//! The one call (<https://platform.stability.ai/docs/api-reference>).

use bytes::Bytes;
use reqwest::header::HeaderMap;
use url::Url;

use super::{form, sort};
use crate::config::{Key, StabilityConfig};
use crate::outside::{self, Trouble};
use crate::provider::Order;

/// Largest file that is taken, in bytes.
const LIMIT: usize = 64 << 20;

/// A made picture and what its headers say.
pub(super) struct Answer {
    pub(super) file: Bytes,
    pub(super) finish_reason: String,
    pub(super) seed: Option<u64>,
    pub(super) request_id: Option<String>,
}

pub(super) struct Api {
    http: reqwest::Client,
    base: Url,
    key: Key,
}

impl Api {
    pub(super) fn new(config: &StabilityConfig) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: outside::http(config.deadline)?,
            base: config.base.clone(),
            key: config.key.clone(),
        })
    }

    pub(super) async fn generate(&self, order: &Order, index: u32) -> Result<Answer, Trouble> {
        let (endpoint, form) =
            form::form(order, index).map_err(|error| Trouble::nonsense(&error.to_string()))?;
        let base = self.base.as_str().trim_end_matches('/');
        let request = self
            .http
            .post(format!("{base}/v2beta/stable-image/generate/{endpoint}"))
            .header("accept", "image/*")
            .bearer_auth(self.key.reveal())
            .multipart(form);
        let response = outside::send(request).await.map_err(sort)?;
        let header = |headers: &HeaderMap, name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.map(|text| text.chars().take(100).collect::<String>())
        };
        let headers = response.headers();
        let (reason, seed) = (header(headers, "finish-reason"), header(headers, "seed"));
        let request_id = header(headers, "x-request-id");
        Ok(Answer {
            file: outside::read(response, LIMIT).await?,
            finish_reason: reason.unwrap_or_default(),
            seed: seed.and_then(|seed| seed.parse().ok()),
            request_id,
        })
    }
}
