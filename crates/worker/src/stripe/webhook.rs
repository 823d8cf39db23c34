//! `POST /webhooks/stripe`: verifies, takes in, and tells Stripe whether to come again.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

use super::apply::apply;
use super::client::Stripe;
use super::event::Event;
use super::signature::verify;
use crate::clock::now;
use crate::config::Config;
use crate::hosted::Hosted;

/// Longest body that is read, in bytes. Events have some ten thousand.
const MAX_BODY: usize = 1 << 20;

#[derive(Clone)]
struct Webhook {
    hosted: Hosted,
    stripe: Stripe,
}

/// What answers Stripe's events: 200 taken in, or of no concern; 400 not signed by Stripe; 503 not now, come again.
/// Without a webhook secret in the settings every event is answered 503.
pub(crate) fn router(hosted: Hosted, stripe: Stripe) -> Router {
    Router::new()
        .route("/webhooks/stripe", post(take))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Webhook { hosted, stripe })
}

/// The routes for Stripe's events with a worker's settings, for a server of one's own; `None`: there is no Stripe in
/// them. A worker with an address to listen at serves them itself.
///
/// # Errors
/// If the HTTP client cannot be built: the system's certificates are unreadable.
pub fn payment_events(config: &Config) -> Result<Option<Router>, reqwest::Error> {
    let Some(settings) = &config.stripe else {
        return Ok(None);
    };
    Ok(Some(router(Hosted::new(config)?, Stripe::new(settings)?)))
}

async fn take(State(webhook): State<Webhook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Webhook { hosted, stripe } = webhook;
    let Some(secret) = &stripe.config().webhook_secret else {
        tracing::error!("an event of Stripe, and no secret to verify it with");
        return StatusCode::SERVICE_UNAVAILABLE;
    };
    let header = headers.get("stripe-signature");
    let header = header.and_then(|value| value.to_str().ok());
    if !header.is_some_and(|header| verify(secret, header, &body, now().timestamp())) {
        tracing::warn!("an event that Stripe did not sign, or not now");
        return StatusCode::BAD_REQUEST;
    }
    let Ok(event) = serde_json::from_slice::<Event>(&body) else {
        tracing::warn!("a signed body that is no event");
        return StatusCode::BAD_REQUEST;
    };
    if stripe.is_live().is_some_and(|live| live != event.livemode) {
        // Its objects are out of the key's reach.
        tracing::error!(
            event = event.id,
            livemode = event.livemode,
            "an event of the other mode"
        );
        return StatusCode::OK;
    }
    match apply(&hosted, &stripe, &event).await {
        Ok(()) => StatusCode::OK,
        Err(error) if error.needs_help() => {
            tracing::error!(event = event.id, kind = event.kind, %error, "an event cannot be taken in");
            StatusCode::SERVICE_UNAVAILABLE
        }
        Err(error) => {
            tracing::warn!(event = event.id, kind = event.kind, %error, "an event has to come again");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
