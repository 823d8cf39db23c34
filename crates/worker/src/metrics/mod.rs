//! What a worker counts, for Prometheus. One method per event; labels are names out of the catalogue or words of
//! `words.rs`, never anything that a user wrote.

mod queue;
mod words;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub use words::{AnalysisOutcome, BreakerState, ClaimResult, JobOutcome, WebhookResult};

use crate::hosted::QueueStats;
use crate::outside::Class;
use queue::QueueGauges;

/// One metric per set of label values.
type Labeled<const N: usize, M> = Family<[(&'static str, String); N], M>;
type Histograms = Family<[(&'static str, String); 1], Histogram, fn() -> Histogram>;
type Number = Gauge<f64, AtomicU64>;

/// The counters of one worker. Cheap to clone; all clones count together.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    jobs: Labeled<2, Counter>,
    in_hand: Gauge,
    provider_seconds: Histograms,
    provider_errors: Labeled<2, Counter>,
    provider_cost: Labeled<2, Counter<f64, AtomicU64>>,
    charged: Labeled<1, Counter>,
    refunded: Labeled<1, Counter>,
    images: Labeled<2, Counter>,
    analyses: Labeled<2, Counter>,
    webhooks: Labeled<2, Counter>,
    breaker: Labeled<1, Gauge>,
    claims: Labeled<2, Counter>,
    claim_seconds: Histograms,
    database_up: Gauge,
    queue: QueueGauges,
}

/// From a quick painter to a provider's half hour.
fn provider_buckets() -> Histogram {
    Histogram::new([
        0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 900.0, 1800.0,
    ])
}

/// One question to the database.
fn claim_buckets() -> Histogram {
    Histogram::new([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0])
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All zero.
    #[must_use]
    pub fn new() -> Self {
        let mut inner = Inner {
            registry: Registry::with_prefix("amethyst"),
            jobs: Labeled::default(),
            in_hand: Gauge::default(),
            provider_seconds: Family::new_with_constructor(provider_buckets),
            provider_errors: Labeled::default(),
            provider_cost: Labeled::default(),
            charged: Labeled::default(),
            refunded: Labeled::default(),
            images: Labeled::default(),
            analyses: Labeled::default(),
            webhooks: Labeled::default(),
            breaker: Labeled::default(),
            claims: Labeled::default(),
            claim_seconds: Family::new_with_constructor(claim_buckets),
            database_up: Gauge::default(),
            queue: QueueGauges::default(),
        };
        inner.register();
        Self(Arc::new(inner))
    }

    /// A generation left this worker's hands.
    pub fn job_ended(&self, provider: &str, outcome: JobOutcome) {
        let labels = [
            ("provider", provider.to_owned()),
            ("outcome", outcome.word()),
        ];
        self.0.jobs.get_or_create(&labels).inc();
    }

    /// A job is in hand until the answer is dropped.
    #[must_use]
    pub fn in_hand(&self) -> InHand {
        self.0.in_hand.inc();
        InHand(self.0.in_hand.clone())
    }

    /// How long a provider took, from submission to the end of an order, whatever the end.
    pub fn provider_took(&self, provider: &str, took: Duration) {
        let labels = [("provider", provider.to_owned())];
        let family = &self.0.provider_seconds;
        family.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// A provider failed, or refused.
    pub fn provider_failed(&self, provider: &str, class: Class) {
        let labels = [("provider", provider.to_owned()), ("class", class.word())];
        self.0.provider_errors.get_or_create(&labels).inc();
    }

    /// A provider charges us, in its own unit: `seconds`, `credits`, `tokens`, `usd`. Less than nothing is not
    /// counted.
    pub fn provider_charged(&self, provider: &str, unit: &'static str, cost: f64) {
        if cost.is_finite() && cost > 0.0 {
            let labels = [("provider", provider.to_owned()), ("unit", unit.to_owned())];
            self.0.provider_cost.get_or_create(&labels).inc_by(cost);
        }
    }

    /// Credits that a user paid for a job that ended.
    pub fn credits_charged(&self, provider: &str, credits: u64) {
        let labels = [("provider", provider.to_owned())];
        self.0.charged.get_or_create(&labels).inc_by(credits);
    }

    /// Credits that came back to a user.
    pub fn credits_refunded(&self, provider: &str, credits: u64) {
        let labels = [("provider", provider.to_owned())];
        self.0.refunded.get_or_create(&labels).inc_by(credits);
    }

    /// Images that reached their user.
    pub fn delivered(&self, provider: &str, images: u64) {
        self.images(provider, "delivered", images);
    }

    /// Images that the provider held back for what they show.
    pub fn filtered(&self, provider: &str, images: u64) {
        self.images(provider, "filtered", images);
    }

    /// Images that were asked for and never came.
    pub fn lost(&self, provider: &str, images: u64) {
        self.images(provider, "lost", images);
    }

    fn images(&self, provider: &str, outcome: &'static str, images: u64) {
        let labels = [
            ("provider", provider.to_owned()),
            ("outcome", outcome.to_owned()),
        ];
        self.0.images.get_or_create(&labels).inc_by(images);
    }

    /// An analysis ended.
    pub fn analyzed(&self, kind: &str, outcome: AnalysisOutcome) {
        let labels = [("kind", kind.to_owned()), ("outcome", outcome.word())];
        self.0.analyses.get_or_create(&labels).inc();
    }

    /// A webhook came in, from `stripe` or `replicate`.
    pub fn webhook(&self, source: &'static str, result: WebhookResult) {
        let labels = [("source", source.to_owned()), ("result", result.word())];
        self.0.webhooks.get_or_create(&labels).inc();
    }

    /// The circuit breaker of a model changed.
    pub fn breaker(&self, model: &str, state: BreakerState) {
        let labels = [("model", model.to_owned())];
        self.0.breaker.get_or_create(&labels).set(state.number());
    }

    /// A look into the queue was answered. `kind` is `generation`, `publish`, an analysis …
    pub fn claimed(&self, kind: &'static str, result: ClaimResult, took: Duration) {
        let labels = [("kind", kind.to_owned()), ("result", result.word())];
        self.0.claims.get_or_create(&labels).inc();
        let labels = [("kind", kind.to_owned())];
        let family = &self.0.claim_seconds;
        family.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// What the database says about the queue; nothing: it did not answer.
    pub(crate) fn queue(&self, rows: Option<&[QueueStats]>) {
        self.0.database_up.set(i64::from(rows.is_some()));
        if let Some(rows) = rows {
            self.0.queue.set(rows);
        }
    }

    /// Everything in the text format of OpenMetrics 1.0.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string cannot fail; were it to, half a page says so by its missing end.
        let _ = encode(&mut text, &self.0.registry);
        text
    }
}

impl Inner {
    fn register(&mut self) {
        let registry = &mut self.registry;
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        registry.register("worker", "The worker", Info::new(version));
        registry.register(
            "jobs",
            "Generations that left this worker",
            self.jobs.clone(),
        );
        registry.register("jobs_in_hand", "Jobs being worked on", self.in_hand.clone());
        registry.register(
            "provider_seconds",
            "From submission to the end of an order",
            self.provider_seconds.clone(),
        );
        registry.register(
            "provider_errors",
            "Failures of providers by class",
            self.provider_errors.clone(),
        );
        registry.register(
            "provider_cost",
            "What providers charge us, in their own units",
            self.provider_cost.clone(),
        );
        registry.register(
            "credits_charged",
            "Credits paid for jobs that ended",
            self.charged.clone(),
        );
        registry.register(
            "credits_refunded",
            "Credits that came back to users",
            self.refunded.clone(),
        );
        registry.register(
            "images",
            "Images delivered, filtered by the provider, or lost",
            self.images.clone(),
        );
        registry.register(
            "analyses",
            "Analyses by kind and outcome",
            self.analyses.clone(),
        );
        registry.register(
            "webhooks",
            "Webhooks by source and result",
            self.webhooks.clone(),
        );
        registry.register(
            "breaker_state",
            "Circuit breaker of a model: 0 closed, 1 trying, 2 open",
            self.breaker.clone(),
        );
        registry.register("claims", "Looks into the queue", self.claims.clone());
        registry.register(
            "claim_seconds",
            "How long a look into the queue takes",
            self.claim_seconds.clone(),
        );
        registry.register(
            "database_up",
            "Whether the database answered last",
            self.database_up.clone(),
        );
        self.queue.register(registry);
    }
}

/// A job in hand; dropping it says that it is no more.
#[derive(Debug)]
pub struct InHand(Gauge);

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Class {
    /// As it stands in a label.
    fn word(self) -> String {
        match self {
            Self::UserContent => "user_content",
            Self::UserInput => "user_input",
            Self::Auth => "auth",
            Self::Quota => "quota",
            Self::Rate => "rate",
            Self::Transient => "transient",
            Self::Outage => "outage",
            Self::Unknown => "unknown",
        }
        .to_owned()
    }
}

#[cfg(test)]
mod tests;
