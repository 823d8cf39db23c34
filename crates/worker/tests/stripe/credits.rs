//! Packs of credits: bought once, taken back as far as the money went back.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::shop::{Customer, Shop, fixture};

/// What the page of a pack of 200 writes to its payment.
async fn notes(shop: &Shop, customer: &Customer) -> Value {
    json!({
        "user_id": customer.id, "project": shop.project().await, "pack_id": "pack-200", "credits": "200",
    })
}

/// The charge at Stripe, nothing of it refunded.
async fn charge(shop: &Shop, customer: &Customer) {
    let mut charge = fixture("charge");
    charge["payment_intent"]["metadata"] = notes(shop, customer).await;
    shop.stripe.put(charge);
}

async fn completed(shop: &Shop, customer: &Customer, id: &str, status: &str) -> Value {
    let mut event = fixture("checkout_session_completed");
    event["id"] = id.into();
    event["data"]["object"]["payment_status"] = status.into();
    event["data"]["object"]["metadata"] = notes(shop, customer).await;
    event
}

#[tokio::test]
async fn a_pack_is_credited_when_it_is_paid_and_once() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    // A bank transfer is under way.
    let begun = completed(&shop, &customer, "evt_1", "unpaid").await;
    assert_eq!(shop.deliver(&begun).await, StatusCode::OK);
    assert_eq!(customer.balance().await, 100);
    let mut paid = completed(&shop, &customer, "evt_2", "paid").await;
    paid["type"] = "checkout.session.async_payment_succeeded".into();
    for id in ["evt_2", "evt_2", "evt_3"] {
        paid["id"] = id.into();
        assert_eq!(shop.deliver(&paid).await, StatusCode::OK);
        assert_eq!(customer.balance().await, 300);
    }
}

#[tokio::test]
async fn what_is_refunded_is_taken_back_in_proportion() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    let paid = completed(&shop, &customer, "evt_1", "paid").await;
    assert_eq!(shop.deliver(&paid).await, StatusCode::OK);
    charge(&shop, &customer).await;
    for (number, (refunded, balance)) in [(49, 280), (49, 280), (245, 200), (490, 100)]
        .into_iter()
        .enumerate()
    {
        shop.stripe
            .change("ch_3Recorded", &json!({ "amount_refunded": refunded }));
        shop.tell("charge_refunded", &format!("evt_r{number}"), None)
            .await;
        assert_eq!(customer.balance().await, balance, "{refunded}");
    }
    // The bank sends a refund back.
    shop.stripe
        .change("ch_3Recorded", &json!({ "amount_refunded": 0 }));
    shop.tell("refund_failed", "evt_failed", None).await;
    assert_eq!(customer.balance().await, 300);
    shop.tell("charge_refunded", "evt_r0", None).await;
    assert_eq!(customer.balance().await, 300, "a replay");
}

#[tokio::test]
async fn a_dispute_holds_credits_until_it_is_won() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    let paid = completed(&shop, &customer, "evt_1", "paid").await;
    assert_eq!(shop.deliver(&paid).await, StatusCode::OK);
    charge(&shop, &customer).await;
    shop.stripe
        .change("ch_3Recorded", &json!({ "disputed": true }));
    shop.stripe.put(fixture("dispute"));
    shop.tell("charge_dispute_created", "evt_2", None).await;
    assert_eq!(customer.balance().await, 100);
    shop.stripe
        .change("du_1Recorded", &json!({ "status": "won" }));
    shop.tell("charge_dispute_closed", "evt_3", None).await;
    assert_eq!(customer.balance().await, 300);
    shop.stripe
        .change("du_1Recorded", &json!({ "status": "lost" }));
    shop.tell("charge_dispute_closed", "evt_4", None).await;
    assert_eq!(customer.balance().await, 100);
}

#[tokio::test]
async fn credits_that_are_spent_are_not_owed() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    let paid = completed(&shop, &customer, "evt_1", "paid").await;
    assert_eq!(shop.deliver(&paid).await, StatusCode::OK);
    charge(&shop, &customer).await;
    shop.sql(&format!(
        "insert into public.credit_transactions (user_id, amount, type) values ('{}', -250, 'usage')",
        customer.id
    ))
    .await;
    shop.stripe
        .change("ch_3Recorded", &json!({ "amount_refunded": 490 }));
    shop.tell("charge_refunded", "evt_2", None).await;
    assert_eq!(customer.balance().await, 0);
}

#[tokio::test]
async fn a_refund_that_is_told_before_its_purchase_counts_too() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    charge(&shop, &customer).await;
    shop.stripe
        .change("ch_3Recorded", &json!({ "amount_refunded": 490 }));
    shop.tell("charge_refunded", "evt_1", None).await;
    assert_eq!(customer.balance().await, 100);
    let paid = completed(&shop, &customer, "evt_2", "paid").await;
    assert_eq!(shop.deliver(&paid).await, StatusCode::OK);
    assert_eq!(customer.balance().await, 100);
}

#[tokio::test]
async fn payments_of_others_are_left_alone() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    let mut event = completed(&shop, &customer, "evt_1", "paid").await;
    event["data"]["object"]["metadata"]["project"] = "another".into();
    assert_eq!(shop.deliver(&event).await, StatusCode::OK);
    event["data"]["object"]["metadata"] = json!({});
    assert_eq!(shop.deliver(&event).await, StatusCode::OK);
    // A plan's own charge: its credits stay.
    let mut charge = fixture("charge");
    charge["amount_refunded"] = 490.into();
    shop.stripe.put(charge);
    shop.tell("charge_refunded", "evt_2", None).await;
    assert_eq!(customer.balance().await, 100);
}
