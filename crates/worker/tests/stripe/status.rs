//! Every status of Stripe, and what it means for the tier.

use serde_json::json;

use crate::shop::{Customer, MONTHLY, Shop};
use crate::subscribed::{period, subscribe};

#[tokio::test]
async fn each_status_has_its_meaning() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    subscribe(&shop, &customer, "sub_1", MONTHLY, -1, 29).await;
    let paid = json!({ "id": "in_1", "object": "invoice", "status": "paid" });
    let open = json!({ "id": "in_1", "object": "invoice", "status": "open" });
    let cases = [
        ("incomplete", &open, "incomplete", "free", "active"),
        (
            "incomplete_expired",
            &open,
            "incomplete_expired",
            "free",
            "active",
        ),
        ("trialing", &paid, "trialing", "pro", "active"),
        ("active", &paid, "active", "pro", "active"),
        ("past_due", &open, "past_due", "pro", "active"),
        ("unpaid", &open, "unpaid", "free", "active"),
        ("paused", &paid, "unpaid", "free", "active"),
        // What is paid for lasts until its end; what is not ends at once.
        ("canceled", &paid, "canceled", "pro", "cancelled"),
        ("canceled", &open, "canceled", "free", "active"),
    ];
    for (number, (status, invoice, stored, tier, profile)) in cases.into_iter().enumerate() {
        shop.stripe.change(
            "sub_1",
            &json!({ "status": status, "latest_invoice": invoice, "ended_at": 1_750_000_000 }),
        );
        shop.tell(
            "customer_subscription_updated",
            &format!("evt_{number}"),
            Some("sub_1"),
        )
        .await;
        assert_eq!(customer.subscription().await["status"], stored, "{status}");
        let found = customer.profile().await;
        assert_eq!(
            (&found["subscription_tier"], &found["subscription_status"]),
            (&json!(tier), &json!(profile)),
            "{status}"
        );
    }
    assert_eq!(
        customer.balance().await,
        700,
        "one month, however often its status changed"
    );

    // Late, and for longer than was paid for.
    period(&shop, "sub_1", MONTHLY, -32, -2);
    shop.stripe.change(
        "sub_1",
        &json!({ "status": "past_due", "latest_invoice": open }),
    );
    shop.tell("customer_subscription_updated", "evt_late", Some("sub_1"))
        .await;
    assert_eq!(customer.profile().await["subscription_tier"], "free");
}

#[tokio::test]
async fn a_status_that_is_not_known_yet_comes_again() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    subscribe(&shop, &customer, "sub_1", MONTHLY, -1, 29).await;
    shop.stripe
        .change("sub_1", &json!({ "status": "brand_new" }));
    let mut event = crate::shop::fixture("customer_subscription_updated");
    event["data"]["object"]["id"] = "sub_1".into();
    assert_eq!(shop.deliver(&event).await, 503);
    shop.stripe.change("sub_1", &json!({ "status": "active" }));
    assert_eq!(shop.deliver(&event).await, 200);
    assert_eq!(customer.balance().await, 700);
}
