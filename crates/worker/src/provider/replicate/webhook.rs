//! Webhooks of Replicate: signed as Standard Webhooks, believed only as a reason to ask.
//!
//! Signature (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>):
//! HMAC-SHA256 over `id.timestamp.body` with the base64-decoded secret behind `whsec_`.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use uuid::Uuid;

use crate::clock;
use crate::config::Key;
use crate::hosted::{CallError, Hosted};
use crate::metrics::{Metrics, WebhookResult};

/// How far the clock of the sender may be from ours, in seconds.
const TOLERANCE: i64 = 300;

/// Largest event that is read, in bytes: a prediction with its logs.
const LIMIT: usize = 4 << 20;

#[derive(Clone)]
struct Site {
    hosted: Hosted,
    metrics: Metrics,
    secret: Key,
}

/// The route `/webhooks/replicate/{prompt}`.
pub(crate) fn router(hosted: Hosted, metrics: Metrics, secret: Key) -> Router {
    Router::new()
        .route("/webhooks/replicate/{prompt}", post(receive))
        .layer(DefaultBodyLimit::max(LIMIT))
        .with_state(Site {
            hosted,
            metrics,
            secret,
        })
}

#[derive(Deserialize)]
struct Event {
    id: String,
}

async fn receive(
    State(site): State<Site>,
    Path(prompt): Path<Uuid>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let (result, status) = take_in(&site, prompt, &headers, &body).await;
    site.metrics.webhook("replicate", result);
    status
}

async fn take_in(
    site: &Site,
    prompt: Uuid,
    headers: &HeaderMap,
    body: &[u8],
) -> (WebhookResult, StatusCode) {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let signed = header("webhook-id")
        .zip(header("webhook-timestamp"))
        .zip(header("webhook-signature"));
    let Some(((id, timestamp), signatures)) = signed else {
        return (WebhookResult::Refused, StatusCode::BAD_REQUEST);
    };
    let now = clock::now().timestamp();
    if !is_signed(site.secret.reveal(), id, timestamp, signatures, body, now) {
        tracing::warn!("a webhook of Replicate with a wrong signature or time");
        return (WebhookResult::Refused, StatusCode::UNAUTHORIZED);
    }
    let Ok(event) = serde_json::from_slice::<Event>(body) else {
        return (WebhookResult::Refused, StatusCode::BAD_REQUEST);
    };
    match site
        .hosted
        .note_webhook("replicate", id, prompt, &event.id)
        .await
    {
        Ok(noted) => {
            let result = match (noted.fresh, noted.known) {
                (false, _) => WebhookResult::Repeated,
                (true, true) => WebhookResult::Accepted,
                (true, false) => WebhookResult::Ignored,
            };
            (result, StatusCode::NO_CONTENT)
        }
        // Sent again later; polling helps meanwhile.
        Err(error) => {
            log(&error);
            (WebhookResult::Failed, StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

fn log(error: &CallError) {
    tracing::warn!(%error, "a webhook cannot be taken in");
}

/// `signatures` holds `v1,<base64>` once or more often, while a secret is being changed. Compared in constant time.
fn is_signed(
    secret: &str,
    id: &str,
    timestamp: &str,
    signatures: &str,
    body: &[u8],
    now: i64,
) -> bool {
    let Ok(sent) = timestamp.parse::<i64>() else {
        return false;
    };
    if sent.abs_diff(now) > TOLERANCE.unsigned_abs() {
        return false;
    }
    let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
    let Ok(key) = BASE64_STANDARD.decode(encoded) else {
        return false;
    };
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(&key) else {
        return false;
    };
    let mac = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body]
        .into_iter()
        .fold(mac, |mac, part| mac.chain_update(part));
    signatures
        .split(' ')
        .filter_map(|signature| signature.strip_prefix("v1,"))
        .filter_map(|signature| BASE64_STANDARD.decode(signature).ok())
        .any(|signature| mac.clone().verify_slice(&signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    // The vector of the standard's own test suite.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIME: &str = "1614265330";
    const NOW: i64 = 1_614_265_330;
    const BODY: &[u8] = b"{\"test\": 2432232314}";
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn the_standards_vector_is_accepted() {
        assert!(is_signed(SECRET, ID, TIME, SIGNATURE, BODY, NOW));
        let two = format!("v1,AAAA v1a,BBBB {SIGNATURE}");
        assert!(is_signed(SECRET, ID, TIME, &two, BODY, NOW + 299));
    }

    #[test]
    fn anything_changed_is_refused() {
        assert!(!is_signed(SECRET, "msg_other", TIME, SIGNATURE, BODY, NOW));
        assert!(!is_signed(SECRET, ID, "1614265331", SIGNATURE, BODY, NOW));
        assert!(!is_signed(
            SECRET,
            ID,
            TIME,
            SIGNATURE,
            b"{\"test\": 2}",
            NOW
        ));
        assert!(!is_signed("whsec_AAAA", ID, TIME, SIGNATURE, BODY, NOW));
        assert!(!is_signed(SECRET, ID, TIME, "v1,", BODY, NOW));
        assert!(!is_signed(SECRET, ID, TIME, "", BODY, NOW));
    }

    #[test]
    fn an_old_or_early_one_is_refused() {
        assert!(!is_signed(SECRET, ID, TIME, SIGNATURE, BODY, NOW + 301));
        assert!(!is_signed(SECRET, ID, TIME, SIGNATURE, BODY, NOW - 301));
        assert!(!is_signed(SECRET, ID, "soon", SIGNATURE, BODY, NOW));
    }
}
