//! Builds the settings out of environment and configuration file.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::settings::{self as all, Setting};
use super::source::Source;
use super::value::required;
use super::{
    Config, ConfigError, Key, LogFormat, OpenAiConfig, ReplicateConfig, StabilityConfig,
    StripeConfig,
};

/// Models of OpenAI used where nothing else is said. Ids retire: an operator replaces them by configuration,
/// and `check` says when their last day comes near.
const MODERATION_MODEL: &str = "omni-moderation-latest";
const VISION_MODEL: &str = "gpt-5-mini";
const EMBEDDING_MODEL: &str = "text-embedding-3-small";

const DEADLINE: &str = "a number of seconds from 1 to 7200";

impl Config {
    /// Reads the environment and the file that `file` or else `AMETHYST_WORKER_CONFIG` names. What the
    /// environment says wins. Only the project's address and key must be there.
    ///
    /// # Errors
    /// [`ConfigError`] naming the variable or the key.
    pub fn load(file: Option<PathBuf>) -> Result<Self, ConfigError> {
        Self::from_lookup(&|name| std::env::var(name).ok(), file)
    }

    pub(super) fn from_lookup(
        lookup: &dyn Fn(&str) -> Option<String>,
        file: Option<PathBuf>,
    ) -> Result<Self, ConfigError> {
        let named = || lookup("AMETHYST_WORKER_CONFIG").filter(|name| !name.trim().is_empty());
        let file = file.or_else(|| named().map(|name| PathBuf::from(name.trim())));
        let source = Source::new(lookup, file.as_deref())?;
        let url = required(source.url(all::URL)?, all::URL)?;
        let key = required(source.secret(all::SERVICE_ROLE_KEY)?, all::SERVICE_ROLE_KEY)?;
        let mut config = Self::new(url, key.reveal().to_owned());
        worker(&source, &mut config)?;
        config.replicate = replicate(&source)?;
        config.stability = stability(&source)?;
        config.openai = openai(&source)?;
        config.stripe = stripe(&source)?;
        Ok(config)
    }
}

fn worker(source: &Source<'_>, config: &mut Config) -> Result<(), ConfigError> {
    let concurrency = source.number(all::CONCURRENCY, 1..=64, "a number from 1 to 64")?;
    if let Some(concurrency) = concurrency.and_then(|number| usize::try_from(number).ok()) {
        config.concurrency = concurrency;
    }
    let poll = source.milliseconds(all::POLL, 10..=60_000, "a number from 10 to 60000")?;
    config.poll = poll.unwrap_or(config.poll);
    // The schema cuts leases at an hour.
    let lease = source.seconds(all::LEASE, 2..=3600, "a number of seconds from 2 to 3600")?;
    config.lease = lease.unwrap_or(config.lease);
    let grace = source.seconds(all::GRACE, 0..=3600, "a number of seconds from 0 to 3600")?;
    config.grace = grace.unwrap_or(config.grace);
    config.listen = source.address(all::LISTEN)?;
    config.public_url = source.url(all::PUBLIC_URL)?;
    let forms = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    let log = source.choice(all::LOG, &forms, "`text` or `json`")?;
    config.log = log.unwrap_or_default();
    config.stop_with_stdin = source.switch(all::STOP_WITH_STDIN)?.unwrap_or(false);
    Ok(())
}

/// The key of a service. There may be none, but then nothing that only makes sense with it may be there either:
/// no other secret, and no section in the file. Addresses and models in the environment are often shared with
/// other programs and say nothing.
fn key(
    source: &Source<'_>,
    setting: Setting,
    other: Option<Setting>,
) -> Result<Option<Key>, ConfigError> {
    let key = source.secret(setting)?;
    let section = setting.key.split('.').next().unwrap_or_default();
    let meant = source.has_section(section)
        || match other {
            Some(other) => source.get(other)?.is_some(),
            None => false,
        };
    if key.is_none() && meant {
        return required(None, setting);
    }
    Ok(key)
}

fn replicate(source: &Source<'_>) -> Result<Option<ReplicateConfig>, ConfigError> {
    let secret = all::REPLICATE_WEBHOOK_SECRET;
    let Some(token) = key(source, all::REPLICATE_TOKEN, Some(secret))? else {
        return Ok(None);
    };
    let poll = source.milliseconds(
        all::REPLICATE_POLL,
        200..=60_000,
        "a number from 200 to 60000",
    )?;
    Ok(Some(ReplicateConfig {
        base: base(source, all::REPLICATE_URL, "https://api.replicate.com/v1")?,
        token,
        webhook_secret: source.secret(secret)?,
        poll: poll.unwrap_or(Duration::from_secs(2)),
        deadline: deadline(source, all::REPLICATE_DEADLINE, 900)?,
    }))
}

fn stability(source: &Source<'_>) -> Result<Option<StabilityConfig>, ConfigError> {
    let Some(key) = key(source, all::STABILITY_KEY, None)? else {
        return Ok(None);
    };
    Ok(Some(StabilityConfig {
        base: base(source, all::STABILITY_URL, "https://api.stability.ai")?,
        key,
        deadline: deadline(source, all::STABILITY_DEADLINE, 120)?,
    }))
}

fn openai(source: &Source<'_>) -> Result<Option<OpenAiConfig>, ConfigError> {
    let Some(key) = key(source, all::OPENAI_KEY, None)? else {
        return Ok(None);
    };
    Ok(Some(OpenAiConfig {
        base: base(source, all::OPENAI_URL, "https://api.openai.com/v1")?,
        key,
        deadline: deadline(source, all::OPENAI_DEADLINE, 300)?,
        moderation_model: source.model(all::OPENAI_MODERATION, MODERATION_MODEL)?,
        vision_model: source.model(all::OPENAI_VISION, VISION_MODEL)?,
        embedding_model: source.model(all::OPENAI_EMBEDDING, EMBEDDING_MODEL)?,
    }))
}

fn stripe(source: &Source<'_>) -> Result<Option<StripeConfig>, ConfigError> {
    let secret = all::STRIPE_WEBHOOK_SECRET;
    let Some(secret_key) = key(source, all::STRIPE_KEY, Some(secret))? else {
        return Ok(None);
    };
    let return_url = source.page(all::STRIPE_RETURN_URL)?;
    Ok(Some(StripeConfig {
        base: base(source, all::STRIPE_URL, "https://api.stripe.com/v1")?,
        secret_key,
        webhook_secret: source.secret(secret)?,
        return_url: required(return_url, all::STRIPE_RETURN_URL)?,
    }))
}

fn deadline(
    source: &Source<'_>,
    setting: Setting,
    default_s: u64,
) -> Result<Duration, ConfigError> {
    let said = source.seconds(setting, 1..=7200, DEADLINE)?;
    Ok(said.unwrap_or(Duration::from_secs(default_s)))
}

fn base(source: &Source<'_>, setting: Setting, default: &'static str) -> Result<Url, ConfigError> {
    match source.url(setting)? {
        Some(url) => Ok(url),
        // A constant; were it ever mistyped, every start would say so.
        None => required(Url::parse(default).ok(), setting),
    }
}
