//! Misbehavior on demand: each kind is what a client would meet on a bad day.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

#[path = "wire/mod.rs"]
mod wire;

use std::time::Duration;

use amethyst_backend::Fault;
use serde_json::json;
use wire::Server;

const MODELS: &str = "/rest/v1/models";

impl Server {
    fn models(&self) -> reqwest::RequestBuilder {
        let asked = self
            .http
            .get(format!("{}{MODELS}?select=id&id=eq.sketch", self.url));
        asked.header("apikey", &self.anon_key)
    }

    async fn models_answer(&self) -> bool {
        let answer = self.models().send().await.unwrap();
        answer.status() == 200
            && answer
                .text()
                .await
                .is_ok_and(|text| text == r#"[{"id":"sketch"}]"#)
    }
}

async fn rows(server: &Server) -> i64 {
    sqlx::query_scalar("select count(*) from public.user_preferences")
        .fetch_one(&server.pool)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_replaced_delayed_and_cut() {
    let server = Server::start().await;
    assert!(server.models_answer().await);
    let html = Fault::Answer {
        status: 500,
        content_type: "text/html".to_owned(),
        body: "<h1>Bad gateway</h1>".to_owned(),
    };
    server.faults().inject("GET", MODELS, html, 2);
    for _ in 0..2 {
        let answer = server.models().send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (500, &"text/html".parse().unwrap())
        );
        assert_eq!(answer.text().await.unwrap(), "<h1>Bad gateway</h1>");
    }
    assert!(server.models_answer().await, "only so often");

    server
        .faults()
        .inject("*", "/rest/", Fault::Delay { ms: 400 }, 1);
    let asked = tokio::time::Instant::now();
    assert!(server.models_answer().await);
    assert!(asked.elapsed() >= Duration::from_millis(400));

    server.faults().inject("GET", MODELS, Fault::Truncate, 1);
    let mut answer = server.models().send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let half = answer.chunk().await.unwrap().unwrap();
    assert_eq!(&half[..], br#"[{"id":"s"#.get(..half.len()).unwrap());
    assert!(answer.chunk().await.is_err(), "the rest never comes");

    server
        .faults()
        .inject("POST", MODELS, Fault::DropRequest, 1);
    assert!(
        server.models_answer().await,
        "another method is not concerned"
    );
    server.faults().clear();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_get_lost_before_or_after_their_work() {
    let server = Server::start().await;
    let ada = server.user("ada").await;
    let save = |kind: &'static str| {
        let asked = server
            .http
            .post(format!("{}/rest/v1/user_preferences", server.url));
        let body = json!({ "user_id": ada.id, "preference_type": kind, "preference_value": {} });
        asked
            .header("apikey", &server.anon_key)
            .bearer_auth(&ada.token)
            .json(&body)
    };
    let path = "/rest/v1/user_preferences";
    server.faults().inject("POST", path, Fault::DropRequest, 1);
    assert!(lost(save("ui_preferences")).await);
    assert_eq!(rows(&server).await, 0);
    server.faults().inject("POST", path, Fault::DropAnswer, 1);
    assert!(lost(save("ui_preferences")).await);
    assert_eq!(rows(&server).await, 1, "carried out all the same");
    server.faults().inject("POST", path, Fault::Duplicate, 1);
    let twice = save("safety_settings").send().await.unwrap();
    assert_eq!(
        (twice.status().as_u16(), rows(&server).await),
        (409, 2),
        "the second met the first"
    );
    server.stop().await;
}

/// Whether the client got no whole answer.
async fn lost(asked: reqwest::RequestBuilder) -> bool {
    match asked.send().await {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_processes_order_faults_only_where_allowed() {
    let order = json!({ "method": "GET", "path": MODELS, "fault": "drop_request", "times": 1 });
    let closed = Server::start().await;
    let url = format!("{}/_/faults", closed.url);
    assert_eq!(
        closed
            .http
            .post(url)
            .json(&order)
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    closed.stop().await;
    let server = Server::with(|config| config.test_controls = true).await;
    let url = format!("{}/_/faults", server.url);
    assert_eq!(
        server
            .http
            .post(&url)
            .json(&order)
            .send()
            .await
            .unwrap()
            .status(),
        204
    );
    assert!(lost(server.models()).await);
    let status = json!({ "answer": { "status": 503, "content_type": "text/plain", "body": "" } });
    let order = json!({ "method": "*", "path": "/", "fault": status, "times": 9 });
    assert_eq!(
        server
            .http
            .post(&url)
            .json(&order)
            .send()
            .await
            .unwrap()
            .status(),
        204
    );
    assert_eq!(server.models().send().await.unwrap().status(), 503);
    assert_eq!(server.http.delete(&url).send().await.unwrap().status(), 204);
    assert!(server.models_answer().await);
    server.stop().await;
}
