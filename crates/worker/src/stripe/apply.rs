//! From a verified event to what it changes.

use thiserror::Error;

use super::client::Stripe;
use super::event::{Concern, Event};
use super::{charge, subscription};
use crate::hosted::{CallError, Hosted, Refusal};
use crate::outside::Trouble;

/// Why an event could not be taken in now. Stripe sends it again, for three days.
#[derive(Debug, Error)]
pub(crate) enum NotNow {
    #[error("Stripe: {0}")]
    Stripe(#[from] Trouble),
    #[error("the project: {0}")]
    Hosted(#[from] CallError),
}

impl NotNow {
    /// Whether somebody has to change something before it can succeed.
    pub(crate) fn needs_help(&self) -> bool {
        match self {
            Self::Stripe(trouble) => !trouble.class.is_passing(),
            Self::Hosted(error) => !error.is_passing(),
        }
    }
}

/// Takes an event in. Repeating it changes nothing; events that do not concern us neither.
///
/// # Errors
/// [`NotNow`]: nothing was changed, and the event may come again.
pub(crate) async fn apply(hosted: &Hosted, stripe: &Stripe, event: &Event) -> Result<(), NotNow> {
    let Some(concern) = event.concern() else {
        tracing::debug!(kind = event.kind, "an event that concerns nobody here");
        return Ok(());
    };
    // Before Stripe is asked: see the schema's `payment_events`.
    let ticket = match hosted.begin_payment_event(&event.id).await {
        Ok(ticket) if ticket.applied => return Ok(()),
        Ok(ticket) => ticket,
        Err(error) => return Err(error.into()),
    };
    let applied = match concern {
        Concern::Subscription(id) => {
            let Some(state) = subscription::fetch(stripe, id).await? else {
                tracing::warn!(
                    event = event.id,
                    subscription = id,
                    "Stripe does not know it"
                );
                return Ok(());
            };
            let at = event.at();
            hosted
                .apply_subscription_state(&event.id, ticket, at, &state)
                .await
        }
        Concern::Paid(session) => {
            let Some(payment) = charge::bought(session) else {
                return Ok(());
            };
            hosted
                .apply_credit_payment(&event.id, ticket, &payment)
                .await
        }
        Concern::Charge(id) => {
            let Some(payment) = charge::fetch(stripe, id).await? else {
                return Ok(());
            };
            hosted
                .apply_credit_payment(&event.id, ticket, &payment)
                .await
        }
    };
    match applied {
        Ok(answer) => {
            let (kind, applied) = (event.kind.as_str(), answer.applied);
            tracing::info!(
                event = event.id,
                kind,
                applied,
                reason = answer.reason,
                "an event of Stripe"
            );
            Ok(())
        }
        Err(error) => {
            if let CallError::Refused(Refusal { code, .. }) = &error
                && code == "unknown_price"
            {
                tracing::error!(
                    event = event.id,
                    "no plan names the price that is paid for: add it to its features"
                );
            }
            Err(error.into())
        }
    }
}
