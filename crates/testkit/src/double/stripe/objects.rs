//! The objects themselves.

use serde_json::{Map, Value, json};

use super::answer::{Answer, error, missing};
use super::{Store, StripeAsked};

/// When everything here was made, in seconds since 1970.
const CREATED: i64 = 1_750_000_000;

pub(super) fn answer(store: &mut Store, asked: &StripeAsked) -> Answer {
    match (asked.method.as_str(), asked.path.split_once('/')) {
        ("POST", _) if asked.path == "checkout/sessions" => checkout(store, asked),
        ("POST", _) if asked.path == "billing_portal/sessions" => portal(store, asked),
        ("GET", Some(("subscriptions", id))) => {
            read(store, asked, "subscription", id, "latest_invoice")
        }
        ("DELETE", Some(("subscriptions", id))) => cancel(store, id),
        ("GET", Some(("charges", id))) => read(store, asked, "charge", id, "payment_intent"),
        ("GET", None) if asked.path == "disputes" => disputes(store, asked),
        (method, _) => {
            let message = format!("Unrecognized request URL ({method}: /v1/{}).", asked.path);
            error(404, "invalid_request_error", None, None, &message)
        }
    }
}

fn checkout(store: &mut Store, asked: &StripeAsked) -> Answer {
    let refuse = |parameter: &str, message: &str| {
        error(400, "invalid_request_error", None, Some(parameter), message)
    };
    let mode = asked.field("mode");
    let inner = match mode {
        "payment" => "payment_intent_data",
        "subscription" => "subscription_data",
        _ => return refuse("mode", "Missing required param: mode."),
    };
    let other = if mode == "payment" {
        "subscription_data"
    } else {
        "payment_intent_data"
    };
    if asked.fields.iter().any(|(name, _)| name.starts_with(other)) {
        return refuse(other, "You can not pass it in this mode.");
    }
    let (customer, email) = (asked.field("customer"), asked.field("customer_email"));
    if !customer.is_empty() && !email.is_empty() {
        return refuse(
            "customer_email",
            "You may only specify one of these parameters: customer, customer_email.",
        );
    } else if !customer.is_empty() && !store.objects.contains_key(customer) {
        return missing("customer", customer, "customer");
    } else if !email.is_empty() && !email.contains('@') {
        let message = format!("Invalid email address: {email}");
        return error(
            400,
            "invalid_request_error",
            Some("email_invalid"),
            Some("customer_email"),
            &message,
        );
    }
    let price = asked.field("line_items[0][price]");
    if !store.objects.contains_key(price) {
        return missing("price", price, "line_items[0][price]");
    } else if asked.field("line_items[0][quantity]") != "1" || asked.field("success_url").is_empty()
    {
        return refuse("line_items", "A quantity and a success_url are required.");
    }
    store.made += 1;
    let id = format!("cs_test_{}", store.made);
    let session = json!({
        "id": id, "object": "checkout.session", "amount_total": store.objects[price]["unit_amount"],
        "cancel_url": asked.field("cancel_url"), "client_reference_id": asked.field("client_reference_id"),
        "created": CREATED, "currency": "eur", "customer": text(customer), "customer_email": text(email),
        "expires_at": CREATED + 86_400, "livemode": false, "locale": asked.field("locale"),
        "metadata": metadata(asked, "metadata"), "mode": mode, "payment_intent": null,
        "payment_status": "unpaid", "status": "open", "subscription": null,
        "success_url": asked.field("success_url"), "url": format!("https://checkout.stripe.com/c/pay/{id}"),
        // Not the session's, but what is made from it when it is paid.
        "inner_metadata": metadata(asked, &format!("{inner}[metadata]")),
    });
    store.objects.insert(id, session.clone());
    (200, session)
}

fn portal(store: &mut Store, asked: &StripeAsked) -> Answer {
    let customer = asked.field("customer");
    if !store.objects.contains_key(customer) {
        return missing("customer", customer, "customer");
    }
    store.made += 1;
    let id = format!("bps_{}", store.made);
    let session = json!({
        "id": id, "object": "billing_portal.session", "configuration": "bpc_1", "created": CREATED,
        "customer": customer, "flow": null, "livemode": false, "locale": asked.field("locale"),
        "on_behalf_of": null, "return_url": asked.field("return_url"),
        "url": format!("https://billing.stripe.com/p/session/test_{id}"),
    });
    (200, session)
}

/// What may be expanded is stored whole, and told by its id unless asked for.
fn read(store: &Store, asked: &StripeAsked, what: &str, id: &str, expandable: &str) -> Answer {
    let found = store
        .objects
        .get(id)
        .filter(|found| found["object"] == what);
    let Some(found) = found else {
        return missing(what, id, "id");
    };
    let mut found = found.clone();
    if asked.field("expand[]") != expandable && found[expandable].is_object() {
        found[expandable] = found[expandable]["id"].clone();
    }
    (200, found)
}

fn cancel(store: &mut Store, id: &str) -> Answer {
    let found = store.objects.get_mut(id);
    match found.filter(|found| found["object"] == "subscription" && found["status"] != "canceled") {
        Some(found) => {
            found["status"] = "canceled".into();
            found["canceled_at"] = CREATED.into();
            found["ended_at"] = CREATED.into();
            (200, found.clone())
        }
        None => missing("subscription", id, "id"),
    }
}

fn disputes(store: &Store, asked: &StripeAsked) -> Answer {
    let of_charge = |object: &&Value| {
        object["object"] == "dispute" && object["charge"] == asked.field("charge")
    };
    let data: Vec<&Value> = store.objects.values().filter(of_charge).collect();
    (
        200,
        json!({ "object": "list", "url": "/v1/disputes", "has_more": false, "data": data }),
    )
}

/// Fields such as `metadata[user_id]`.
fn metadata(asked: &StripeAsked, of: &str) -> Map<String, Value> {
    let inner = |name: &str| {
        Some(
            name.strip_prefix(of)?
                .strip_prefix('[')?
                .strip_suffix(']')?
                .to_owned(),
        )
    };
    let fields = asked.fields.iter();
    fields
        .filter_map(|(name, value)| Some((inner(name)?, value.as_str().into())))
        .collect()
}

fn text(value: &str) -> Value {
    if value.is_empty() {
        Value::Null
    } else {
        value.into()
    }
}
