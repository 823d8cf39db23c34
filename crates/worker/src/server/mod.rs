//! What a worker serves: `/healthz`, `/metrics`, and what other parts add, such as webhooks.
//!
//! Numbers and health name no user and no secret, but they are nobody's business either: a proxy in front should
//! let through the paths of the webhooks only.

mod health;
mod observe;
mod probe;

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use axum::{Router, serve};
use tokio_util::sync::CancellationToken;

pub(crate) use health::Health;
pub(crate) use observe::observe;
pub use probe::is_healthy;

use crate::metrics::Metrics;

/// Time for requests in hand when the worker has ended.
const FAREWELL: Duration = Duration::from_secs(2);

/// A bound address that nobody answers at yet.
pub(crate) struct Server {
    listener: TcpListener,
    router: Router,
}

impl Server {
    /// Binds at once, so that an address in use is told before any job is taken.
    ///
    /// # Errors
    /// If the address cannot be bound.
    pub(crate) fn bind(
        address: SocketAddr,
        metrics: Metrics,
        health: Health,
        more: Router,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let own = Router::new()
            .route("/healthz", get(healthz))
            .with_state(health)
            .merge(
                Router::new()
                    .route("/metrics", get(numbers))
                    .with_state(metrics),
            );
        Ok(Self {
            listener,
            router: own.merge(more),
        })
    }

    /// Where it listens; tells the port when any was asked for.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Answers until the worker has ended, and a moment longer for what is in hand.
    pub(crate) async fn run(self, ended: CancellationToken) {
        let listener = match tokio::net::TcpListener::from_std(self.listener) {
            Ok(listener) => listener,
            Err(error) => {
                tracing::error!(%error, "cannot listen");
                return;
            }
        };
        let last_call = ended.clone();
        let serving = serve(listener, self.router)
            .with_graceful_shutdown(async move { last_call.cancelled().await })
            .into_future();
        let too_long = async {
            ended.cancelled().await;
            tokio::time::sleep(FAREWELL).await;
        };
        tokio::select! {
            served = serving => {
                if let Err(error) = served {
                    tracing::error!(%error, "serving broke off");
                }
            }
            () = too_long => {}
        }
    }
}

async fn healthz(State(health): State<Health>) -> Response {
    let report = health.report();
    let status = match report.healthy {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, [(CACHE_CONTROL, "no-store")], Json(report)).into_response()
}

async fn numbers(State(metrics): State<Metrics>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, kind)], metrics.text()).into_response()
}
