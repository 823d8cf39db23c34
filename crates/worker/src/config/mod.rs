//! What the environment tells a worker.

mod key;
mod services;

use std::net::SocketAddr;
use std::time::Duration;

use thiserror::Error;
use url::Url;

pub use key::Key;
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
    /// Replicate, if there is a key.
    pub replicate: Option<ReplicateConfig>,
    /// Stability AI, if there is a key.
    pub stability: Option<StabilityConfig>,
    /// OpenAI, if there is a key.
    pub openai: Option<OpenAiConfig>,
    /// Stripe, if there is a key.
    pub stripe: Option<StripeConfig>,
}

/// A variable that is missing or does not say what it should.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// Not set, or empty.
    #[error("the environment variable {0} is missing")]
    Missing(&'static str),
    /// Set to something unusable.
    #[error("the environment variable {name} is not {expected}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What it should be.
        expected: &'static str,
    },
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
            replicate: None,
            stability: None,
            openai: None,
            stripe: None,
        }
    }

    /// Reads `AMETHYST_URL`, `AMETHYST_SERVICE_ROLE_KEY`, `AMETHYST_WORKER_CONCURRENCY` (1 to 64),
    /// `AMETHYST_WORKER_POLL_MS` (10 to 60 000) and `AMETHYST_WORKER_STOP_WITH_STDIN` (`1`).
    ///
    /// # Errors
    /// [`ConfigError`] naming the variable.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = |name: &'static str| lookup(name).filter(|text| !text.trim().is_empty());
        let number = |name: &'static str, range: std::ops::RangeInclusive<u64>, expected| {
            let Some(text) = text(name) else {
                return Ok(None);
            };
            match text.trim().parse() {
                Ok(number) if range.contains(&number) => Ok(Some(number)),
                _ => Err(ConfigError::Invalid { name, expected }),
            }
        };
        let address = text("AMETHYST_URL").ok_or(ConfigError::Missing("AMETHYST_URL"))?;
        let url = Url::parse(address.trim())
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or(ConfigError::Invalid {
                name: "AMETHYST_URL",
                expected: "an http(s) address",
            })?;
        let key = text("AMETHYST_SERVICE_ROLE_KEY")
            .ok_or(ConfigError::Missing("AMETHYST_SERVICE_ROLE_KEY"))?;
        let mut config = Self::new(url, key.trim().to_owned());
        let concurrency = number(
            "AMETHYST_WORKER_CONCURRENCY",
            1..=64,
            "a number from 1 to 64",
        )?;
        if let Some(concurrency) = concurrency {
            config.concurrency = usize::try_from(concurrency).unwrap_or(1);
        }
        let poll = number(
            "AMETHYST_WORKER_POLL_MS",
            10..=60_000,
            "a number from 10 to 60000",
        )?;
        if let Some(poll) = poll {
            config.poll = Duration::from_millis(poll);
        }
        config.stop_with_stdin = text("AMETHYST_WORKER_STOP_WITH_STDIN").as_deref() == Some("1");
        Ok(config)
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
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_lookup(|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_address_and_the_key_are_enough() {
        let config = with(&[
            ("AMETHYST_URL", "http://127.0.0.1:5432"),
            ("AMETHYST_SERVICE_ROLE_KEY", " secret "),
        ])
        .unwrap();
        assert_eq!(config.service_role_key, "secret");
        assert_eq!(config.concurrency, 1);
        assert!(!format!("{config:?}").contains("secret"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let missing = with(&[("AMETHYST_URL", "http://x")]).unwrap_err();
        assert!(missing.to_string().contains("AMETHYST_SERVICE_ROLE_KEY"));
        let base = [("AMETHYST_SERVICE_ROLE_KEY", "k")];
        for (name, value) in [
            ("AMETHYST_URL", "ftp://x"),
            ("AMETHYST_URL", "nonsense"),
            ("AMETHYST_WORKER_CONCURRENCY", "0"),
            ("AMETHYST_WORKER_POLL_MS", "soon"),
        ] {
            let mut all = base.to_vec();
            all.push((name, value));
            all.push(("AMETHYST_URL", "http://x"));
            let error = with(&all).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
