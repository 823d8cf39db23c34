//! What is not Stripe's, not now, or nobody's business.

use std::time::Duration;

use amethyst_testkit::StripeDouble;
use reqwest::StatusCode;

use crate::shop::{Customer, MONTHLY, Shop, day, fixture};
use crate::subscribed::subscribe;

#[tokio::test]
async fn only_what_stripe_signed_just_now_counts() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    subscribe(&shop, &customer, "sub_1Recorded", MONTHLY, -1, 29).await;
    let body = serde_json::to_vec(&fixture("invoice_paid")).unwrap();
    let good = StripeDouble::signature(&body, day(0));
    let old = StripeDouble::signature(&body, day(0) - 301);
    let ahead = StripeDouble::signature(&body, day(0) + 310);
    let mut tampered = body.clone();
    let at = tampered.iter().position(|byte| *byte == b':').unwrap();
    tampered.insert(at, b' ');
    let moved = good.replacen("t=", "t=1", 1);
    for (body, signature) in [
        (&body, old.as_str()),
        (&body, &ahead),
        (&tampered, &good),
        (&body, &moved),
        (&body, ""),
        (&body, "t=1,v1=00"),
    ] {
        let status = shop.post(body.clone(), signature).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{signature}");
    }
    assert!(shop.stripe.asked().is_empty());
    assert_eq!(customer.balance().await, 100);
    assert_eq!(shop.post(body, &good).await, StatusCode::OK);
    assert_eq!(customer.balance().await, 700);
}

#[tokio::test]
async fn strange_bodies_and_foreign_events_change_nothing() {
    let shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    subscribe(&shop, &customer, "sub_1Recorded", MONTHLY, -1, 29).await;
    for body in ["", "null", "[]", "{\"id\": 1}", "\u{0}"] {
        let signature = StripeDouble::signature(body.as_bytes(), day(0));
        let status = shop.post(body.into(), &signature).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    }
    let large = vec![b' '; (1 << 20) + 1];
    let signature = StripeDouble::signature(&large, day(0));
    assert_eq!(
        shop.post(large, &signature).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    shop.tell("product_updated", "evt_1", None).await;
    shop.tell("customer_subscription_updated", "evt_2", Some("../charges"))
        .await;
    // Of the other mode, though well signed.
    let mut live = fixture("invoice_paid");
    live["livemode"] = true.into();
    assert_eq!(shop.deliver(&live).await, StatusCode::OK);
    assert!(shop.stripe.asked().is_empty());
    // One that Stripe does not have, and nobody's.
    shop.tell("customer_subscription_updated", "evt_3", Some("sub_ghost"))
        .await;
    shop.stripe.put(fixture("subscription"));
    shop.tell("customer_subscription_updated", "evt_4", None)
        .await;
    let rows: i64 = shop.one("select count(*) from public.subscriptions").await;
    assert_eq!((rows, customer.balance().await), (0, 100));
}

#[tokio::test]
async fn without_a_secret_every_event_has_to_come_again() {
    let shop = Shop::with(|config| config.webhook_secret = None).await;
    let status = shop.deliver(&fixture("product_updated")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn when_stripe_or_the_project_is_away_the_event_comes_again() {
    let mut shop = Shop::open().await;
    let customer = Customer::sign_up(&shop).await;
    subscribe(&shop, &customer, "sub_1Recorded", MONTHLY, -1, 29).await;
    let event = fixture("invoice_paid");
    for status in [429, 500, 503, 401, 404] {
        shop.stripe.fail(&[status]);
        let answer = shop.deliver(&event).await;
        assert_eq!(answer, StatusCode::SERVICE_UNAVAILABLE, "{status}");
    }
    shop.backend.stop().await.unwrap();
    let answer = shop.deliver(&event).await;
    assert_eq!(answer, StatusCode::SERVICE_UNAVAILABLE);
    shop.backend.start_again().await.unwrap();
    // Pooled connections of before may have to be found dead first.
    for _ in 0..50 {
        if shop.deliver(&event).await == StatusCode::OK {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(customer.balance().await, 700);
}
