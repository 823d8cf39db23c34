//! Jobs that end without images, and what is swept after them.

use std::time::Duration;

use amethyst_testkit::TestBackend;
use reqwest::Method;
use serde_json::json;

use crate::user::{Running, User, config};

#[tokio::test]
async fn a_cancelled_job_stops_in_the_middle_and_is_refunded() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    let worker = Running::start(config(&backend));
    let id = user
        .request(json!({ "p_num_outputs": 4, "p_width": 2048, "p_height": 2048 }))
        .await;
    user.wait_for(&id, "processing").await;
    assert_eq!(user.balance().await, 84);
    let answer = user
        .ask(
            Method::POST,
            "/rest/v1/rpc/cancel_generation",
            Some(json!({ "p_id": id })),
        )
        .await;
    assert_eq!(answer["cancel_requested"], true);
    let row = user.wait_for(&id, "failed").await;
    assert_eq!(row["error_message"], "cancelled");
    assert_eq!(user.balance().await, 100);
    assert!(user.images(&id).await.is_empty());
    worker.stop().await;
}

#[tokio::test]
async fn a_model_that_nobody_serves_waits_and_is_refunded_in_the_end() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    sqlx::query("update public.models set provider = 'replicate' where id = 'sketch'")
        .execute(backend.pool())
        .await
        .unwrap();
    let worker = Running::start(config(&backend));
    let id = user.request(json!({})).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    // A worker with the key may come any time; this one leaves it alone.
    assert_eq!(user.prompt(&id).await["status"], "pending");
    worker.stop().await;
    sqlx::query("update private.jobs set created_at = now() - interval '25 hours'")
        .execute(backend.pool())
        .await
        .unwrap();
    sqlx::query("select public.reap_leases()")
        .execute(backend.pool())
        .await
        .unwrap();
    let row = user.prompt(&id).await;
    assert_eq!(row["error_message"], "waited_too_long");
    assert_eq!(row["metadata"]["receipt"]["refunded"], 1);
    assert_eq!(user.balance().await, 100);
}

async fn objects(backend: &TestBackend) -> i64 {
    sqlx::query_scalar("select count(*) from storage.objects where bucket_id = 'generated-images'")
        .fetch_one(backend.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn files_of_a_deleted_image_are_removed() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    let worker = Running::start(config(&backend));
    let kept = user.request(json!({})).await;
    let deleted = user.request(json!({})).await;
    user.wait_for(&kept, "completed").await;
    user.wait_for(&deleted, "completed").await;
    worker.stop().await;
    assert_eq!(objects(&backend).await, 8);

    let path = format!("/rest/v1/generated_images?prompt_id=eq.{deleted}");
    user.ask(Method::DELETE, &path, None).await;
    // The first sweep comes right after the start.
    let worker = Running::start(config(&backend));
    for _ in 0..400 {
        let listed: i64 = sqlx::query_scalar("select count(*) from private.storage_garbage")
            .fetch_one(backend.pool())
            .await
            .unwrap();
        if listed == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    worker.stop().await;
    assert_eq!(objects(&backend).await, 4);
    let image = &user.images(&kept).await[0];
    let bytes = user.bytes(image["public_url"].as_str().unwrap()).await;
    assert_eq!(image["size_bytes"], bytes.len());
}
