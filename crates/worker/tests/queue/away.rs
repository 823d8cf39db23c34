//! A server that is away for a while.

use std::time::Duration;

use amethyst_testkit::TestBackend;
use serde_json::json;

use crate::user::{Running, User, config};

#[tokio::test]
async fn a_worker_waits_for_a_server_that_is_away() {
    let mut backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    let worker = Running::start(config(&backend));
    tokio::time::sleep(Duration::from_millis(200)).await;
    backend.stop().await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    backend.start_again().await.unwrap();
    let id = user.request(json!({})).await;
    user.wait_for(&id, "completed").await;
    assert_eq!(user.images(&id).await.len(), 1);
    worker.stop().await;
}
