//! A subscription from its page to its months: tier, credits once, events in any order.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::shop::{Customer, MONTHLY, Shop, YEARLY, day, fixture};

/// What the double says of a subscription: paid, begun so many days ago, until so many days from now.
pub(crate) async fn subscribe(
    shop: &Shop,
    customer: &Customer,
    id: &str,
    price: &str,
    from: i64,
    until: i64,
) {
    let mut object = fixture("subscription");
    object["id"] = id.into();
    object["metadata"] =
        json!({ "user_id": customer.id, "project": shop.project().await, "plan_id": "pro" });
    shop.stripe.put(object);
    period(shop, id, price, from, until);
}

pub(crate) fn period(shop: &Shop, id: &str, price: &str, from: i64, until: i64) {
    let mut items = shop.stripe.object(id)["items"].clone();
    let item = &mut items["data"][0];
    item["price"]["id"] = price.into();
    item["current_period_start"] = day(from).into();
    item["current_period_end"] = day(until).into();
    shop.stripe.change(id, &json!({ "items": items }));
}

fn invoice(shop: &Shop, id: &str, status: &str) {
    let mut invoice = fixture("subscription")["latest_invoice"].take();
    invoice["status"] = status.into();
    shop.stripe
        .change(id, &json!({ "latest_invoice": invoice }));
}

#[tokio::test]
async fn from_the_page_to_the_tier_and_the_credits_of_each_paid_month() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    let worker = shop.worker();
    let page = json!({ "p_plan_id": "pro" });
    let page = customer.ask("request_checkout", page).await;
    customer.answered(&page).await;
    worker.stop().await;

    // He pays: Stripe makes the subscription with what the page carried.
    let session = shop.stripe.object("cs_test_1");
    let mut object = fixture("subscription");
    object["metadata"] = session["inner_metadata"].clone();
    shop.stripe.put(object);
    period(&shop, "sub_1Recorded", MONTHLY, -1, 29);
    let mut paid = fixture("checkout_session_completed");
    let about = paid["data"]["object"].as_object_mut().unwrap();
    about.extend(
        json!({ "mode": "subscription", "subscription": "sub_1Recorded", "payment_intent": null })
            .as_object()
            .unwrap()
            .clone(),
    );
    assert_eq!(shop.deliver(&paid).await, StatusCode::OK);
    let profile = customer.profile().await;
    assert_eq!(
        (
            &profile["subscription_tier"],
            &profile["subscription_status"],
            &profile["credits_balance"]
        ),
        (&json!("pro"), &json!("active"), &json!(700))
    );
    let row = customer.subscription().await;
    assert_eq!(
        (
            &row["stripe_subscription_id"],
            &row["stripe_customer_id"],
            &row["plan_id"]
        ),
        (
            &json!("sub_1Recorded"),
            &json!("cus_Recorded"),
            &json!("pro")
        )
    );

    // The other events of the same payment, and the same event again.
    shop.tell("customer_subscription_updated", "evt_a", None)
        .await;
    shop.tell("invoice_paid", "evt_b", None).await;
    assert_eq!(shop.deliver(&paid).await, StatusCode::OK);
    assert_eq!(customer.balance().await, 700);

    // The next month has begun, and is not paid for yet.
    period(&shop, "sub_1Recorded", MONTHLY, 0, 30);
    invoice(&shop, "sub_1Recorded", "draft");
    shop.tell("customer_subscription_updated", "evt_c", None)
        .await;
    shop.sql("select public.grant_monthly_credits()").await;
    let profile = customer.profile().await;
    assert_eq!(
        (&profile["subscription_tier"], &profile["credits_balance"]),
        (&json!("pro"), &json!(700))
    );
    invoice(&shop, "sub_1Recorded", "paid");
    shop.tell("invoice_paid_2024", "evt_d", None).await;
    assert_eq!(customer.balance().await, 1300);
    shop.tell("invoice_paid", "evt_e", None).await;
    shop.sql("select public.grant_monthly_credits()").await;
    assert_eq!(customer.balance().await, 1300, "once a month");
}

#[tokio::test]
async fn a_year_is_granted_month_by_month() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    subscribe(&shop, &customer, "sub_year", YEARLY, -70, 295).await;
    shop.tell("invoice_paid", "evt_1", Some("sub_year")).await;
    assert_eq!(
        customer.balance().await,
        100 + 3 * 600,
        "in its third month"
    );
    shop.tell("customer_subscription_updated", "evt_2", Some("sub_year"))
        .await;
    assert_eq!(customer.balance().await, 100 + 3 * 600);
}

