//! What environment and configuration file tell a worker.
//!
//! Every setting has one environment variable and one key in the file (`settings.rs` lists them); the environment
//! wins. What is unknown or impossible is refused before anything starts.

mod error;
mod key;
mod load;
mod log;
mod services;
mod settings;
mod source;
mod value;

use std::net::SocketAddr;
use std::time::Duration;

use url::Url;

pub use error::ConfigError;
pub use key::Key;
pub use log::LogFormat;
pub use services::{OpenAiConfig, ReplicateConfig, StabilityConfig, StripeConfig};

/// Settings of one worker process.
#[derive(Clone)]
pub struct Config {
    /// The project, such as `https://abc.supabase.co` or the local backend.
    pub url: Url,
    /// Key with the service role: a legacy JWT or `sb_secret_…`.
    pub service_role_key: String,
    /// Jobs painted at the same time.
    pub concurrency: usize,
    /// Wait between two looks into an empty queue.
    pub poll: Duration,
    /// How long a job stays reserved without a sign of life.
    pub lease: Duration,
    /// How long a job in hand may go on after a stop was asked for, before it is given back.
    pub grace: Duration,
    /// Whether the end of standard input means stop: how a parent makes sure to leave no worker behind.
    pub stop_with_stdin: bool,
    /// Where health, metrics and webhooks are served; `None`: nowhere.
    pub listen: Option<SocketAddr>,
    /// The address under which providers reach `listen`; without it no webhooks are asked for.
    pub public_url: Option<Url>,
    /// The form of log lines.
    pub log: LogFormat,
    /// Replicate, if there is a key.
    pub replicate: Option<ReplicateConfig>,
    /// Stability AI, if there is a key.
    pub stability: Option<StabilityConfig>,
    /// OpenAI, if there is a key.
    pub openai: Option<OpenAiConfig>,
    /// Stripe, if there is a key.
    pub stripe: Option<StripeConfig>,
}

impl Config {
    /// Settings with the defaults of a worker beside the local backend.
    #[must_use]
    pub fn new(url: Url, service_role_key: String) -> Self {
        Self {
            url,
            service_role_key,
            concurrency: 1,
            poll: Duration::from_millis(300),
            lease: Duration::from_secs(120),
            grace: Duration::from_secs(3),
            stop_with_stdin: false,
            listen: None,
            public_url: None,
            log: LogFormat::default(),
            replicate: None,
            stability: None,
            openai: None,
            stripe: None,
        }
    }

    /// Names of the outside services that there are keys for.
    fn services(&self) -> Vec<&'static str> {
        [
            ("replicate", self.replicate.is_some()),
            ("stability", self.stability.is_some()),
            ("openai", self.openai.is_some()),
            ("stripe", self.stripe.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_there)| is_there.then_some(name))
        .collect()
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the key.
        f.debug_struct("Config")
            .field("url", &self.url.as_str())
            .field("concurrency", &self.concurrency)
            .field("poll", &self.poll)
            .field("lease", &self.lease)
            .field("listen", &self.listen)
            .field("public_url", &self.public_url.as_ref().map(Url::as_str))
            .field("services", &self.services())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
