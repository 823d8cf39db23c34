//! Payments for credits: what a paid checkout says, and how much of a charge is refunded or disputed by now.

use serde_json::{Value, json};

use super::client::{Stripe, id, is_missing};
use crate::outside::Trouble;

/// What a paid checkout bought. `None`: a body that is none.
pub(crate) fn bought(session: &Value) -> Option<Value> {
    // What costs nothing has no payment.
    let payment = id(&session["payment_intent"]).or_else(|| id(session))?;
    Some(purchase(payment, &session["metadata"]))
}

/// Asks Stripe how a charge stands; `None`: there is no such charge, or it is none of a checkout.
pub(crate) async fn fetch(stripe: &Stripe, charge: &str) -> Result<Option<Value>, Trouble> {
    let path = format!("charges/{charge}");
    let found = match stripe.get(&path, &[("expand[]", "payment_intent")]).await {
        Ok(found) => found,
        Err(trouble) if is_missing(&trouble) => return Ok(None),
        Err(trouble) => return Err(trouble),
    };
    let Some(payment) = id(&found["payment_intent"]) else {
        return Ok(None);
    };
    let (Some(amount), Some(refunded)) =
        (found["amount"].as_i64(), found["amount_refunded"].as_i64())
    else {
        return Err(Trouble::nonsense("a charge without amounts"));
    };
    let disputed = if found["disputed"] == true {
        let query = [("charge", charge), ("limit", "100")];
        disputed(&stripe.get("disputes", &query).await?)
    } else {
        0
    };
    let metadata = match &found["payment_intent"]["metadata"] {
        Value::Null => &found["metadata"],
        written => written,
    };
    let mut payment = purchase(payment, metadata);
    payment["amount"] = amount.into();
    payment["withheld"] = refunded.saturating_add(disputed).into();
    Ok(Some(payment))
}

/// What was written to the payment when its page was made.
fn purchase(payment: &str, metadata: &Value) -> Value {
    let text = |name: &str| metadata[name].as_str();
    json!({
        "id": payment,
        "user_id": text("user_id").and_then(|text| text.parse::<uuid::Uuid>().ok()),
        "project": text("project"),
        "pack_id": text("pack_id"),
        "credits": text("credits").and_then(|text| text.parse::<i32>().ok()),
    })
}

/// The sum of what is held back. Inquiries (`warning_*`, `prevented`) move no money, and what is won comes back.
fn disputed(list: &Value) -> i64 {
    let disputes = list["data"].as_array().map_or(&[][..], Vec::as_slice);
    let is_held = |dispute: &&Value| {
        matches!(
            dispute["status"].as_str(),
            Some("needs_response" | "under_review" | "lost")
        )
    };
    disputes
        .iter()
        .filter(is_held)
        .filter_map(|dispute| dispute["amount"].as_i64())
        .fold(0, i64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dispute_holds_money_until_it_is_won() {
        let list = |status: &str| json!({ "data": [{ "amount": 490, "status": status }, { "amount": 10, "status": "lost" }] });
        assert_eq!(disputed(&list("needs_response")), 500);
        assert_eq!(disputed(&list("under_review")), 500);
        for status in [
            "won",
            "warning_needs_response",
            "warning_closed",
            "prevented",
            "new",
        ] {
            assert_eq!(disputed(&list(status)), 10, "{status}");
        }
        assert_eq!(disputed(&json!({ "data": [{ "status": "lost" }, 7] })), 0);
        assert_eq!(disputed(&Value::Null), 0);
    }

    #[test]
    fn a_purchase_is_read_from_what_was_written_to_it() {
        let session = json!({
            "id": "cs_1", "payment_intent": "pi_1",
            "metadata": { "user_id": "0193f0a0-0000-7000-8000-0000000000aa", "project": "p", "pack_id": "k", "credits": "200" },
        });
        assert_eq!(
            bought(&session).unwrap(),
            json!({
                "id": "pi_1", "user_id": "0193f0a0-0000-7000-8000-0000000000aa", "project": "p", "pack_id": "k", "credits": 200,
            })
        );
        let free = json!({ "id": "cs_1", "payment_intent": null, "metadata": { "user_id": "x", "credits": "9e9" } });
        let read = bought(&free).unwrap();
        assert_eq!(
            (&read["id"], &read["user_id"], &read["credits"]),
            (&json!("cs_1"), &Value::Null, &Value::Null)
        );
        assert_eq!(bought(&json!({})), None);
    }
}