#[tokio::test]
async fn late_and_simultaneous_events_never_turn_back_time() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    subscribe(&shop, &customer, "sub_1", MONTHLY, -1, 29).await;
    let event = |id: &str, created: i64, status: &str| {
        let mut event = fixture("customer_subscription_updated");
        event["id"] = id.into();
        event["created"] = created.into();
        event["data"]["object"]["id"] = "sub_1".into();
        // What the body says is what was so when it happened.
        event["data"]["object"]["status"] = status.into();
        event
    };
    let at = day(0);
    assert_eq!(
        shop.deliver(&event("evt_new", at, "active")).await,
        StatusCode::OK
    );
    for (id, created, status) in [
        ("evt_old", at - 60, "incomplete"),
        ("evt_same", at, "incomplete"),
        ("evt_gone", at - 3600, "canceled"),
    ] {
        assert_eq!(
            shop.deliver(&event(id, created, status)).await,
            StatusCode::OK
        );
        let row = customer.subscription().await;
        assert_eq!(row["status"], "active", "{id}");
    }
    // An event of earlier, delivered last, brings what is so now.
    shop.stripe
        .change("sub_1", &json!({ "status": "past_due" }));
    assert_eq!(
        shop.deliver(&event("evt_late", at - 7200, "active")).await,
        StatusCode::OK
    );
    let row = customer.subscription().await;
    assert_eq!(row["status"], "past_due");
    // Delivered again it is not looked at: Stripe is not even asked.
    let asked = shop.stripe.asked().len();
    shop.stripe.change("sub_1", &json!({ "status": "active" }));
    assert_eq!(
        shop.deliver(&event("evt_late", at, "active")).await,
        StatusCode::OK
    );
    assert_eq!(shop.stripe.asked().len(), asked);
    assert_eq!(
        customer.subscription().await["updated_at"],
        row["updated_at"]
    );
    assert_eq!(customer.balance().await, 700);
}

#[tokio::test]
async fn the_same_event_at_once_counts_once() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    subscribe(&shop, &customer, "sub_1", MONTHLY, -1, 29).await;
    let tell = || shop.tell("invoice_paid", "evt_1", Some("sub_1"));
    tokio::join!(tell(), tell(), tell(), tell());
    assert_eq!(customer.balance().await, 700);
    assert_eq!(customer.subscription().await["status"], "active");
}

#[tokio::test]
async fn an_end_that_was_told_and_a_change_of_plan_arrive() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    subscribe(&shop, &customer, "sub_1", MONTHLY, -1, 29).await;
    shop.sql("update public.subscription_plans set features = features || '{\"stripe_prices\": [\"price_studio\"]}' where id = 'enterprise'")
        .await;
    shop.stripe.change(
        "sub_1",
        &json!({ "cancel_at": day(29), "canceled_at": day(0) }),
    );
    shop.tell("customer_subscription_updated", "evt_1", Some("sub_1"))
        .await;
    let row = customer.subscription().await;
    assert_eq!(row["cancel_at_period_end"], true);
    assert!(row["canceled_at"].is_string());
    period(&shop, "sub_1", "price_studio", -1, 29);
    shop.stripe
        .change("sub_1", &json!({ "cancel_at": null, "canceled_at": null }));
    shop.tell("customer_subscription_updated", "evt_2", Some("sub_1"))
        .await;
    let row = customer.subscription().await;
    assert_eq!(
        (&row["plan_id"], &row["cancel_at_period_end"]),
        (&json!("enterprise"), &json!(false))
    );
    assert_eq!(customer.profile().await["subscription_tier"], "enterprise");
}

#[tokio::test]
async fn what_an_older_version_tells_is_understood() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    let mut object = fixture("subscription_2024");
    object["metadata"] = json!({ "user_id": customer.id });
    object["current_period_start"] = day(-1).into();
    object["current_period_end"] = day(29).into();
    object["latest_invoice"] = Value::Null;
    shop.stripe.put(object);
    shop.tell("invoice_paid_2024", "evt_1", None).await;
    assert_eq!(customer.balance().await, 700);
}

#[tokio::test]
async fn a_price_that_no_plan_names_waits_for_the_operator() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    subscribe(&shop, &customer, "sub_1", MONTHLY, -1, 29).await;
    shop.tell("invoice_paid", "evt_0", Some("sub_1")).await;
    period(&shop, "sub_1", "price_new", -1, 29);
    let mut event = fixture("customer_subscription_updated");
    event["data"]["object"]["id"] = "sub_1".into();
    assert_eq!(shop.deliver(&event).await, StatusCode::SERVICE_UNAVAILABLE);
    shop.sql("update public.subscription_plans set features = features || '{\"stripe_price_month\": \"price_new\"}' where id = 'enterprise'")
        .await;
    assert_eq!(shop.deliver(&event).await, StatusCode::OK);
    assert_eq!(customer.subscription().await["plan_id"], "enterprise");
}
