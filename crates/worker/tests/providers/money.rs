//! The nine ways in which money and pictures can end, each with what the user pays and what he reads.

use amethyst_testkit::Fault;
use amethyst_testkit::double::replicate::Ending;
use amethyst_testkit::double::stability::Answer;
use amethyst_testkit::double::{openai_images, serve::Wrong};
use reqwest::Method;
use serde_json::json;

use crate::shop::Shop;

/// One row of the table.
struct Row {
    name: &'static str,
    model: &'static str,
    prepare: fn(&Shop),
    outputs: i64,
    status: &'static str,
    /// Images that stay paid, of `outputs`.
    paid: i64,
    results: &'static [&'static str],
}

const TABLE: &[Row] = &[
    Row {
        name: "all delivered",
        model: "flux-dev-multi-lora",
        prepare: |_| {},
        outputs: 2,
        status: "completed",
        paid: 2,
        results: &["delivered", "delivered"],
    },
    Row {
        name: "some filtered, dropped from the list",
        model: "flux-dev-multi-lora",
        prepare: |shop| shop.replicate.end(Ending::Filtered(1)),
        outputs: 3,
        status: "completed",
        paid: 2,
        results: &["delivered", "delivered", "filtered"],
    },
    Row {
        name: "all filtered",
        model: "flux-dev-multi-lora",
        prepare: |shop| shop.replicate.end(Ending::AllFiltered),
        outputs: 2,
        status: "failed",
        paid: 0,
        results: &["filtered", "filtered"],
    },
    Row {
        name: "blurred, and called a success",
        model: "stable-image-core",
        prepare: |shop| shop.stability.answer_seed(101, Answer::Blurred),
        outputs: 2,
        status: "completed",
        paid: 1,
        results: &["delivered", "filtered"],
    },
    Row {
        name: "refused before it is charged: 403",
        model: "stable-image-core",
        prepare: |shop| {
            shop.stability.answer_seed(100, Answer::Denied);
            shop.stability.answer_seed(101, Answer::Denied);
        },
        outputs: 2,
        status: "failed",
        paid: 0,
        results: &["filtered", "filtered"],
    },
    Row {
        name: "refused before it is charged: 400 and moderation",
        model: "gpt-image-2",
        prepare: |shop| {
            let message = "Your request was rejected. safety_violations=[sexual]";
            let kind = "image_generation_user_error";
            shop.openai.answer(openai_images::error(
                400,
                kind,
                "moderation_blocked",
                message,
            ));
        },
        outputs: 1,
        status: "failed",
        paid: 0,
        results: &["filtered"],
    },
    Row {
        name: "refused before it is charged: a parameter",
        model: "gpt-image-2",
        prepare: |shop| {
            let kind = "invalid_request_error";
            shop.openai.answer(openai_images::error(
                400,
                kind,
                "invalid_value",
                "Invalid size",
            ));
        },
        outputs: 1,
        status: "failed",
        paid: 0,
        results: &["undone"],
    },
    Row {
        name: "failed by the provider, for good",
        model: "flux-dev-multi-lora",
        prepare: |shop| {
            shop.replicate
                .end(Ending::Failed("Cannot copy out of meta tensor; no data!"))
        },
        outputs: 1,
        status: "failed",
        paid: 0,
        results: &["undone"],
    },
    Row {
        name: "delivered by the provider, lost by us: one file expired",
        model: "flux-dev-multi-lora",
        prepare: |shop| shop.replicate.end(Ending::Expired(1)),
        outputs: 2,
        status: "completed",
        paid: 1,
        results: &["lost", "delivered"],
    },
    Row {
        name: "delivered by the provider, and one is missing without a word",
        model: "gpt-image-2",
        prepare: |shop| shop.openai.leave_out(1),
        outputs: 2,
        status: "completed",
        paid: 1,
        results: &["delivered", "lost"],
    },
];

const CODES: &[(&str, &str)] = &[
    ("all filtered", "content_filtered"),
    ("refused before it is charged: 403", "content_rejected"),
    (
        "refused before it is charged: 400 and moderation",
        "content_rejected",
    ),
    (
        "refused before it is charged: a parameter",
        "request_rejected",
    ),
    ("failed by the provider, for good", "loras_unsupported"),
];

#[tokio::test]
async fn every_outcome_is_settled_per_image() {
    let shop = Shop::open().await;
    shop.grant().await;
    let worker = shop.work();
    for row in TABLE {
        (row.prepare)(&shop);
        let before = shop.user.balance().await;
        let fields = json!({ "p_num_outputs": row.outputs, "p_seed": 100 });
        let prompt = shop.make(row.model, fields).await;
        let name = row.name;
        assert_eq!(prompt["status"], row.status, "{name}: {prompt}");
        let code = CODES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, code)| *code);
        assert_eq!(prompt["error_message"].as_str(), code, "{name}");
        let price = prompt["credits_cost"].as_i64().unwrap() / row.outputs;
        assert_eq!(
            before - shop.user.balance().await,
            price * row.paid,
            "{name}"
        );
        let receipt = &prompt["metadata"]["receipt"];
        let results: Vec<&str> = receipt["images"]
            .as_array()
            .unwrap()
            .iter()
            .map(|image| image["result"].as_str().unwrap())
            .collect();
        assert_eq!(results, row.results, "{name}: {receipt}");
        let images = shop.user.images(prompt["id"].as_str().unwrap()).await;
        assert_eq!(images.len() as i64, row.paid, "{name}");
    }
    worker.stop().await;
    shop.audit().await;
}

