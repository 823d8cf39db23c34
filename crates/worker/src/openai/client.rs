//! A signed connection, and what OpenAI's errors mean.

use std::sync::Arc;

use reqwest::multipart::Form;
use serde_json::Value;

use crate::config::OpenAiConfig;
use crate::outside::{self, Class, Trouble};

/// A connection to OpenAI. Cheap to clone.
#[derive(Clone)]
pub(crate) struct OpenAi(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    config: OpenAiConfig,
}

impl OpenAi {
    /// # Errors
    /// If the system's certificates are unreadable.
    pub(crate) fn new(config: &OpenAiConfig) -> Result<Self, reqwest::Error> {
        Ok(Self(Arc::new(Inner {
            http: outside::http(config.deadline)?,
            config: config.clone(),
        })))
    }

    pub(crate) fn config(&self) -> &OpenAiConfig {
        &self.0.config
    }

    /// Posts JSON to a path such as `images/generations`.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, Trouble> {
        let request = self.0.http.post(self.address(path)).json(body);
        self.ask(request).await
    }

    /// Posts a form with files.
    pub(crate) async fn post_form(&self, path: &str, form: Form) -> Result<Value, Trouble> {
        let request = self.0.http.post(self.address(path)).multipart(form);
        self.ask(request).await
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Result<Value, Trouble> {
        let request = request.bearer_auth(self.0.config.key.reveal());
        outside::json(request).await.map_err(sort)
    }

    fn address(&self, path: &str) -> String {
        format!(
            "{}/{path}",
            self.0.config.base.as_str().trim_end_matches('/')
        )
    }
}

/// Refines what the status alone says (error codes of the API reference).
fn sort(mut trouble: Trouble) -> Trouble {
    trouble.class = match trouble.code.as_str() {
        "moderation_blocked" | "content_policy_violation" | "image_content_policy_violation" => {
            Class::UserContent
        }
        "insufficient_quota" | "billing_hard_limit_reached" | "billing_not_active" => Class::Quota,
        "model_not_found" => Class::Unknown,
        "server_error" => Class::Transient,
        _ => trouble.class,
    };
    trouble
}
