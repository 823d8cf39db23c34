//! What an event is about. Its body says little that is relied on: it may be old, and its shape is that of the
//! endpoint's version, not ours.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::client::id;

/// The envelope of every event (Stripe's reference: "The Event object").
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Seconds since 1970.
    created: i64,
    #[serde(default)]
    pub(crate) livemode: bool,
    data: Data,
}

#[derive(Debug, Deserialize)]
struct Data {
    object: Value,
}

/// What has to be looked at because of an event.
#[derive(Debug, PartialEq)]
pub(crate) enum Concern<'a> {
    /// A subscription, by its id.
    Subscription(&'a str),
    /// A checkout that was paid for at once.
    Paid(&'a Value),
    /// A charge, by its id: refunded, or disputed.
    Charge(&'a str),
}

impl Event {
    /// When it happened; long ago for a time that no calendar has.
    pub(crate) fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.created, 0).unwrap_or_default()
    }

    /// `None`: nothing that changes anything here.
    pub(crate) fn concern(&self) -> Option<Concern<'_>> {
        let object = &self.data.object;
        match self.kind.as_str() {
            "checkout.session.completed" | "checkout.session.async_payment_succeeded" => {
                match object["mode"].as_str()? {
                    // One that is not paid yet sends `async_payment_succeeded` when it is.
                    "payment" if object["payment_status"] == "paid" => Some(Concern::Paid(object)),
                    "subscription" => id(&object["subscription"]).map(Concern::Subscription),
                    _ => None,
                }
            }
            "invoice.paid" => id(invoiced(object)?).map(Concern::Subscription),
            "charge.refunded" => id(object).map(Concern::Charge),
            // A refund that failed gives back what it took.
            "charge.refund.updated" | "refund.updated" | "refund.failed" => {
                id(&object["charge"]).map(Concern::Charge)
            }
            kind if kind.starts_with("charge.dispute.") => {
                id(&object["charge"]).map(Concern::Charge)
            }
            kind if kind.starts_with("customer.subscription.") => {
                id(object).map(Concern::Subscription)
            }
            _ => None,
        }
    }
}

/// The subscription of an invoice: under `parent` since version 2025-03-31, at the top before.
fn invoiced(invoice: &Value) -> Option<&Value> {
    invoice
        .pointer("/parent/subscription_details/subscription")
        .or_else(|| invoice.get("subscription"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(kind: &str, object: &Value) -> Event {
        serde_json::from_value(json!({
            "id": "evt_1", "object": "event", "type": kind, "created": 1_750_000_000, "data": { "object": object },
        }))
        .unwrap()
    }

    #[test]
    fn each_kind_leads_to_what_has_to_be_looked_at() {
        let invoice = json!({
            "id": "in_1", "parent": { "subscription_details": { "subscription": "sub_1" } },
        });
        let charge = json!({ "id": "re_1", "charge": "ch_1" });
        for (kind, object, concern) in [
            (
                "customer.subscription.paused",
                json!({ "id": "sub_1" }),
                Concern::Subscription("sub_1"),
            ),
            ("invoice.paid", invoice, Concern::Subscription("sub_1")),
            (
                "invoice.paid",
                json!({ "subscription": "sub_2" }),
                Concern::Subscription("sub_2"),
            ),
            (
                "charge.refunded",
                json!({ "id": "ch_1" }),
                Concern::Charge("ch_1"),
            ),
            ("refund.failed", charge.clone(), Concern::Charge("ch_1")),
            ("charge.dispute.closed", charge, Concern::Charge("ch_1")),
        ] {
            assert_eq!(event(kind, &object).concern(), Some(concern), "{kind}");
        }
    }

    #[test]
    fn a_checkout_counts_when_it_is_paid() {
        let session = |mode: &str, status: &str| json!({ "mode": mode, "payment_status": status, "subscription": "sub_1" });
        let kind = "checkout.session.completed";
        assert_eq!(
            event(kind, &session("payment", "unpaid")).concern(),
            None,
            "a bank transfer under way"
        );
        let paid = session("payment", "paid");
        assert_eq!(event(kind, &paid).concern(), Some(Concern::Paid(&paid)));
        let subscribed = event(kind, &session("subscription", "paid"));
        assert_eq!(subscribed.concern(), Some(Concern::Subscription("sub_1")));
        assert_eq!(event(kind, &session("setup", "paid")).concern(), None);
    }

    #[test]
    fn strange_bodies_concern_nobody() {
        for kind in [
            "customer.subscription.updated",
            "invoice.paid",
            "charge.refunded",
            "ping",
            "charge.dispute.created",
        ] {
            for object in [
                json!(null),
                json!([]),
                json!({ "id": "../x", "charge": 7, "parent": [] }),
            ] {
                assert_eq!(event(kind, &object).concern(), None, "{kind}");
            }
        }
    }
}
