//! Ends subscriptions whose accounts are gone: Stripe would go on charging.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::client::{Stripe, is_missing};
use crate::hosted::{CallError, Hosted};

/// Subscriptions ended in one go.
const BATCH: u32 = 10;

/// Wait between two looks at an empty list.
const PAUSE: Duration = Duration::from_secs(60);

/// Ends orphans until `stop`.
pub(crate) async fn end_orphans(hosted: Hosted, stripe: Stripe, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let more = match end_once(&hosted, &stripe).await {
            Ok(ended) => ended == BATCH as usize,
            Err(error) => {
                tracing::debug!(%error, "cannot end subscriptions of accounts that are gone");
                false
            }
        };
        let pause = if more { Duration::ZERO } else { PAUSE };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One batch; answers how many were claimed. What fails is claimed again in ten minutes.
async fn end_once(hosted: &Hosted, stripe: &Stripe) -> Result<usize, CallError> {
    let orphans = hosted.claim_orphan_subscriptions(BATCH).await?;
    for orphan in &orphans {
        match stripe.delete(&format!("subscriptions/{orphan}")).await {
            Ok(_) => tracing::info!(subscription = orphan, "ended, its account is gone"),
            // Ended before, by an earlier attempt or by hand.
            Err(trouble) if is_missing(&trouble) => {}
            Err(trouble) => {
                tracing::warn!(subscription = orphan, %trouble, "cannot be ended");
                continue;
            }
        }
        hosted.finish_orphan_subscription(orphan).await?;
    }
    Ok(orphans.len())
}
