//! Webhooks of Replicate at the worker's own door, with polling too slow to be of any help.

use std::net::SocketAddr;
use std::time::Duration;

use amethyst_worker::{Key, Providers, Worker};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use url::Url;

use crate::shop::Shop;
use crate::user::Running;

const SECRET: &[u8] = b"a secret of twenty-four b";

/// A worker that asks for webhooks and looks by itself only every two minutes.
fn work(shop: &Shop) -> (Running, SocketAddr) {
    let mut config = shop.config();
    config.listen = Some("127.0.0.1:0".parse().unwrap());
    config.public_url = Some(Url::parse("https://worker.example").unwrap());
    let replicate = config.replicate.as_mut().unwrap();
    replicate.webhook_secret = Some(Key::new(&format!(
        "whsec_{}",
        BASE64_STANDARD.encode(SECRET)
    )));
    replicate.poll = Duration::from_secs(30);
    replicate.deadline = Duration::from_secs(900);
    let providers = Providers::of(&config).unwrap();
    let worker = Worker::new(config, providers).unwrap();
    let address = worker.address().unwrap();
    (Running::of(worker), address)
}

struct Event<'a> {
    id: &'a str,
    at: i64,
    key: &'a [u8],
    body: String,
}

/// Sends an event as Replicate signs it; answers the status.
async fn send(address: SocketAddr, path: &str, event: Event<'_>) -> u16 {
    let mut mac = Hmac::<Sha256>::new_from_slice(event.key).unwrap();
    mac.update(format!("{}.{}.{}", event.id, event.at, event.body).as_bytes());
    let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    reqwest::Client::new()
        .post(format!("http://{address}{path}"))
        .header("webhook-id", event.id)
        .header("webhook-timestamp", event.at.to_string())
        .header("webhook-signature", format!("v1,{signature}"))
        .header("content-type", "application/json")
        .body(event.body)
        .send()
        .await
        .unwrap()
        .status()
        .as_u16()
}

async fn nudges(shop: &Shop) -> i64 {
    shop.number("select max(nudges)::bigint from private.jobs")
        .await
}

#[tokio::test]
async fn news_are_verified_counted_once_and_only_a_reason_to_ask() {
    let shop = Shop::open().await;
    let (worker, address) = work(&shop);
    let id = shop.request("flux-dev-multi-lora", json!({})).await;
    for _ in 0..1000 {
        if shop
            .number("select count(*) from private.jobs where remote ? 'id'")
            .await
            == 1
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let sent = shop.replicate.created()[0].clone();
    let asked_for = sent["webhook"].as_str().unwrap();
    assert_eq!(
        asked_for,
        format!("https://worker.example/webhooks/replicate/{id}")
    );
    assert_eq!(sent["webhook_events_filter"], json!(["completed"]));
    let path = Url::parse(asked_for).unwrap().path().to_owned();
    let prediction = shop.replicate.ids()[0].clone();
    let now = shop
        .number("select extract(epoch from now())::bigint")
        .await;
    // Says more than is true: nothing of it is believed.
    let body = json!({ "id": prediction, "status": "failed", "error": "forged", "output": ["http://127.0.0.2/x"] });
    let event = |id, at, key| Event {
        id,
        at,
        key,
        body: body.to_string(),
    };

    assert_eq!(
        send(address, &path, event("e1", now, b"another key")).await,
        401
    );
    assert_eq!(
        send(address, &path, event("e1", now - 400, SECRET)).await,
        401
    );
    let nobody = "/webhooks/replicate/00000000-0000-4000-8000-000000000001";
    assert_eq!(send(address, nobody, event("e0", now, SECRET)).await, 204);
    assert_eq!(nudges(&shop).await, 0);

    assert_eq!(send(address, &path, event("e1", now, SECRET)).await, 204);
    assert_eq!(
        send(address, &path, event("e1", now, SECRET)).await,
        204,
        "a repetition is no error"
    );
    let row = shop.user.wait_for(&id, "completed").await;
    assert_eq!(nudges(&shop).await, 1);
    assert_eq!(
        row["metadata"]["receipt"]["images"][0]["result"],
        "delivered"
    );

    let numbers = reqwest::get(format!("http://{address}/metrics"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for line in [
        r#"amethyst_webhooks_total{source="replicate",result="accepted"} 1"#,
        r#"amethyst_webhooks_total{source="replicate",result="repeated"} 1"#,
        r#"amethyst_webhooks_total{source="replicate",result="refused"} 2"#,
        r#"amethyst_jobs_total{provider="replicate",outcome="completed"} 1"#,
        r#"amethyst_images_total{provider="replicate",outcome="delivered"} 1"#,
        r#"amethyst_credits_charged_total{provider="replicate"} 4"#,
        r#"amethyst_provider_cost_total{provider="replicate",unit="seconds"} 6.25"#,
    ] {
        assert!(numbers.contains(line), "{line} is not in\n{numbers}");
    }
    assert!(!numbers.contains("renard"), "no prompt in a number");
    worker.stop().await;
    shop.audit().await;
}

#[tokio::test]
async fn news_name_a_prediction_whose_id_was_lost() {
    let shop = Shop::open().await;
    let id = shop.request("flux-dev-multi-lora", json!({})).await;
    // A worker submitted it and died before it could note the id.
    shop.sql(
        "update private.jobs set state = 'leased', lease_token = gen_random_uuid(), attempts = 1,
                run_after = now() - interval '1 second', remote = jsonb_build_object('submitting_at', now())",
    )
    .await;
    let known = shop.backend.pool();
    let answer: serde_json::Value =
        sqlx::query_scalar("select public.note_webhook('replicate', 'e9', $1::uuid, 'p00000001')")
            .bind(&id)
            .fetch_one(known)
            .await
            .unwrap();
    assert_eq!(answer, json!({ "known": true, "fresh": true }));
    assert_eq!(
        shop.number("select count(*) from private.jobs where remote ->> 'id' = 'p00000001'")
            .await,
        1
    );
    // News of another prediction do not replace it.
    let answer: serde_json::Value =
        sqlx::query_scalar("select public.note_webhook('replicate', 'e10', $1::uuid, 'p00000002')")
            .bind(&id)
            .fetch_one(known)
            .await
            .unwrap();
    assert_eq!(answer["known"], false);
}
