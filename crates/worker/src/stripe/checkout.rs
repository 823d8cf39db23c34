//! Serves requests for payment pages.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::client::{Stripe, is_missing, parameter};
use super::page::{Page, Request, page};
use crate::hosted::{CallError, Hosted};
use crate::outside::Trouble;

/// Requests served at the same time.
const BATCH: u32 = 4;

/// Wait between two looks when nobody asks. Somebody looks at a waiting window until his page is there.
const PAUSE: Duration = Duration::from_secs(2);

/// How long a page of the portal waits to be opened, in seconds; the answer does not tell.
const PORTAL_LIFE: i64 = 300;

/// Serves requests until `stop`.
pub(crate) async fn serve_checkouts(hosted: Hosted, stripe: Stripe, stop: CancellationToken) {
    while !stop.is_cancelled() {
        // Not raced against `stop`: a request that was claimed would wait for a minute.
        let pause = match serve_once(&hosted, &stripe).await {
            Ok(0) => PAUSE,
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::debug!(%error, "cannot serve payment pages");
                PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One batch; answers how many were claimed.
async fn serve_once(hosted: &Hosted, stripe: &Stripe) -> Result<usize, CallError> {
    let claimed = hosted.claim_checkouts(BATCH).await?;
    let count = claimed.len();
    let served = claimed.into_iter().map(|row| serve(hosted, stripe, row));
    join_all(served)
        .await
        .into_iter()
        .collect::<Result<(), _>>()?;
    Ok(count)
}

async fn serve(hosted: &Hosted, stripe: &Stripe, row: Value) -> Result<(), CallError> {
    let request: Request =
        serde_json::from_value(row).map_err(|error| CallError::Nonsense(error.to_string()))?;
    let outcome = match ask(stripe, &request).await {
        Ok(outcome) => outcome,
        Err(trouble) if trouble.class.is_passing() => {
            tracing::warn!(request = %request.id, %trouble, "no payment page yet");
            return Ok(());
        }
        Err(trouble) => {
            tracing::error!(request = %request.id, %trouble, parameter = parameter(&trouble), "no payment page");
            tracing::debug!(detail = trouble.detail, "what Stripe said");
            Err("provider_failed")
        }
    };
    let answer = match &outcome {
        Ok((url, expires_at)) => Ok((url.as_str(), *expires_at)),
        Err(code) => Err(*code),
    };
    hosted.finish_checkout(request.id, answer).await
}

type Address = (String, Option<DateTime<Utc>>);

/// Asks Stripe for the page; the inner error is the code of a request that cannot be served.
async fn ask(stripe: &Stripe, request: &Request) -> Result<Result<Address, &'static str>, Trouble> {
    let back = &stripe.config().return_url;
    let wanted = match page(request, back, true) {
        Ok(wanted) => wanted,
        Err(code) => return Ok(Err(code)),
    };
    let found = match post(stripe, &wanted).await {
        Err(trouble) if is_missing(&trouble) && parameter(&trouble).contains("[price]") => {
            tracing::error!(request = %request.id, "a price that Stripe does not know");
            return Ok(Err("not_configured"));
        }
        // A customer that was deleted there, an address that is none: the page asks for it.
        Err(trouble) if trouble.status == 400 && parameter(&trouble).starts_with("customer") => {
            match page(request, back, false) {
                Ok(unnamed) if unnamed != wanted => post(stripe, &unnamed).await?,
                _ => return Ok(Err("no_customer")),
            }
        }
        other => other?,
    };
    let url = found["url"]
        .as_str()
        .filter(|url| url.starts_with("https://"));
    let url = url.ok_or_else(|| Trouble::nonsense("a page without an address"))?;
    let seconds = match (found["expires_at"].as_i64(), found["created"].as_i64()) {
        (Some(at), _) => Some(at),
        (None, created) => created.and_then(|at| at.checked_add(PORTAL_LIFE)),
    };
    let expires_at = seconds.and_then(|at| DateTime::from_timestamp(at, 0));
    Ok(Ok((url.to_owned(), expires_at)))
}

async fn post(stripe: &Stripe, page: &Page) -> Result<Value, Trouble> {
    stripe.post(page.path, &page.form, &page.key).await
}
