//! Stability AI: forms, seeds, formats, patience.

use amethyst_imaging::{Format, probe};
use amethyst_testkit::double::serve::Wrong;
use amethyst_testkit::double::stability::{Answer, rate_limited};
use serde_json::json;

use crate::shop::Shop;

#[tokio::test]
async fn one_call_for_each_picture_with_seeds_that_count_up() {
    let shop = Shop::open().await;
    let worker = shop.work();
    let fields = json!({
        "p_num_outputs": 3, "p_seed": 41, "p_negative_prompt": "blurry", "p_steps": 60, "p_output_format": "webp",
    });
    let row = shop.make("sd3.5-large", fields).await;
    let mut calls = shop.stability.calls();
    calls.sort_by_key(|(_, fields)| fields["seed"].clone());
    assert_eq!(calls.len(), 3);
    for ((endpoint, fields), seed) in calls.iter().zip(["41", "42", "43"]) {
        assert_eq!((endpoint.as_str(), fields["seed"].as_str()), ("sd3", seed));
        assert_eq!(
            (fields["model"].as_str(), fields["mode"].as_str()),
            ("sd3.5-large", "text-to-image")
        );
        assert_eq!(
            (
                fields["negative_prompt"].as_str(),
                fields["cfg_scale"].as_str()
            ),
            ("blurry", "7.5")
        );
        assert_eq!(
            (
                fields["output_format"].as_str(),
                fields["aspect_ratio"].as_str()
            ),
            ("png", "1:1")
        );
        assert!(!fields.contains_key("steps"));
    }
    let images = shop.user.images(row["id"].as_str().unwrap()).await;
    for (image, seed) in images.iter().zip([41, 42, 43]) {
        assert_eq!(image["metadata"]["seed"], seed);
        // What the provider cannot make is converted, with the quality that was asked for.
        assert_eq!(image["format"], "webp");
        let bytes = shop.user.bytes(image["public_url"].as_str().unwrap()).await;
        assert_eq!(probe(&bytes).unwrap().format, Format::Webp);
    }
    let kinds = row["metadata"]["adjustments"].as_array().unwrap();
    assert!(kinds.contains(&json!({ "field": "steps", "kind": "dropped", "asked": 60 })));
    assert!(kinds.contains(
        &json!({ "field": "output_format", "kind": "converted", "asked": "webp", "used": "png" })
    ));
    let cost = &row["metadata"]["receipt"]["provider_cost"];
    assert_eq!(*cost, json!({ "amount": 19.5, "unit": "credits" }));

    // Zero is drawn there; what was drawn is kept, beyond 31 bits.
    let row = shop
        .make("stable-image-ultra", json!({ "p_seed": 0 }))
        .await;
    assert_eq!(row["metadata"]["seed"], 3_100_000_007_u32);
    // A turbo model refuses a negative prompt, so that it is not sent.
    let row = shop
        .make("sd3.5-large-turbo", json!({ "p_negative_prompt": "x" }))
        .await;
    assert_eq!(row["status"], "completed");
    worker.stop().await;
    shop.audit().await;
}

#[tokio::test]
async fn hiccups_and_rate_limits_cost_a_moment() {
    let shop = Shop::open().await;
    for wrong in [rate_limited(), Wrong::Html(503), Wrong::BrokenBody] {
        shop.stability.answer(Answer::Wrong(wrong));
    }
    let worker = shop.work();
    let row = shop
        .make("stable-image-core", json!({ "p_num_outputs": 2 }))
        .await;
    worker.stop().await;
    assert_eq!(row["status"], "completed");
    assert_eq!(shop.user.balance().await, 94);
    shop.audit().await;
}

#[tokio::test]
async fn what_is_made_is_not_made_again_after_a_failure() {
    let shop = Shop::open().await;
    let broken =
        json!({ "id": "x", "name": "internal_error", "errors": ["An unexpected server error"] });
    // The second picture fails three times, and once more in the second attempt.
    shop.stability
        .answer_seed(8, Answer::Wrong(Wrong::status(500, broken)));
    let worker = shop.work();
    let id = shop
        .request(
            "stable-image-core",
            json!({ "p_num_outputs": 2, "p_seed": 7 }),
        )
        .await;
    let row = loop {
        shop.hurry().await;
        let row = shop.user.prompt(&id).await;
        if row["completed_at"].is_string() {
            break row;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    worker.stop().await;
    assert_eq!(row["status"], "completed");
    let made = shop.stability.calls();
    let first = made
        .iter()
        .filter(|(_, fields)| fields["seed"] == "7")
        .count();
    assert_eq!(
        (first, made.len()),
        (1, 10),
        "three attempts of three tries for the second"
    );
    let images = &row["metadata"]["receipt"]["images"];
    assert_eq!(
        (&images[0]["result"], &images[1]["result"]),
        (&json!("delivered"), &json!("lost"))
    );
    assert_eq!(shop.user.balance().await, 97);
    shop.audit().await;
}

#[tokio::test]
async fn every_error_ends_as_it_should() {
    let shop = Shop::open().await;
    shop.grant().await;
    let told = |status: u16, name: &str| {
        Wrong::status(
            status,
            json!({ "id": "e", "name": name, "errors": ["as the test wishes"] }),
        )
    };
    let cases = [
        (told(400, "bad_request"), ("over", "request_rejected")),
        (told(401, "unauthorized"), ("waits", "provider_unavailable")),
        (
            told(402, "payment_required"),
            ("waits", "provider_unavailable"),
        ),
        (
            told(403, "content_moderation"),
            ("over", "content_rejected"),
        ),
        (told(403, "forbidden"), ("waits", "provider_unavailable")),
        (told(413, "payload_too_large"), ("over", "request_rejected")),
        (told(422, "invalid_request"), ("over", "request_rejected")),
        (rate_limited(), ("waits", "provider_unavailable")),
        (told(500, "internal_error"), ("waits", "provider_failed")),
        (Wrong::Html(522), ("waits", "provider_unavailable")),
        (Wrong::BrokenBody, ("waits", "provider_unavailable")),
        // A success with a body that is no picture: made, paid for by us, and of no use.
        (Wrong::Nonsense, ("waits", "delivery_failed")),
    ];
    for (wrong, (end, code)) in cases {
        let name = format!("{wrong:?}");
        shop.stability.answer_seed(5, Answer::Wrong(wrong));
        let outcome = shop
            .try_once("stable-image-core", json!({ "p_seed": 5 }))
            .await;
        assert_eq!(outcome, (end, code.to_owned()), "{name}");
    }
    assert_eq!(shop.user.balance().await, 1100);
    shop.audit().await;
}
