//! Health and metrics of a running worker.

use std::net::SocketAddr;
use std::time::Duration;

use amethyst_testkit::TestBackend;
use amethyst_worker::{Config, Providers, StartError, Worker, is_healthy};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::user::{User, config};

fn listening(mut config: Config) -> Config {
    config.listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    config
}

/// Asks until health says what is wanted.
async fn health(address: SocketAddr, wanted: StatusCode) -> Value {
    for _ in 0..400 {
        let answer = reqwest::get(format!("http://{address}/healthz"))
            .await
            .unwrap();
        if answer.status() == wanted {
            return serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("never {wanted}");
}

#[tokio::test]
async fn a_worker_says_how_it_is_and_what_waits() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    // Due in an hour, so that it stays where it is.
    let id = user.request(json!({})).await;
    sqlx::query(
        "update private.jobs set run_after = now() + interval '1 hour' where prompt_id = $1::uuid",
    )
    .bind(&id)
    .execute(backend.pool())
    .await
    .unwrap();
    let worker = Worker::new(listening(config(&backend)), Providers::builtin()).unwrap();
    let address = worker.address().unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(worker.run(stop.clone()));

    let report = health(address, StatusCode::OK).await;
    assert_eq!(report["healthy"], true);
    for part in ["claims", "sweep", "publish", "tasks", "database"] {
        assert_eq!(report["parts"][part], "ok", "{report}");
    }
    assert!(is_healthy(address).await);
    let answer = reqwest::get(format!("http://{address}/metrics"))
        .await
        .unwrap();
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        kind.starts_with("application/openmetrics-text; version=1.0.0"),
        "{kind}"
    );
    let text = answer.text().await.unwrap();
    assert!(
        text.contains(
            r#"amethyst_queue_jobs{kind="generation",provider="local",state="delayed"} 1"#
        ),
        "{text}"
    );
    assert!(text.contains("amethyst_database_up 1"));

    stop.cancel();
    running.await.unwrap();
    assert!(
        reqwest::get(format!("http://{address}/healthz"))
            .await
            .is_err(),
        "the server ends with the worker"
    );
}

#[tokio::test]
async fn without_a_database_a_worker_is_not_well() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Bound and never listened to by anybody who answers.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    let config = Config::new(Url::parse(&url).unwrap(), "key".to_owned());
    let worker = Worker::new(listening(config), Providers::builtin()).unwrap();
    let address = worker.address().unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(worker.run(stop.clone()));
    let report = health(address, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(report["healthy"], false);
    assert_eq!(report["parts"]["database"], "no answer yet");
    assert_eq!(report["parts"]["claims"], "ok");
    assert!(!is_healthy(address).await);
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    stop.cancel();
}

#[tokio::test]
async fn an_address_in_use_is_told_before_any_job_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let mut config = Config::new(Url::parse("http://127.0.0.1:1").unwrap(), "key".to_owned());
    config.listen = Some(address);
    let Err(error) = Worker::new(config, Providers::builtin()) else {
        panic!("it is taken");
    };
    assert!(matches!(error, StartError::Listen { .. }));
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}