#[tokio::test]
async fn cancelled_before_it_starts_and_while_it_runs() {
    let shop = Shop::open().await;
    let cancel = async |id: &str| {
        let body = Some(json!({ "p_id": id }));
        shop.user
            .ask(Method::POST, "/rest/v1/rpc/cancel_generation", body)
            .await
    };
    // Before: nobody has heard of it.
    let id = shop.request("flux-dev-multi-lora", json!({})).await;
    assert_eq!(cancel(&id).await["status"], "failed");
    assert_eq!(shop.user.balance().await, 100);
    assert!(shop.replicate.created().is_empty());

    // While it runs: it is cancelled there too.
    shop.replicate.end(Ending::Endless);
    let worker = shop.work();
    let id = shop.request("flux-dev-multi-lora", json!({})).await;
    while shop.replicate.created().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    cancel(&id).await;
    let row = shop.user.wait_for(&id, "failed").await;
    assert_eq!(row["error_message"], "cancelled");
    assert_eq!(row["metadata"]["receipt"]["refunded"], 4);
    assert_eq!(shop.replicate.canceled(), 1);
    assert_eq!(shop.user.balance().await, 100);
    worker.stop().await;
    shop.audit().await;
}

#[tokio::test]
async fn failed_timed_out_and_aborted_are_tried_again_and_then_refunded() {
    let shop = Shop::open().await;
    for ending in [
        Ending::Failed("CUDA out of memory"),
        Ending::Aborted,
        Ending::Canceled,
    ] {
        shop.replicate.end(ending);
    }
    let worker = shop.work();
    let id = shop.request("flux-dev-multi-lora", json!({})).await;
    let row = loop {
        shop.hurry().await;
        let row = shop.user.prompt(&id).await;
        if row["status"] == "failed" {
            break row;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    worker.stop().await;
    assert_eq!(row["error_message"], "provider_timeout");
    assert_eq!(shop.replicate.created().len(), 3);
    assert_eq!(shop.user.balance().await, 100);
    shop.audit().await;
}

#[tokio::test]
async fn what_we_lose_ourselves_is_made_again_or_given_back() {
    let shop = Shop::open().await;
    // Every file is gone, three times.
    for _ in 0..3 {
        shop.replicate.end(Ending::Removed);
    }
    let worker = shop.work();
    let id = shop
        .request("flux-dev-multi-lora", json!({ "p_num_outputs": 2 }))
        .await;
    let row = loop {
        shop.hurry().await;
        let row = shop.user.prompt(&id).await;
        if row["status"] == "failed" {
            break row;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!(row["error_message"], "delivery_failed");
    assert_eq!(shop.user.balance().await, 100);

    // Our storage refuses one picture for good: the other one is the user's.
    let refusal = Fault::Answer {
        status: 400,
        content_type: "application/json".to_owned(),
        body: r#"{"statusCode":"413","error":"Payload too large","code":"EntityTooLarge","message":"m"}"#
            .to_owned(),
    };
    let faults = shop.backend.faults();
    faults.inject("POST", "/storage/v1/object/generated-images", refusal, 1);
    let row = shop
        .make("flux-dev-multi-lora", json!({ "p_num_outputs": 2 }))
        .await;
    assert_eq!(row["status"], "completed");
    let first = &row["metadata"]["receipt"]["images"][0];
    assert_eq!(
        (&first["result"], &first["reason"]),
        (&json!("lost"), &json!("storage_refused"))
    );
    assert_eq!(shop.user.balance().await, 96);

    // A file that is no picture.
    shop.replicate.end(Ending::Garbage);
    shop.replicate.end(Ending::Garbage);
    shop.replicate.end(Ending::Garbage);
    let id = shop.request("flux-dev-multi-lora", json!({})).await;
    let row = loop {
        shop.hurry().await;
        let row = shop.user.prompt(&id).await;
        if row["status"] == "failed" {
            break row;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!(row["error_message"], "delivery_failed");
    assert_eq!(shop.user.balance().await, 96);
    worker.stop().await;
    shop.audit().await;
}

#[tokio::test]
async fn a_provider_that_is_away_keeps_the_request_waiting_and_then_gives_back() {
    let shop = Shop::open().await;
    let insufficient = json!({ "title": "Insufficient credit", "detail": "You have insufficient credit", "status": 402 });
    let refused = amethyst_testkit::double::replicate::Creation::Refused;
    shop.replicate
        .create(refused(Wrong::status(402, insufficient.clone())));
    let worker = shop.work();
    let id = shop.request("flux-dev-multi-lora", json!({})).await;
    assert_eq!(shop.put_back(&id).await, "provider_unavailable");
    worker.stop().await;
    assert_eq!(shop.user.prompt(&id).await["status"], "pending");
    let attempts = shop
        .number("select attempts::bigint from private.jobs where kind = 'generation'")
        .await;
    assert_eq!(
        attempts, 0,
        "our own empty account is no attempt of the user's"
    );
    assert_eq!(shop.user.balance().await, 96);

    // The operator pays; it goes on where it was.
    shop.hurry().await;
    let worker = shop.work();
    shop.user.wait_for(&id, "completed").await;
    assert_eq!(shop.user.balance().await, 96);
    worker.stop().await;

    // He does not: after the patience the credits are back.
    shop.replicate
        .create(refused(Wrong::status(402, insufficient)));
    let id = shop.request("flux-dev-multi-lora", json!({})).await;
    shop.sql(
        "update private.jobs set created_at = now() - interval '21 minutes' where state = 'queued'",
    )
    .await;
    let worker = shop.work();
    let row = shop.user.wait_for(&id, "failed").await;
    assert_eq!(row["error_message"], "provider_unavailable");
    assert_eq!(shop.user.balance().await, 96);
    worker.stop().await;
    shop.audit().await;
}
