//! What becomes of an intent after an attempt, and writing it down.

use std::time::Duration;

use amethyst_model::{Backoff, Intent, ParkReason, QueuedIntent, RetryClass};
use amethyst_store::Ack;

use crate::Error;
use crate::library::Library;

/// Waits between attempts that the server answered with "not now".
const LATER: Backoff = Backoff {
    base: Duration::from_secs(1),
    cap: Duration::from_secs(300),
};

/// The end of an attempt that the server took part in.
pub(super) enum Outcome {
    /// The server has it.
    Done(Ack),
    /// Try again, not before this much later.
    Later(Option<Duration>),
    /// Too many requests of this user are under way: requests rest until one of them ends.
    Held,
    /// Needs the user; its lane stops.
    Park {
        reason: ParkReason,
        detail: Option<String>,
    },
}

impl Outcome {
    /// What a refusal means for this intent.
    pub(super) fn from_failure(queued: &QueuedIntent, error: &Error) -> Self {
        let (code, status, detail) = match error {
            Error::Remote(remote) => (remote.code(), remote.status(), remote.detail()),
            _ => (None, None, None),
        };
        let cancel = matches!(queued.intent, Some(Intent::CancelGeneration { .. }));
        let park = |reason| Self::Park {
            reason,
            detail: detail.map(str::to_owned),
        };
        match (code, status) {
            // Already ended, or never arrived: either way nothing is left to stop.
            (Some("not_cancellable" | "unknown_prompt"), _) if cancel => Self::Done(Ack::Done),
            (Some("too_many_pending"), _) => Self::Held,
            (Some("price_changed"), _) => Self::Park {
                reason: ParkReason::PriceChanged,
                detail: detail.and_then(new_price).map(|price| price.to_string()),
            },
            (Some("insufficient_credits"), _) => park(ParkReason::InsufficientCredits),
            (Some("unknown_model" | "model_inactive"), _) => park(ParkReason::ModelUnavailable),
            (Some("account_suspended" | "no_profile"), _) => park(ParkReason::AccountSuspended),
            (Some("not_publishable"), _) if detail.is_some_and(is_unseen) => {
                park(ParkReason::NotAnalyzed)
            }
            (Some("not_publishable"), _) => park(ParkReason::NotPublishable),
            (Some("removed_by_moderation"), _) => park(ParkReason::Forbidden),
            (Some("in_trash"), _) => park(ParkReason::InTrash),
            (Some("id_reused" | "id_conflict"), _) => park(ParkReason::Conflict),
            (Some("already_processed" | "23503"), _) => park(ParkReason::NotFound),
            _ => match error.retry() {
                RetryClass::Transient(after) => Self::Later(after),
                _ => match status {
                    Some(403) => park(ParkReason::Forbidden),
                    Some(404) => park(ParkReason::NotFound),
                    Some(409) => park(ParkReason::Conflict),
                    Some(_) => park(ParkReason::Invalid),
                    // Not an answer about this intent at all: it stays, and is tried again.
                    None => Self::Later(None),
                },
            },
        }
    }
}

/// Whether the server says that nobody has looked at the image: `{"reason": "not_analyzed", …}`.
fn is_unseen(detail: &str) -> bool {
    let detail: Option<serde_json::Value> = serde_json::from_str(detail).ok();
    detail.is_some_and(|detail| detail["reason"] == "not_analyzed")
}

/// The price that the server asks now, from the error's machine-readable detail.
fn new_price(detail: &str) -> Option<i64> {
    serde_json::from_str::<serde_json::Value>(detail)
        .ok()?
        .get("cost")?
        .as_i64()
}

/// Writes the outcome down; `true` when the lane may go on.
pub(super) async fn settle(
    library: &Library,
    queued: &QueuedIntent,
    outcome: Outcome,
) -> Result<bool, Error> {
    let mut tx = library.store.begin().await?;
    let goes_on = match outcome {
        Outcome::Done(ack) => {
            tx.acknowledge(queued.id, &ack).await?;
            true
        }
        Outcome::Later(after) => {
            let wait = LATER.wait(queued.attempts, rand::random(), after);
            let not_before = library.clock.now() + wait;
            tx.defer(queued.id, not_before).await?;
            false
        }
        Outcome::Held => {
            let under_way = library.store.under_way().await?;
            library.hold.begin(under_way, library.clock.now());
            return Ok(false);
        }
        Outcome::Park { reason, detail } => {
            tracing::info!(?reason, "an intent needs the user");
            tx.park(queued.id, reason, detail.as_deref()).await?;
            false
        }
    };
    tx.commit().await?;
    if goes_on {
        // The feed tells the rest: the ledger line, the new status.
        library.reach.pull.notify_one();
    }
    Ok(goes_on)
}
