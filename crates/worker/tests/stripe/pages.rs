//! Pages where people pay: asked for by a user, made by a worker.

use amethyst_testkit::StripeAsked;
use serde_json::json;

use crate::shop::{Customer, MONTHLY, PACK, Shop, YEARLY};

fn sent(asked: &StripeAsked, fields: &[(&str, &str)]) {
    for (name, value) in fields {
        assert_eq!(asked.field(name), *value, "{name}");
    }
}

#[tokio::test]
async fn a_plan_and_a_pack_get_pages_that_know_who_pays_for_what() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    let project = shop.project().await;
    let worker = shop.worker();
    let plan = json!({ "p_plan_id": "pro", "p_period": "year" });
    let plan = customer.ask("request_checkout", plan).await;
    let row = customer.answered(&plan).await;
    assert_eq!(row["status"], "ready");
    assert_eq!(row["url"], "https://checkout.stripe.com/c/pay/cs_test_1");
    assert_eq!(row["expires_at"], "2025-06-16T15:06:40+00:00");
    let pack = json!({ "p_pack_id": "pack-200" });
    let pack = customer.ask("request_credits", pack).await;
    assert_eq!(customer.answered(&pack).await["status"], "ready");
    worker.stop().await;

    let asked = shop.stripe.asked_for("checkout/sessions");
    let [for_plan, for_pack] = asked.as_slice() else {
        panic!("asked {} times", asked.len());
    };
    sent(
        for_plan,
        &[
            ("mode", "subscription"),
            ("line_items[0][price]", YEARLY),
            ("client_reference_id", &customer.id),
            ("customer_email", &customer.email),
            ("metadata[user_id]", &customer.id),
            ("subscription_data[metadata][user_id]", &customer.id),
            ("subscription_data[metadata][project]", &project),
            ("subscription_data[metadata][plan_id]", "pro"),
            ("locale", "fr"),
            ("success_url", "https://amethyst.test/paid?payment=done"),
            ("cancel_url", "https://amethyst.test/paid?payment=canceled"),
        ],
    );
    sent(
        for_pack,
        &[
            ("mode", "payment"),
            ("line_items[0][price]", PACK),
            ("payment_intent_data[metadata][user_id]", &customer.id),
            ("payment_intent_data[metadata][credits]", "200"),
            ("metadata[pack_id]", "pack-200"),
        ],
    );
    assert_eq!(for_plan.version.as_deref(), Some("2025-09-30.clover"));
    let key = for_plan.idempotency_key.as_deref().unwrap();
    assert!(key.contains(&plan), "{key}");
}

#[tokio::test]
async fn a_subscriber_gets_the_portal_and_no_second_subscription() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    shop.sql(&format!(
        "insert into public.subscriptions (user_id, stripe_subscription_id, stripe_customer_id, plan_id, status,
                                           current_period_start, current_period_end)
         values ('{}', 'sub_had', 'cus_had', 'pro', 'active', now(), now() + interval '1 month')",
        customer.id
    ))
    .await;
    shop.stripe
        .put(json!({ "id": "cus_had", "object": "customer" }));
    let portal = customer.ask("request_portal", json!({})).await;
    let again = json!({ "p_plan_id": "pro" });
    let again = customer.ask("request_checkout", again).await;
    let pack = json!({ "p_pack_id": "pack-200" });
    let pack = customer.ask("request_credits", pack).await;
    let worker = shop.worker();
    let row = customer.answered(&portal).await;
    let url = row["url"].as_str().unwrap();
    assert!(
        url.starts_with("https://billing.stripe.com/p/session/"),
        "{url}"
    );
    assert_eq!(row["expires_at"], "2025-06-15T15:11:40+00:00");
    assert_eq!(
        customer.answered(&again).await["error"],
        "already_subscribed"
    );
    assert_eq!(customer.answered(&pack).await["status"], "ready");
    worker.stop().await;
    let portal = &shop.stripe.asked_for("billing_portal/sessions")[0];
    sent(
        portal,
        &[
            ("customer", "cus_had"),
            ("return_url", "https://amethyst.test/paid"),
        ],
    );
    let checkout = &shop.stripe.asked_for("checkout/sessions")[0];
    sent(checkout, &[("customer", "cus_had"), ("customer_email", "")]);
}

#[tokio::test]
async fn a_customer_who_is_gone_at_stripe_is_asked_again_who_he_is() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    shop.sql(&format!(
        "insert into public.subscriptions (user_id, stripe_subscription_id, stripe_customer_id, plan_id, status,
                                           current_period_start, current_period_end)
         values ('{}', 'sub_had', 'cus_gone', 'pro', 'canceled', now(), now())",
        customer.id
    ))
    .await;
    let plan = json!({ "p_plan_id": "pro" });
    let plan = customer.ask("request_checkout", plan).await;
    let portal = customer.ask("request_portal", json!({})).await;
    let worker = shop.worker();
    assert_eq!(customer.answered(&plan).await["status"], "ready");
    assert_eq!(customer.answered(&portal).await["error"], "no_customer");
    worker.stop().await;
    let asked = shop.stripe.asked_for("checkout/sessions");
    assert_eq!(asked.len(), 2);
    sent(&asked[0], &[("customer", "cus_gone")]);
    sent(
        &asked[1],
        &[("customer", ""), ("line_items[0][price]", MONTHLY)],
    );
}

#[tokio::test]
async fn what_is_not_configured_is_told_at_once() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    shop.sql(
        "update public.subscription_plans set features = features || '{\"stripe_price_year\": \"price_ghost\"}' where id = 'pro'",
    )
    .await;
    let worker = shop.worker();
    for (function, what) in [
        ("request_checkout", json!({ "p_plan_id": "enterprise" })),
        (
            "request_checkout",
            json!({ "p_plan_id": "pro", "p_period": "year" }),
        ),
        ("request_credits", json!({ "p_pack_id": "pack-1000" })),
    ] {
        let id = customer.ask(function, what).await;
        let row = customer.answered(&id).await;
        assert_eq!(
            (&row["status"], &row["error"]),
            (&json!("failed"), &json!("not_configured"))
        );
    }
    worker.stop().await;
    assert_eq!(
        shop.stripe.asked_for("checkout/sessions").len(),
        1,
        "only a price can be wrong at Stripe"
    );
}

#[tokio::test]
async fn a_passing_trouble_waits_and_a_lasting_one_is_told() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    let worker = shop.worker();
    for status in [500, 429, 503] {
        shop.stripe.fail(&[status]);
        let before = shop.stripe.asked().len();
        let plan = json!({ "p_plan_id": "pro" });
        let id = customer.ask("request_checkout", plan).await;
        while shop.stripe.asked().len() == before {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!(customer.request(&id).await["status"], "pending", "{status}");
        shop.sql("update public.checkout_requests set run_after = now()")
            .await;
        assert_eq!(customer.answered(&id).await["status"], "ready");
        let asked = shop.stripe.asked_for("checkout/sessions");
        let keys: Vec<_> = asked
            .iter()
            .rev()
            .take(2)
            .map(|asked| &asked.idempotency_key)
            .collect();
        assert_eq!(keys[0], keys[1], "the same page, asked twice");
    }
    for status in [401, 402] {
        shop.stripe.fail(&[status]);
        let plan = json!({ "p_plan_id": "pro" });
        let id = customer.ask("request_checkout", plan).await;
        assert_eq!(customer.answered(&id).await["error"], "provider_failed");
    }
    worker.stop().await;
}
