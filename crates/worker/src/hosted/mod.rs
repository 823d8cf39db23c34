//! The hosted project as the worker sees it: functions by REST, objects by Storage.

mod analysis;
mod error;
mod generation;
mod operations;
mod payments;
mod recent;
mod rpc;
mod storage;
mod suggestion;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use url::Url;

pub(crate) use analysis::Told;
pub(crate) use error::CallError;
pub use error::Refusal;
pub(crate) use generation::Wanted;
pub(crate) use operations::QueueStats;
pub(crate) use suggestion::Unembedded;

use crate::config::Config;

/// A connection with the service role. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hosted(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    /// Ends without a slash.
    base: String,
    key: String,
    recent: recent::Recent,
}

impl Hosted {
    pub(crate) fn new(config: &Config) -> Result<Self, reqwest::Error> {
        // Another part of the process may have installed it already; either is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("amethyst-worker/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(60))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self(Arc::new(Inner {
            http,
            base: without_slash(&config.url),
            key: config.service_role_key.clone(),
            recent: recent::Recent::default(),
        })))
    }

    /// Names the caller to the gateway. Only a JWT may stand as bearer; new secret keys are sent as
    /// `apikey` alone and are translated there.
    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.header("apikey", &self.0.key);
        if self.0.key.split('.').count() == 3 {
            request.bearer_auth(&self.0.key)
        } else {
            request
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, CallError> {
        let response = self.signed(request).send().await.map_err(CallError::away)?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(CallError::from_response(response).await)
        }
    }
}

fn without_slash(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}
