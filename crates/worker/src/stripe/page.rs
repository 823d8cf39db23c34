//! What Stripe is asked for a payment page.

use serde::Deserialize;
use url::Url;
use uuid::Uuid;

use super::client::Form;

/// A request of the schema's `claim_checkouts`.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    pub(crate) id: Uuid,
    user_id: Uuid,
    email: Option<String>,
    language: Option<String>,
    kind: String,
    plan_id: Option<String>,
    pack_id: Option<String>,
    credits: Option<i64>,
    stripe_price: Option<String>,
    stripe_customer_id: Option<String>,
    /// Has a subscription that is not over.
    #[serde(default)]
    subscribed: bool,
    project: String,
    /// Which five minutes since it was asked for.
    #[serde(default)]
    round: i64,
}

/// A page to ask for.
#[derive(Debug, PartialEq)]
pub(crate) struct Page {
    pub(crate) path: &'static str,
    pub(crate) form: Form,
    /// The same for the same form within five minutes, so that a worker that died leaves no second page behind, and a
    /// failure that Stripe remembers does not stay for a day.
    pub(crate) key: String,
}

/// Builds the page. `known`: whether to say who pays, by customer or mail address.
///
/// # Errors
/// The code for the request's row: why there can be no page.
pub(crate) fn page(request: &Request, back: &Url, known: bool) -> Result<Page, &'static str> {
    let (path, mut form) = match request.kind.as_str() {
        "portal" => {
            let customer = request.stripe_customer_id.as_ref().ok_or("no_customer")?;
            let form = vec![
                field("customer", customer),
                field("return_url", back.as_str()),
            ];
            ("billing_portal/sessions", form)
        }
        // Two at once are paid for twice; the portal changes the one that is there.
        "checkout" if request.subscribed => return Err("already_subscribed"),
        "checkout" | "credits" => ("checkout/sessions", checkout(request, back, known)?),
        _ => return Err("unknown_kind"),
    };
    form.push(field("locale", locale(request.language.as_deref())));
    let digest = blake3::hash(format!("{form:?}").as_bytes()).to_hex();
    let short = digest.get(..16).unwrap_or_default();
    let key = format!("page-{}-{}-{short}", request.id, request.round);
    Ok(Page { path, form, key })
}

fn checkout(request: &Request, back: &Url, known: bool) -> Result<Form, &'static str> {
    let price = request.stripe_price.as_deref().map(str::trim);
    let price = price.filter(|price| !price.is_empty());
    let price = price.ok_or("not_configured")?;
    let (mode, inner) = match request.kind.as_str() {
        "credits" => ("payment", "payment_intent_data"),
        _ => ("subscription", "subscription_data"),
    };
    let user = request.user_id.to_string();
    let mut form = vec![
        field("mode", mode),
        field("line_items[0][price]", price),
        field("line_items[0][quantity]", "1"),
        field("client_reference_id", &user),
        field("success_url", &with(back, "done")),
        field("cancel_url", &with(back, "canceled")),
    ];
    let credits = request.credits.map(|credits| credits.to_string());
    let notes = [
        ("project", Some(&request.project)),
        ("user_id", Some(&user)),
        ("plan_id", request.plan_id.as_ref()),
        ("pack_id", request.pack_id.as_ref()),
        ("credits", credits.as_ref()),
    ];
    // On both: the page's events carry the one, those of the payment or subscription for ever after the other.
    for (name, value) in notes {
        if let Some(value) = value {
            form.push(field(&format!("metadata[{name}]"), value));
            form.push(field(&format!("{inner}[metadata][{name}]"), value));
        }
    }
    match (&request.stripe_customer_id, &request.email) {
        _ if !known => {}
        (Some(customer), _) => form.push(field("customer", customer)),
        (None, Some(email)) => form.push(field("customer_email", email)),
        (None, None) => {}
    }
    Ok(form)
}

/// The product's languages, as Stripe names them.
fn locale(language: Option<&str>) -> &'static str {
    match language {
        Some("fr") => "fr",
        Some("en") => "en",
        _ => "auto",
    }
}

/// The page to come back to, told how it went.
fn with(back: &Url, outcome: &str) -> String {
    let mut url = back.clone();
    url.query_pairs_mut().append_pair("payment", outcome);
    url.into()
}

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn request(more: &Value) -> Request {
        let mut row = json!({
            "id": "0193f0a0-0000-7000-8000-000000000001", "user_id": "0193f0a0-0000-7000-8000-0000000000aa",
            "email": "a@example.test", "language": "fr", "kind": "checkout", "plan_id": "pro", "period": "month",
            "stripe_price": "price_1", "project": "p", "subscribed": false, "round": 0,
        });
        row.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        serde_json::from_value(row).unwrap()
    }

    fn built(more: &Value) -> Result<Page, &'static str> {
        page(
            &request(more),
            &"https://amethyst.test/back?from=app".parse().unwrap(),
            true,
        )
    }

    #[test]
    fn who_pays_is_said_in_one_way() {
        let names = |more: Value| {
            let page = built(&more).unwrap();
            page.form
                .into_iter()
                .map(|(name, _)| name)
                .filter(|name| name.starts_with("customer"))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(json!({})), ["customer_email"]);
        assert_eq!(
            names(json!({ "stripe_customer_id": "cus_1" })),
            ["customer"]
        );
        assert_eq!(names(json!({ "email": null })), [""; 0]);
    }

    #[test]
    fn the_way_back_keeps_its_own_query() {
        let form = built(&json!({})).unwrap().form;
        let success = form.iter().find(|(name, _)| name == "success_url").unwrap();
        assert_eq!(
            success.1,
            "https://amethyst.test/back?from=app&payment=done"
        );
    }

    #[test]
    fn what_cannot_be_sold_is_named() {
        for (more, code) in [
            (json!({ "stripe_price": null }), "not_configured"),
            (json!({ "stripe_price": " " }), "not_configured"),
            (json!({ "subscribed": true }), "already_subscribed"),
            (json!({ "kind": "portal" }), "no_customer"),
            (json!({ "kind": "gift" }), "unknown_kind"),
        ] {
            assert_eq!(built(&more), Err(code));
        }
        let pack = built(&json!({ "kind": "credits", "subscribed": true }));
        assert!(pack.is_ok(), "subscribers buy packs too");
    }

    #[test]
    fn a_key_holds_for_one_form_and_five_minutes() {
        let key = |more: Value| built(&more).unwrap().key;
        assert_eq!(key(json!({})), key(json!({})));
        assert_ne!(key(json!({})), key(json!({ "round": 1 })));
        assert_ne!(key(json!({})), key(json!({ "language": "en" })));
        assert!(
            key(json!({})).len() < 255,
            "the longest key that Stripe takes"
        );
    }
}
