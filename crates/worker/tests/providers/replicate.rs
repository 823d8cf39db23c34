//! Replicate: what is sent, what is believed, and what is not.

use amethyst_testkit::double::replicate::{Creation, Ending};
use amethyst_testkit::double::serve::Wrong;
use serde_json::{Value, json};

use crate::shop::Shop;

#[tokio::test]
async fn parameters_are_adapted_recorded_and_sent_as_recorded() {
    let shop = Shop::open().await;
    let worker = shop.work();
    let fields = json!({
        "p_num_outputs": 2, "p_steps": 80, "p_guidance_scale": 12.5, "p_negative_prompt": "crowd", "p_seed": -1,
        "p_output_format": "jpg", "p_output_quality": 83, "p_aspect_ratio": "16:9", "p_width": null, "p_height": null,
        "p_hf_loras": ["AndyVampiro/fog", "a/dotted.name", "b/ink"], "p_lora_scales": [0.5, 1.0, 1.25],
    });
    let row = shop.make("flux-dev-multi-lora", fields).await;
    worker.stop().await;
    let sent = &shop.replicate.created()[0];
    let input = &sent["input"];
    assert_eq!(input["num_inference_steps"], 50);
    assert_eq!(input["guidance_scale"], 10.0);
    assert_eq!(input["hf_loras"], json!(["AndyVampiro/fog", "b/ink"]));
    assert_eq!(input["lora_scales"], json!([0.5, 1.25]));
    assert_eq!(
        (&input["aspect_ratio"], &input["num_outputs"]),
        (&json!("16:9"), &json!(2))
    );
    assert_eq!(
        (&input["output_format"], &input["output_quality"]),
        (&json!("jpg"), &json!(83))
    );
    assert_eq!(input["disable_safety_checker"], false);
    assert!(input.get("negative_prompt").is_none() && input.get("width").is_none());
    assert!(sent.get("webhook").is_none(), "nobody could reach us");
    let version = sent["version"].as_str().unwrap();
    assert!(version.starts_with("lucataco/flux-dev-multi-lora:"));

    // The drawn seed is sent and stored; −1 is in neither place.
    let seed = input["seed"].as_i64().unwrap();
    assert!(seed >= 0);
    assert_eq!(row["metadata"]["seed"], seed);
    let found: Vec<(&str, &str)> = row["metadata"]["adjustments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| {
            (
                found["field"].as_str().unwrap(),
                found["kind"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("negative_prompt", "dropped"),
            ("steps", "clamped"),
            ("guidance_scale", "clamped"),
            ("hf_loras", "dropped"),
        ]
    );
    let images = shop.user.images(row["id"].as_str().unwrap()).await;
    assert_eq!(images.len(), 2);
    for (index, image) in images.iter().enumerate() {
        let technical = &image["technical_metadata"];
        assert_eq!(technical["provider"], "replicate");
        assert_eq!(
            (&technical["batch_size"], &technical["steps"]),
            (&json!(2), &json!(50))
        );
        assert_eq!(
            (&image["width"], &image["format"]),
            (&json!(336), &json!("jpg"))
        );
        assert_eq!(image["nsfw_score"], Value::Null, "nobody has looked at it");
        assert!(technical["index"].as_u64().unwrap() <= index as u64 + 1);
    }
    let receipt = &row["metadata"]["receipt"];
    assert_eq!(
        receipt["provider_cost"],
        json!({ "amount": 6.25, "unit": "seconds" })
    );
    shop.audit().await;
}

#[tokio::test]
async fn the_other_model_calls_its_fields_differently() {
    let shop = Shop::open().await;
    let worker = shop.work();
    let fields = json!({
        "p_guidance_scale": 3.0, "p_seed": 7, "p_safety_checker": false, "p_output_format": "png",
        "p_hf_loras": ["a/one", "b/two"], "p_lora_scales": [-2.0, 0.75],
    });
    shop.sql("update public.profiles set ai_safety_level = 'relaxed'")
        .await;
    shop.make("flux-dev-lora", fields).await;
    worker.stop().await;
    let input = &shop.replicate.created()[0]["input"];
    assert_eq!(input["guidance"], 3.0);
    assert_eq!(
        (&input["lora_weights"], &input["lora_scale"]),
        (&json!("a/one"), &json!(-1.0))
    );
    assert_eq!(
        (&input["extra_lora"], &input["extra_lora_scale"]),
        (&json!("b/two"), &json!(0.75))
    );
    assert_eq!(
        (&input["go_fast"], &input["disable_safety_checker"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(input["seed"], 7);
    assert!(input.get("output_quality").is_none(), "a png has none");
    assert!(input.get("guidance_scale").is_none() && input.get("hf_loras").is_none());
}

#[tokio::test]
async fn a_warm_worker_without_loras_is_found_out() {
    let shop = Shop::open().await;
    let worker = shop.work();
    let loras = json!({ "p_hf_loras": ["a/one", "b/two"], "p_lora_scales": [0.5, 0.75] });
    shop.replicate.end(Ending::Warm);
    let row = shop.make("flux-dev-multi-lora", loras.clone()).await;
    assert_eq!(row["status"], "completed");
    let created = shop.replicate.created();
    assert_eq!(created.len(), 2);
    assert_eq!(
        created[1]["input"]["hf_loras"],
        json!(["b/two", "a/one"]),
        "in the other order"
    );
    assert_eq!(created[1]["input"]["lora_scales"], json!([0.75, 0.5]));
    assert_eq!(created[0]["input"]["seed"], created[1]["input"]["seed"]);

    // Twice is enough: pictures without the LoRAs are not what was paid for.
    shop.replicate.end(Ending::Warm);
    shop.replicate.end(Ending::Warm);
    let row = shop.make("flux-dev-multi-lora", loras).await;
    assert_eq!(row["error_message"], "loras_not_loaded");
    assert_eq!(shop.user.balance().await, 96);

    // Without LoRAs there is nothing to prove.
    shop.replicate.end(Ending::Warm);
    assert_eq!(
        shop.make("flux-dev-multi-lora", json!({})).await["status"],
        "completed"
    );
    worker.stop().await;
    shop.audit().await;
}

#[tokio::test]
async fn a_lost_answer_is_looked_for_and_not_paid_for_twice() {
    let shop = Shop::open().await;
    let worker = shop.work();
    for wrong in [Wrong::BrokenBody, Wrong::Html(502), Wrong::Nonsense] {
        shop.replicate.create(Creation::AnswerLost(wrong));
        let row = shop.make("flux-dev-multi-lora", json!({})).await;
        assert_eq!(row["status"], "completed");
    }
    worker.stop().await;
    assert_eq!(shop.replicate.created().len(), 3);
    assert_eq!(shop.user.balance().await, 88);
    shop.audit().await;
}

#[tokio::test]
async fn troubles_while_it_runs_do_not_end_it() {
    let shop = Shop::open().await;
    let throttled =
        json!({ "detail": "Request was throttled. Your rate limit resets in ~1s.", "status": 429 });
    for wrong in [
        Wrong::Html(503),
        Wrong::BrokenBody,
        Wrong::status(500, json!({ "detail": "Internal server error" })),
        Wrong::status(429, throttled),
    ] {
        shop.replicate.look(wrong);
    }
    shop.replicate.file(Wrong::Html(502));
    shop.replicate.file(Wrong::BrokenBody);
    let worker = shop.work();
    let row = shop.make("flux-dev-multi-lora", json!({})).await;
    worker.stop().await;
    assert_eq!(row["status"], "completed");
    assert_eq!(shop.replicate.created().len(), 1);
}

#[tokio::test]
async fn our_token_goes_nowhere_else() {
    let shop = Shop::open().await;
    for _ in 0..3 {
        shop.replicate.end(Ending::Elsewhere);
    }
    shop.sql("update private.settings set value = '1' where key = 'job_max_attempts'")
        .await;
    let worker = shop.work();
    let row = shop.make("flux-dev-multi-lora", json!({})).await;
    worker.stop().await;
    assert_eq!(row["error_message"], "delivery_failed");
    assert_eq!(
        row["metadata"]["receipt"]["images"][0]["reason"],
        "unreadable"
    );
    assert_eq!(shop.user.balance().await, 100);
}

#[tokio::test]
async fn every_error_ends_as_it_should() {
    let shop = Shop::open().await;
    shop.grant().await;
    let told = |status: u16, title: &str, detail: &str| {
        Wrong::status(
            status,
            json!({ "title": title, "detail": detail, "status": status }),
        )
    };
    let throttled = "Request was throttled. Your rate limit resets in ~30s.";
    let cases = [
        (
            told(401, "Unauthenticated", "no token"),
            ("waits", "provider_unavailable"),
        ),
        (
            told(402, "Insufficient credit", "pay"),
            ("waits", "provider_unavailable"),
        ),
        (
            told(404, "Not found", "no such version"),
            ("waits", "provider_failed"),
        ),
        (
            told(422, "Input validation failed", "- input: x"),
            ("over", "request_rejected"),
        ),
        (
            told(429, "Too many requests", throttled),
            ("waits", "provider_unavailable"),
        ),
        (
            told(500, "Internal server error", "sorry"),
            ("waits", "provider_failed"),
        ),
        (Wrong::Html(503), ("waits", "provider_unavailable")),
        (Wrong::BrokenBody, ("waits", "provider_unavailable")),
        (Wrong::Nonsense, ("waits", "provider_failed")),
    ];
    for (wrong, (end, code)) in cases {
        let name = format!("{wrong:?}");
        shop.replicate.create(Creation::Refused(wrong));
        let outcome = shop.try_once("flux-dev-multi-lora", json!({})).await;
        assert_eq!(outcome, (end, code.to_owned()), "{name}");
    }
    assert!(shop.replicate.created().is_empty());
    assert_eq!(shop.user.balance().await, 1100);
    shop.audit().await;
}
