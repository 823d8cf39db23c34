//! The worker's loops: claim, work, publish, sweep, scheduled work, until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use amethyst_model::Backoff;
use axum::Router;
use axum::middleware::map_response;
use axum::response::Response;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::breaker::Breaker;
use crate::config::Config;
use crate::garbage::sweep;
use crate::hosted::{CallError, Hosted, Wanted};
use crate::metrics::{ClaimResult, Metrics, WebhookResult};
use crate::moderate::Moderator;
use crate::provider::{Providers, replicate_webhooks};
use crate::publish::publish;
use crate::server::{Health, Server, observe};
use crate::start::StartError;
use crate::stripe::{Stripe, end_orphans, payment_webhooks, serve_checkouts};
use crate::suggestion::Suggester;
use crate::work::{Bench, work};

const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(500),
    cap: Duration::from_secs(30),
};

/// A worker that is set up and has not started.
pub struct Worker {
    config: Config,
    providers: Providers,
    hosted: Hosted,
    suggester: Option<Suggester>,
    moderator: Option<Moderator>,
    stripe: Option<Stripe>,
    name: String,
    metrics: Metrics,
    health: Health,
    server: Option<Server>,
}

impl Worker {
    /// Sets a worker up and binds its address; nothing is sent or answered yet.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn new(config: Config, providers: Providers) -> Result<Self, StartError> {
        let hosted = Hosted::new(&config)?;
        let (metrics, health) = (Metrics::new(), Health::default());
        let stripe = config.stripe.as_ref().map(Stripe::new).transpose()?;
        // Routes of other parts, such as webhooks, are merged here.
        let more = routes(&config, &hosted, &metrics, stripe.as_ref());
        let server = match config.listen {
            Some(address) => Some(
                Server::bind(address, metrics.clone(), health.clone(), more)
                    .map_err(|source| StartError::Listen { address, source })?,
            ),
            None => None,
        };
        let name = format!("worker-{}", Uuid::from_u128(rand::random()).simple());
        let suggester = Suggester::new(&config, &hosted, &name)?;
        let moderator = Moderator::of(&config)?;
        Ok(Self {
            config,
            providers,
            hosted,
            suggester,
            moderator,
            stripe,
            name,
            metrics,
            health,
            server,
        })
    }

    /// Where health and metrics are served, if they are.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.server.as_ref().and_then(Server::address)
    }

    /// Works until `stop`. Then claims nothing more, lets jobs in hand finish within the configured grace,
    /// and gives back those that do not.
    pub async fn run(self, stop: CancellationToken) {
        let hurry = CancellationToken::new();
        // Served until the last job has ended: who asks meanwhile hears what still goes on.
        let ended = CancellationToken::new();
        let mut served = JoinSet::new();
        if let Some(server) = self.server {
            served.spawn(server.run(ended.clone()));
            let observed = observe(
                self.hosted.clone(),
                self.metrics.clone(),
                self.health.clone(),
                ended.clone(),
            );
            served.spawn(observed);
        }
        let health = &self.health;
        let mut tasks = JoinSet::new();
        let bench = Bench {
            hosted: self.hosted.clone(),
            config: Arc::new(self.config.clone()),
            providers: self.providers.clone(),
            breaker: Breaker::default(),
            metrics: self.metrics.clone(),
            moderator: self.moderator.map(Arc::new),
        };
        for _ in 0..self.config.concurrency.max(1) {
            let claims = claims(
                bench.clone(),
                self.name.clone(),
                stop.clone(),
                hurry.clone(),
            );
            tasks.spawn(health.watch("claims", claims));
        }
        let sweep = sweep(self.hosted.clone(), stop.clone());
        tasks.spawn(health.watch("sweep", sweep));
        let publish = publish(
            self.hosted.clone(),
            self.config.clone(),
            self.name.clone(),
            stop.clone(),
        );
        tasks.spawn(health.watch("publish", publish));
        let scheduled = crate::tasks::tasks(self.hosted.clone(), stop.clone());
        tasks.spawn(health.watch("tasks", scheduled));
        let analyses = crate::analysis::analyze(
            self.hosted.clone(),
            self.config.clone(),
            self.name.clone(),
            self.metrics.clone(),
            stop.clone(),
            hurry.clone(),
        );
        tasks.spawn(health.watch("analyses", analyses));
        if let Some(suggester) = self.suggester {
            let suggestions = suggester.run(stop.clone(), hurry.clone());
            tasks.spawn(health.watch("suggestions", suggestions));
        }
        if let Some(stripe) = self.stripe {
            let hosted = self.hosted.clone();
            let checkouts = serve_checkouts(hosted.clone(), stripe.clone(), stop.clone());
            tasks.spawn(health.watch("checkouts", checkouts));
            let orphans = end_orphans(hosted, stripe, stop.clone());
            tasks.spawn(health.watch("orphans", orphans));
        }
        stop.cancelled().await;
        let grace = async {
            tokio::time::sleep(self.config.grace).await;
            hurry.cancel();
            // Waits for the loops to give their jobs back.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = grace => {}
            () = async { while tasks.join_next().await.is_some() {} } => {}
        }
        ended.cancel();
        while served.join_next().await.is_some() {}
    }
}

