//! Subscriptions whose accounts are gone.

use std::time::Duration;

use serde_json::json;

use crate::shop::{Customer, MONTHLY, Shop, fixture};
use crate::subscribed::subscribe;

const LEFT: &str = "select count(*) from private.orphan_subscriptions";

#[tokio::test]
async fn who_leaves_is_charged_no_more() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    // Alive, ended by hand at Stripe, and one that is not to be reached now.
    for id in ["sub_1", "sub_2"] {
        subscribe(&shop, &customer, id, MONTHLY, -1, 29).await;
        shop.tell("invoice_paid", &format!("evt_{id}"), Some(id))
            .await;
    }
    shop.stripe
        .change("sub_2", &json!({ "status": "canceled" }));
    shop.sql(&format!(
        "delete from auth.users where id = '{}'",
        customer.id
    ))
    .await;
    assert_eq!(shop.one::<i64>(LEFT).await, 2);
    let worker = shop.worker();
    while shop.one::<i64>(LEFT).await > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    worker.stop().await;
    assert_eq!(shop.stripe.object("sub_1")["status"], "canceled");
    // The event of that end finds nobody, and opens nothing again.
    shop.tell("customer_subscription_updated", "evt_end", Some("sub_1"))
        .await;
    assert_eq!(shop.one::<i64>(LEFT).await, 0);
}

#[tokio::test]
async fn what_fails_is_kept_for_the_next_time() {
    let shop = Shop::open().await;
    shop.sql("insert into private.orphan_subscriptions (stripe_subscription_id) values ('sub_1Recorded')")
        .await;
    shop.stripe.put(fixture("subscription"));
    shop.stripe.fail(&[500]);
    let worker = shop.worker();
    while shop.stripe.asked().is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    worker.stop().await;
    assert_eq!(shop.one::<i64>(LEFT).await, 1);
    assert_eq!(shop.stripe.object("sub_1Recorded")["status"], "active");
    shop.sql("update private.orphan_subscriptions set run_after = now()")
        .await;
    let worker = shop.worker();
    while shop.one::<i64>(LEFT).await > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    worker.stop().await;
    assert_eq!(shop.stripe.object("sub_1Recorded")["status"], "canceled");
}

#[tokio::test]
async fn who_pays_and_is_gone_by_then_is_not_charged_again() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    subscribe(&shop, &customer, "sub_1", MONTHLY, -1, 29).await;
    shop.sql(&format!(
        "delete from auth.users where id = '{}'",
        customer.id
    ))
    .await;
    shop.tell("invoice_paid", "evt_1", Some("sub_1")).await;
    assert_eq!(shop.one::<i64>(LEFT).await, 1);
}
