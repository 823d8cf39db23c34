//! Workers that die while a provider works.

use std::time::Duration;

use amethyst_testkit::Fault;
use amethyst_testkit::double::replicate::{Creation, Ending};
use amethyst_testkit::double::serve::Wrong;
use serde_json::json;

use crate::shop::Shop;

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..1500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("waited in vain");
}

#[tokio::test]
async fn a_dead_workers_prediction_is_taken_up_by_another() {
    let shop = Shop::open().await;
    shop.replicate.set_patience(100_000);
    let first = shop.work();
    let id = shop
        .request("flux-dev-multi-lora", json!({ "p_num_outputs": 2 }))
        .await;
    until(async || {
        shop.number("select count(*) from private.jobs where remote ? 'id'")
            .await
            == 1
    })
    .await;
    first.crash().await;
    shop.replicate.set_patience(1);
    let second = shop.work();
    let row = shop.user.wait_for(&id, "completed").await;
    second.stop().await;
    assert_eq!(shop.replicate.created().len(), 1, "it went on without us");
    assert_eq!(row["metadata"]["receipt"]["attempt"], 2);
    assert_eq!(shop.user.balance().await, 92);
    shop.audit().await;
}

#[tokio::test]
async fn a_prediction_whose_id_died_with_its_worker_is_found() {
    let shop = Shop::open().await;
    shop.replicate.set_patience(100_000);
    // The second note, with the id, never arrives.
    let note = "/rest/v1/rpc/keep_remote";
    let first = shop.work();
    let id = shop.request("flux-dev-multi-lora", json!({})).await;
    until(async || {
        let noted = shop
            .number("select count(*) from private.jobs where remote ? 'submitting_at'")
            .await
            == 1;
        if noted {
            shop.backend
                .faults()
                .inject("POST", note, Fault::DropRequest, 1000);
        }
        noted
    })
    .await;
    until(async || shop.replicate.created().len() == 1).await;
    first.crash().await;
    shop.backend.faults().clear();
    shop.sql("update private.jobs set remote = remote - 'id' where state = 'leased'")
        .await;
    shop.replicate.set_patience(1);
    let second = shop.work();
    shop.user.wait_for(&id, "completed").await;
    second.stop().await;
    assert_eq!(shop.replicate.created().len(), 1);
    shop.audit().await;
}

#[tokio::test]
async fn a_worker_that_is_stopped_gives_back_what_goes_on_elsewhere() {
    let shop = Shop::open().await;
    shop.replicate.set_patience(100_000);
    let mut config = shop.config();
    config.grace = Duration::from_millis(50);
    let first = crate::user::Running::start(config);
    let id = shop.request("flux-dev-multi-lora", json!({})).await;
    until(async || {
        shop.number("select count(*) from private.jobs where remote ? 'id'")
            .await
            == 1
    })
    .await;
    first.stop().await;
    assert_eq!(shop.user.prompt(&id).await["status"], "pending");
    assert_eq!(shop.replicate.canceled(), 0);
    shop.replicate.set_patience(1);
    let second = shop.work();
    let row = shop.user.wait_for(&id, "completed").await;
    second.stop().await;
    assert_eq!(
        row["metadata"]["receipt"]["attempt"], 1,
        "being stopped is no attempt"
    );
    assert_eq!(shop.replicate.created().len(), 1);
}

#[tokio::test]
async fn a_prediction_that_takes_too_long_is_cancelled() {
    let shop = Shop::open().await;
    shop.sql("update private.settings set value = '1' where key = 'job_max_attempts'")
        .await;
    shop.replicate.end(Ending::Endless);
    let id = shop.request("flux-dev-multi-lora", json!({})).await;
    // It was begun long ago by a worker that is gone.
    let worker = shop.work();
    until(async || {
        shop.number("select count(*) from private.jobs where remote ? 'id'")
            .await
            == 1
    })
    .await;
    worker.crash().await;
    shop.sql("update private.settings set value = '3' where key = 'job_max_attempts'")
        .await;
    shop.sql(
        "update private.jobs set attempts = 2, remote = remote || jsonb_build_object('submitting_at', now() - interval '2 hours')",
    )
    .await;
    let worker = shop.work();
    let row = shop.user.wait_for(&id, "failed").await;
    worker.stop().await;
    assert_eq!(row["error_message"], "provider_timeout");
    assert_eq!(shop.replicate.canceled(), 1);
    assert_eq!(shop.user.balance().await, 100);
    shop.audit().await;
}

#[tokio::test]
async fn a_model_in_trouble_is_left_alone_while_others_go_on() {
    let shop = Shop::open().await;
    for _ in 0..3 {
        shop.replicate.create(Creation::Refused(Wrong::Html(503)));
    }
    let worker = shop.work();
    let mut waiting = Vec::new();
    for _ in 0..4 {
        waiting.push(shop.request("flux-dev-multi-lora", json!({})).await);
    }
    until(async || {
        shop.number("select count(*) from private.jobs where last_error = 'provider_unavailable'")
            .await
            >= 3
    })
    .await;
    // The circuit is open: the fourth is not even tried, another model is.
    let fourth = waiting.last().unwrap();
    assert_eq!(
        shop.make("stable-image-core", json!({})).await["status"],
        "completed"
    );
    assert_eq!(shop.user.prompt(fourth).await["status"], "pending");
    assert!(shop.replicate.created().is_empty());
    worker.stop().await;

    // A worker that knows nothing of it does them all.
    shop.hurry().await;
    let worker = shop.work();
    for id in &waiting {
        shop.user.wait_for(id, "completed").await;
    }
    worker.stop().await;
    assert_eq!(shop.replicate.created().len(), 4);
    shop.audit().await;
}
