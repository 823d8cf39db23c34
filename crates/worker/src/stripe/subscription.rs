//! How a subscription stands, in the words of the schema.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

use super::client::{Stripe, id, is_missing};
use crate::outside::Trouble;

/// Asks Stripe; `None`: there is no such subscription.
pub(crate) async fn fetch(stripe: &Stripe, subscription: &str) -> Result<Option<Value>, Trouble> {
    let path = format!("subscriptions/{subscription}");
    let found = stripe.get(&path, &[("expand[]", "latest_invoice")]).await;
    match found {
        Ok(found) => state(&found)
            .map(Some)
            .ok_or_else(|| Trouble::nonsense("a subscription of no known form")),
        Err(trouble) if is_missing(&trouble) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// What `apply_subscription_state` takes in. `None`: a subscription without a known status or a period.
fn state(found: &Value) -> Option<Value> {
    // Since version 2025-03-31 each item has its period; before, the subscription had one.
    let period = |item: &Value, name: &str| time(&item[name]).or_else(|| time(&found[name]));
    let data = found.pointer("/items/data").and_then(Value::as_array);
    let items: Option<Vec<Value>> = data?
        .iter()
        .map(|item| {
            Some(json!({
                "price": id(&item["price"]),
                "period_start": period(item, "current_period_start")?,
                "period_end": period(item, "current_period_end")?,
            }))
        })
        .collect();
    let items = items.filter(|items| !items.is_empty())?;
    let metadata = &found["metadata"];
    Some(json!({
        "id": id(found)?,
        "customer": id(&found["customer"]),
        "status": status(found["status"].as_str()?)?,
        "items": items,
        "cancel_at_period_end": ends_with_its_period(found),
        "canceled_at": time(&found["canceled_at"]),
        "ended_at": time(&found["ended_at"]),
        "is_paid": is_paid(&found["latest_invoice"]),
        "user_id": metadata["user_id"].as_str().and_then(|text| text.parse::<uuid::Uuid>().ok()),
        "plan_id": metadata["plan_id"].as_str(),
        "project": metadata["project"].as_str(),
    }))
}

/// The schema knows seven; `None`: one that is newer than this worker.
fn status(status: &str) -> Option<&str> {
    match status {
        "active" | "canceled" | "incomplete" | "incomplete_expired" | "past_due" | "trialing"
        | "unpaid" => Some(status),
        // A trial that ended without a means of payment. It is not over, and entitles to nothing, because nothing
        // was ever paid: that is `unpaid`, where `past_due` would go on with the tier.
        "paused" => Some("unpaid"),
        _ => None,
    }
}

/// Whether it is told to end and goes on until then. In the flexible billing mode only the day is told.
fn ends_with_its_period(found: &Value) -> bool {
    found["cancel_at_period_end"] == true
        || (found["cancel_at"].is_i64() && found["status"] != "canceled")
}

/// Whether what began last is paid for. A subscription whose invoices are not Stripe's business has none.
fn is_paid(invoice: &Value) -> bool {
    match invoice {
        Value::Object(invoice) => invoice.get("status").is_some_and(|status| status == "paid"),
        _ => true,
    }
}

/// Seconds since 1970, as SQL reads them.
fn time(value: &Value) -> Option<String> {
    let at = DateTime::from_timestamp(value.as_i64()?, 0)?;
    Some(at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(more: &Value) -> Value {
        let mut found = json!({
            "id": "sub_1", "object": "subscription", "customer": "cus_1", "status": "active",
            "cancel_at_period_end": false, "cancel_at": null, "canceled_at": null, "ended_at": null,
            "items": { "object": "list", "data": [{
                "id": "si_1", "current_period_start": 1_750_000_000, "current_period_end": 1_752_592_000,
                "price": { "id": "price_1", "object": "price" },
            }]},
            "latest_invoice": { "id": "in_1", "status": "paid" },
            "metadata": { "user_id": "0193f0a0-0000-7000-8000-0000000000aa", "project": "p", "plan_id": "pro" },
        });
        found
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        found
    }

    #[test]
    fn a_subscription_is_told_in_words_of_the_schema() {
        assert_eq!(
            state(&found(&json!({}))).unwrap(),
            json!({
                "id": "sub_1", "customer": "cus_1", "status": "active", "is_paid": true,
                "items": [{
                    "price": "price_1",
                    "period_start": "2025-06-15T15:06:40Z", "period_end": "2025-07-15T15:06:40Z",
                }],
                "cancel_at_period_end": false, "canceled_at": null, "ended_at": null,
                "user_id": "0193f0a0-0000-7000-8000-0000000000aa", "project": "p", "plan_id": "pro",
            })
        );
    }

    #[test]
    fn older_versions_tell_the_period_at_the_top() {
        let old = found(&json!({
            "current_period_start": 1_750_000_000, "current_period_end": 1_752_592_000,
            "items": { "data": [{ "price": "price_1" }] },
        }));
        assert_eq!(
            state(&old).unwrap()["items"],
            state(&found(&json!({}))).unwrap()["items"]
        );
    }

    #[test]
    fn every_status_is_one_of_seven() {
        for known in [
            "active",
            "canceled",
            "incomplete",
            "incomplete_expired",
            "past_due",
            "trialing",
            "unpaid",
        ] {
            assert_eq!(status(known), Some(known));
        }
        assert_eq!(status("paused"), Some("unpaid"));
        assert_eq!(state(&found(&json!({ "status": "brand_new" }))), None);
    }

    #[test]
    fn a_period_that_began_is_not_paid_for_by_that() {
        for (invoice, paid) in [
            (json!({ "status": "draft" }), false),
            (json!({ "status": "open" }), false),
            (json!({ "status": "uncollectible" }), false),
            (json!({}), false),
            (Value::Null, true),
        ] {
            let state = state(&found(&json!({ "latest_invoice": invoice }))).unwrap();
            assert_eq!(state["is_paid"], paid);
        }
    }

    #[test]
    fn an_end_is_told_in_two_ways() {
        let by_day = found(&json!({ "cancel_at": 1_752_592_000 }));
        assert_eq!(state(&by_day).unwrap()["cancel_at_period_end"], true);
        let by_period = found(&json!({ "cancel_at_period_end": true }));
        assert_eq!(state(&by_period).unwrap()["cancel_at_period_end"], true);
    }

    #[test]
    fn strange_answers_are_none() {
        for odd in [
            json!(null),
            json!([]),
            json!({ "id": "sub_1" }),
            found(&json!({ "items": { "data": [] } })),
            found(&json!({ "items": { "data": [{ "current_period_start": "x" }] } })),
            found(&json!({ "status": 7 })),
        ] {
            assert_eq!(state(&odd), None, "{odd}");
        }
        let odd = found(
            &json!({ "metadata": { "user_id": "x' or 1=1" }, "canceled_at": i64::MAX, "customer": null }),
        );
        assert_eq!(state(&odd).unwrap()["user_id"], Value::Null);
    }
}
