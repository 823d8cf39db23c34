//! What a worker asks the schema about payments.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CallError, Hosted};

/// Drawn before the payment provider is asked how things stand.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Ticket {
    /// Of two answers the one with the lower number may be the staler one.
    pub(crate) ticket: i64,
    /// Whether the event was taken in before.
    pub(crate) applied: bool,
}

/// What became of an event.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Applied {
    pub(crate) applied: bool,
    /// Why not.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

impl Hosted {
    /// Payment pages to make, each held for a minute.
    pub(crate) async fn claim_checkouts(&self, limit: u32) -> Result<Vec<Value>, CallError> {
        let arguments = json!({ "p_limit": limit });
        self.call("claim_checkouts", &arguments).await
    }

    /// Writes a page's address, or the code of why there is none. Only the first answer counts.
    pub(crate) async fn finish_checkout(
        &self,
        id: Uuid,
        page: Result<(&str, Option<DateTime<Utc>>), &str>,
    ) -> Result<(), CallError> {
        let arguments = match page {
            Ok((url, expires_at)) => {
                json!({ "p_id": id, "p_url": url, "p_expires_at": expires_at })
            }
            Err(code) => json!({ "p_id": id, "p_error": code }),
        };
        let _: Value = self.call("finish_checkout", &arguments).await?;
        Ok(())
    }

    /// Asks whether an event was taken in, and draws its ticket.
    pub(crate) async fn begin_payment_event(&self, event: &str) -> Result<Ticket, CallError> {
        let arguments = json!({ "p_event_id": event });
        self.call("begin_payment_event", &arguments).await
    }

    /// Takes in how a subscription stands; the same event again changes nothing.
    pub(crate) async fn apply_subscription_state(
        &self,
        event: &str,
        ticket: Ticket,
        at: DateTime<Utc>,
        subscription: &Value,
    ) -> Result<Applied, CallError> {
        let arguments = json!({
            "p_event_id": event,
            "p_ticket": ticket.ticket,
            "p_event_at": at,
            "p_subscription": subscription,
        });
        self.call("apply_subscription_state", &arguments).await
    }

    /// Takes in how a payment for credits stands; the same event again changes nothing.
    pub(crate) async fn apply_credit_payment(
        &self,
        event: &str,
        ticket: Ticket,
        payment: &Value,
    ) -> Result<Applied, CallError> {
        let arguments = json!({
            "p_event_id": event,
            "p_ticket": ticket.ticket,
            "p_payment": payment,
        });
        self.call("apply_credit_payment", &arguments).await
    }

    /// Subscriptions of accounts that are gone, each held for ten minutes.
    pub(crate) async fn claim_orphan_subscriptions(
        &self,
        limit: u32,
    ) -> Result<Vec<String>, CallError> {
        let arguments = json!({ "p_limit": limit });
        self.call("claim_orphan_subscriptions", &arguments).await
    }

    /// Forgets one that is ended.
    pub(crate) async fn finish_orphan_subscription(&self, id: &str) -> Result<(), CallError> {
        let arguments = json!({ "p_stripe_subscription_id": id });
        let _: Value = self.call("finish_orphan_subscription", &arguments).await?;
        Ok(())
    }
}
