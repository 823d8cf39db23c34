//! Workers that die, and answers that get lost.

use std::time::Duration;

use amethyst_testkit::{Fault, TestBackend};
use serde_json::json;

use crate::user::{Running, User, config};

const COMPLETE: &str = "/rest/v1/rpc/complete_generation";

async fn uploaded(backend: &TestBackend) -> i64 {
    sqlx::query_scalar("select count(*) from storage.objects where bucket_id = 'generated-images'")
        .fetch_one(backend.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn killed_between_upload_and_completion_another_finishes_once() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    // The first worker uploads everything and can never say so.
    backend
        .faults()
        .inject("POST", COMPLETE, Fault::DropRequest, 1000);
    let first = Running::start(config(&backend));
    let id = user.request(json!({ "p_num_outputs": 2 })).await;
    while uploaded(&backend).await < 8 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    first.crash().await;
    assert_eq!(user.prompt(&id).await["status"], "processing");
    backend.faults().clear();

    let second = Running::start(config(&backend));
    user.wait_for(&id, "completed").await;
    second.stop().await;
    assert_eq!(user.images(&id).await.len(), 2);
    // The same names again: nothing lies about twice.
    assert_eq!(uploaded(&backend).await, 8);
    assert_eq!(user.balance().await, 98);
    let attempts: i32 =
        sqlx::query_scalar("select attempts from private.jobs where kind = 'generation'")
            .fetch_one(backend.pool())
            .await
            .unwrap();
    assert_eq!(attempts, 2);
}

#[tokio::test]
async fn a_lost_answer_completes_once() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    backend
        .faults()
        .inject("POST", COMPLETE, Fault::DropAnswer, 1);
    backend.faults().inject(
        "POST",
        "/storage/v1/object/generated-images",
        Fault::Answer {
            status: 503,
            content_type: "text/html".to_owned(),
            body: "<html>busy</html>".to_owned(),
        },
        2,
    );
    let worker = Running::start(config(&backend));
    let id = user.request(json!({})).await;
    user.wait_for(&id, "completed").await;
    worker.stop().await;
    assert_eq!(user.images(&id).await.len(), 1);
    assert_eq!(user.balance().await, 99);
}

#[tokio::test]
async fn storage_that_stays_away_sends_the_job_back_and_never_charges_twice() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    let refusal = Fault::Answer {
        status: 400,
        content_type: "application/json".to_owned(),
        body: r#"{"statusCode":"413","error":"Payload too large","code":"EntityTooLarge","message":"m"}"#
            .to_owned(),
    };
    backend
        .faults()
        .inject("POST", "/storage/v1/object/generated-images", refusal, 1000);
    let worker = Running::start(config(&backend));
    let id = user.request(json!({})).await;
    let row = user.wait_for(&id, "failed").await;
    worker.stop().await;
    assert_eq!(row["error_message"], "storage_refused");
    assert_eq!(user.balance().await, 100);
}
