//! Settings against each other and against what the providers document. Nothing is asked here.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Finding;
use crate::config::{Config, Key, ReplicateConfig, StabilityConfig, StripeConfig};

const PART: &str = "limits";

/// A prediction of Replicate ends after this, whatever it was asked for
/// (<https://replicate.com/docs/topics/predictions/lifecycle>).
const REPLICATE_LONGEST: Duration = Duration::from_secs(30 * 60);

/// Reads that Replicate takes from an account in a minute (<https://replicate.com/docs/reference/http>).
const REPLICATE_READS: u128 = 3000;

/// Requests that Stability AI takes in ten seconds, from its API's description.
const STABILITY_REQUESTS: usize = 150;

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let mut found = vec![];
    // A heartbeat needs a few tries before the lease is over.
    if config.lease < Duration::from_secs(30) {
        found.push(Finding::warning(
            PART,
            "the lease is shorter than 30 seconds: a short network failure would lose jobs; raise worker.lease_s",
        ));
    }
    if config.poll > config.lease {
        found.push(Finding::warning(
            PART,
            "the pause of an idle worker is longer than the lease: jobs of lost workers wait for nothing; lower worker.poll_ms",
        ));
    }
    if config.listen.is_none() {
        found.push(Finding::warning(
            PART,
            "nothing is served: set worker.listen for health and metrics",
        ));
    }
    if let Some(replicate) = &config.replicate {
        found.extend(replicate_limits(config, replicate));
    }
    if let Some(stability) = &config.stability {
        found.extend(stability_limits(config, stability));
    }
    if let Some(stripe) = &config.stripe {
        found.extend(stripe_limits(config, stripe));
    }
    if found.is_empty() {
        found.push(Finding::ok(PART, "settings and documented limits agree"));
    }
    found
}

fn replicate_limits(config: &Config, replicate: &ReplicateConfig) -> Vec<Finding> {
    const PART: &str = "replicate";
    let mut found = vec![];
    if replicate.deadline > REPLICATE_LONGEST {
        found.push(Finding::error(
            PART,
            "the deadline is longer than the 30 minutes after which Replicate ends any prediction: lower replicate.deadline_s",
        ));
    }
    let reads = 60_000 * config.concurrency as u128 / replicate.poll.as_millis().max(1);
    if reads > REPLICATE_READS {
        found.push(Finding::warning(
            PART,
            format!(
                "up to {reads} looks a minute, of {REPLICATE_READS} that Replicate allows to all workers together: raise replicate.poll_ms"
            ),
        ));
    }
    found.extend(webhooks(
        PART,
        config,
        replicate.webhook_secret.as_ref(),
        "REPLICATE_WEBHOOK_SECRET",
        "states are polled",
    ));
    found
}

fn stability_limits(config: &Config, stability: &StabilityConfig) -> Option<Finding> {
    let seconds = stability.deadline.as_secs();
    if config.concurrency > STABILITY_REQUESTS {
        return Some(Finding::warning(
            "stability",
            format!(
                "more jobs at once than the {STABILITY_REQUESTS} requests allowed in 10 seconds"
            ),
        ));
    }
    (seconds < 30).then(|| {
        Finding::warning(
            "stability",
            "the deadline is shorter than some images take: raise stability.deadline_s to 60 or more",
        )
    })
}

fn stripe_limits(config: &Config, stripe: &StripeConfig) -> Vec<Finding> {
    const PART: &str = "stripe";
    let mut found = webhooks(
        PART,
        config,
        stripe.webhook_secret.as_ref(),
        "STRIPE_WEBHOOK_SECRET",
        "payments are not noticed",
    );
    if stripe.return_url.scheme() != "https" && !is_local(stripe.return_url.host_str()) {
        found.push(Finding::warning(
            PART,
            "people return from paying to a page without https: change stripe.return_url",
        ));
    }
    found
}

/// Webhooks need a secret, an address that the service reaches, and somebody who listens.
fn webhooks(
    part: &'static str,
    config: &Config,
    secret: Option<&Key>,
    variable: &str,
    otherwise: &str,
) -> Vec<Finding> {
    let mut found = vec![];
    let Some(secret) = secret else {
        found.push(Finding::warning(
            part,
            format!("no webhook secret, so {otherwise}: set {variable}"),
        ));
        return found;
    };
    let encoded = secret.reveal().strip_prefix("whsec_");
    if encoded.is_none_or(str::is_empty) {
        found.push(Finding::error(
            part,
            format!("the webhook secret does not begin with `whsec_`: copy {variable} again"),
        ));
    } else if part == "replicate" && encoded.is_none_or(|text| STANDARD.decode(text).is_err()) {
        found.push(Finding::error(
            part,
            format!("the webhook secret is not base64 after `whsec_`: copy {variable} again"),
        ));
    }
    if config.listen.is_none() {
        found.push(Finding::error(
            part,
            format!("webhooks reach nobody, so {otherwise}: set worker.listen"),
        ));
    }
    match &config.public_url {
        None => found.push(Finding::warning(
            part,
            "no address for webhooks: set worker.public_url to where the service reaches this worker",
        )),
        Some(url) if url.scheme() != "https" && !is_local(url.host_str()) => {
            found.push(Finding::error(
                part,
                "webhooks need https: change worker.public_url, and put a proxy with a certificate before the worker",
            ));
        }
        Some(_) => {}
    }
    found
}

fn is_local(host: Option<&str>) -> bool {
    host.is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"))
}
