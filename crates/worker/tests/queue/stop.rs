//! The end of a worker process.

use std::process::Stdio;
use std::time::Duration;

use amethyst_testkit::TestBackend;
use serde_json::json;
use tokio::process::{Child, Command};

use crate::user::{Running, User, config};

fn spawn(backend: &TestBackend) -> Child {
    Command::new(env!("CARGO_BIN_EXE_amethyst-worker"))
        .env("AMETHYST_URL", backend.url())
        .env("AMETHYST_SERVICE_ROLE_KEY", backend.service_role_key())
        .env("AMETHYST_WORKER_POLL_MS", "50")
        .env("AMETHYST_WORKER_STOP_WITH_STDIN", "1")
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn end(mut child: Child) {
    drop(child.stdin.take());
    let ended = tokio::time::timeout(Duration::from_secs(20), child.wait());
    assert!(ended.await.unwrap().unwrap().success());
}

#[tokio::test]
async fn the_process_paints_and_ends_with_its_standard_input() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    let child = spawn(&backend);
    let id = user.request(json!({})).await;
    user.wait_for(&id, "completed").await;
    end(child).await;
}

#[tokio::test]
async fn a_job_in_hand_is_given_back_at_once() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    let mut hasty = config(&backend);
    hasty.grace = Duration::from_millis(50);
    hasty.lease = Duration::from_secs(600);
    let worker = Running::start(hasty);
    let id = user
        .request(json!({ "p_num_outputs": 4, "p_width": 2048, "p_height": 2048 }))
        .await;
    user.wait_for(&id, "processing").await;
    worker.stop().await;
    // Not after its lease: now.
    assert_eq!(user.prompt(&id).await["status"], "pending");
    assert_eq!(user.balance().await, 84);
}

#[tokio::test]
async fn a_wrong_environment_is_told_by_the_exit_code() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_amethyst-worker"))
        .env_remove("AMETHYST_URL")
        .env("AMETHYST_SERVICE_ROLE_KEY", "k")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(2));
}