fn routes(config: &Config, hosted: &Hosted, metrics: &Metrics, stripe: Option<&Stripe>) -> Router {
    let mut routes = Router::new();
    let secret = config
        .replicate
        .as_ref()
        .and_then(|replicate| replicate.webhook_secret.clone());
    if let Some(secret) = secret {
        routes = routes.merge(replicate_webhooks(hosted.clone(), metrics.clone(), secret));
    }
    if let Some(stripe) = stripe {
        let metrics = metrics.clone();
        let counted = map_response(move |response: Response| {
            let result = match response.status().as_u16() {
                200..300 => WebhookResult::Accepted,
                400..500 => WebhookResult::Refused,
                _ => WebhookResult::Failed,
            };
            metrics.webhook("stripe", result);
            std::future::ready(response)
        });
        routes = routes.merge(payment_webhooks(hosted.clone(), stripe.clone()).layer(counted));
    }
    routes
}

async fn claims(bench: Bench, name: String, stop: CancellationToken, hurry: CancellationToken) {
    let mut misses = 0;
    let providers = bench.providers.names();
    let poll = bench.config.poll;
    while !stop.is_cancelled() {
        let skip = bench.breaker.shut(Instant::now());
        let wanted = Wanted {
            worker: &name,
            lease: bench.config.lease,
            providers: &providers,
            skip: &skip,
        };
        // Not raced against `stop`: a claim whose answer is dropped would keep its job from everyone until
        // the lease ran out.
        let begun = Instant::now();
        let claim = tokio::select! {
            claim = bench.hosted.claim(&wanted) => claim,
            () = hurry.cancelled() => return,
        };
        let result = match &claim {
            Ok(Some(_)) => ClaimResult::Job,
            Ok(None) => ClaimResult::Empty,
            Err(_) => ClaimResult::Error,
        };
        bench.metrics.claimed("generation", result, begun.elapsed());
        let wait = match claim {
            Ok(Some(claim)) => {
                misses = 0;
                work(&bench, claim, &hurry).await;
                continue;
            }
            Ok(None) => {
                misses = 0;
                poll
            }
            Err(error) => {
                complain(&error, misses);
                misses += 1;
                let wait = BACKOFF.wait(misses, rand::random(), error.retry_after());
                wait.max(poll)
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// The first failure of a row is worth a line; the others repeat it.
fn complain(error: &CallError, misses: u32) {
    match (error, misses) {
        (CallError::Away(_) | CallError::Busy { .. }, 0) => {
            tracing::warn!(%error, "cannot claim; trying again");
        }
        (CallError::Away(_) | CallError::Busy { .. }, _) => {
            tracing::debug!(%error, misses, "cannot claim");
        }
        _ => tracing::error!(%error, misses, "claiming is refused"),
    }
}
