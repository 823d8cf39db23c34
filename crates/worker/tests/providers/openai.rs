//! OpenAI's image models.

use amethyst_testkit::double::openai_images::error;
use amethyst_testkit::double::serve::Wrong;
use serde_json::json;

use crate::shop::Shop;

#[tokio::test]
async fn only_what_the_model_knows_is_sent() {
    let shop = Shop::open().await;
    let worker = shop.work();
    let fields = json!({
        "p_num_outputs": 2, "p_seed": 12, "p_aspect_ratio": "16:9", "p_width": 1344, "p_height": 768,
        "p_output_format": "jpg", "p_output_quality": 70,
    });
    let row = shop.make("gpt-image-1.5", fields).await;
    let sent = &shop.openai.calls()[0];
    assert_eq!(
        (&sent["size"], &sent["n"]),
        (&json!("1536x1024"), &json!(2))
    );
    assert_eq!(
        (&sent["output_format"], &sent["output_compression"]),
        (&json!("jpeg"), &json!(70))
    );
    assert_eq!(
        (&sent["model"], &sent["moderation"]),
        (&json!("gpt-image-1.5"), &json!("auto"))
    );
    assert!(sent.get("seed").is_none());
    // The same for one user always, and nothing that says who he is.
    assert_eq!(sent["user"].as_str().unwrap().len(), 32);
    assert!(
        !sent["user"]
            .as_str()
            .unwrap()
            .contains(row["user_id"].as_str().unwrap())
    );
    assert!(row["metadata"].get("seed").is_none(), "there is none");
    let kinds = row["metadata"]["adjustments"].to_string();
    assert!(
        kinds.contains(r#""field":"seed""#) && kinds.contains("1536"),
        "{kinds}"
    );
    assert_eq!(
        row["metadata"]["receipt"]["provider_cost"],
        json!({ "amount": 1020.0, "unit": "tokens" })
    );

    let square = json!({ "p_width": 1000, "p_height": 1000 });
    shop.make("gpt-image-2", square).await;
    assert_eq!(shop.openai.calls()[1]["size"], "1008x1008");
    worker.stop().await;
    shop.audit().await;
}

#[tokio::test]
async fn a_source_makes_it_an_edit() {
    let shop = Shop::open().await;
    let user: String = sqlx::query_scalar("select id::text from public.profiles")
        .fetch_one(shop.backend.pool())
        .await
        .unwrap();
    let picture = amethyst_testkit::double::picture::picture(64, 64, 1, "png");
    let path = format!("{user}/start.png");
    shop.upload(
        &format!("/storage/v1/object/sources/{path}"),
        "image/png",
        picture.clone(),
    )
    .await;
    let worker = shop.work();
    let fields = json!({ "p_source_path": path, "p_prompt_strength": 0.3 });
    let row = shop.make("gpt-image-2", fields.clone()).await;
    let sent = &shop.openai.calls()[0];
    assert_eq!(
        (&sent["edit"], &sent["image[]"]),
        (&json!(true), &json!(picture.len()))
    );
    let dropped = json!({ "field": "prompt_strength", "kind": "dropped", "asked": 0.3 });
    assert!(
        row["metadata"]["adjustments"]
            .as_array()
            .unwrap()
            .contains(&dropped)
    );

    // The others take the strength, each in its way.
    shop.make("stable-image-ultra", fields.clone()).await;
    let (_, sent) = &shop.stability.calls()[0];
    assert_eq!(
        (sent["strength"].as_str(), sent["image"].clone()),
        ("0.3", format!("{} bytes", picture.len()))
    );
    shop.make("flux-dev-multi-lora", fields).await;
    let input = &shop.replicate.created()[0]["input"];
    assert_eq!(input["prompt_strength"], 0.3);
    assert!(
        input["image"]
            .as_str()
            .unwrap()
            .starts_with("data:image/png;base64,")
    );

    // A source that is no picture costs nothing.
    let path = format!("{user}/bad.png");
    shop.upload(
        &format!("/storage/v1/object/sources/{path}"),
        "image/png",
        b"hello".to_vec(),
    )
    .await;
    let row = shop
        .make("gpt-image-2", json!({ "p_source_path": path }))
        .await;
    assert_eq!(row["error_message"], "source_unreadable");
    worker.stop().await;
    shop.audit().await;
}

#[tokio::test]
async fn every_error_ends_as_it_should() {
    let shop = Shop::open().await;
    shop.grant().await;
    let image_rate = "Rate limit reached for gpt-image-2 on images per min. Limit: 0/1min";
    let input = "invalid_request_error";
    let cases = [
        (
            error(401, input, "invalid_api_key", "Incorrect API key"),
            ("waits", "provider_unavailable"),
        ),
        (
            error(403, input, "unsupported_country", "no"),
            ("waits", "provider_unavailable"),
        ),
        (
            error(404, input, "model_not_found", "gone"),
            ("waits", "provider_failed"),
        ),
        (
            error(429, "requests", "rate_limit_exceeded", "slow down"),
            ("waits", "provider_unavailable"),
        ),
        (
            error(429, "requests", "rate_limit_exceeded", image_rate),
            ("waits", "provider_unavailable"),
        ),
        (
            error(429, "insufficient_quota", "insufficient_quota", "pay"),
            ("waits", "provider_unavailable"),
        ),
        (
            error(500, "server_error", "server_error", "sorry"),
            ("waits", "provider_failed"),
        ),
        (Wrong::Html(502), ("waits", "provider_unavailable")),
        (Wrong::Nonsense, ("waits", "provider_failed")),
        (Wrong::BrokenBody, ("waits", "provider_unavailable")),
        (
            error(
                400,
                "image_generation_user_error",
                "moderation_blocked",
                "no",
            ),
            ("over", "content_rejected"),
        ),
        (
            error(400, input, "invalid_value", "no"),
            ("over", "request_rejected"),
        ),
    ];
    for (wrong, (end, code)) in cases {
        let name = format!("{wrong:?}");
        shop.openai.answer(wrong);
        assert_eq!(
            shop.try_once("gpt-image-2", json!({})).await,
            (end, code.to_owned()),
            "{name}"
        );
    }
    assert_eq!(shop.user.balance().await, 1100);
    shop.audit().await;
}
