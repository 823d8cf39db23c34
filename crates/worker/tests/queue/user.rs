//! A user who asks for images over HTTP, and workers at the other end.

use std::time::Duration;

use amethyst_testkit::TestBackend;
use amethyst_worker::{Config, Providers, Worker};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

/// A signed-in user.
pub(crate) struct User {
    http: reqwest::Client,
    base: String,
    anon_key: String,
    token: String,
}

impl User {
    pub(crate) async fn sign_up(backend: &TestBackend) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut user = Self {
            http: reqwest::Client::new(),
            base: backend.url().trim_end_matches('/').to_owned(),
            anon_key: backend.anon_key().to_owned(),
            token: String::new(),
        };
        let email = format!("{:x}@example.org", rand::random::<u64>());
        let session = user
            .ask(
                Method::POST,
                "/auth/v1/signup",
                Some(json!({ "email": email, "password": "correct horse battery staple" })),
            )
            .await;
        user.token = session["access_token"].as_str().unwrap().to_owned();
        user
    }

    /// A request in the user's name.
    pub(crate) fn signed(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .header("apikey", &self.anon_key);
        match self.token.is_empty() {
            true => request,
            false => request.bearer_auth(&self.token),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Response {
        let mut request = self.signed(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap().error_for_status().unwrap()
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let bytes = self.send(method, path, body).await.bytes().await.unwrap();
        if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap()
        }
    }

    /// Bytes of an address relative to the project.
    pub(crate) async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self.send(Method::GET, path, None).await;
        answer.bytes().await.unwrap().to_vec()
    }

    /// Requests images; `extra` overrides the defaults of a small, quick order. Answers the request's id.
    pub(crate) async fn request(&self, extra: Value) -> String {
        let id = uuid::Uuid::from_u128(rand::random()).to_string();
        let mut body = json!({
            "p_id": id,
            "p_model_id": "sketch",
            "p_prompt": "un renard au bord d'un lac",
            "p_width": 256,
            "p_height": 256,
            "p_steps": 8,
            "p_hf_loras": [],
            "p_lora_scales": [],
        });
        let fields = body.as_object_mut().unwrap();
        fields.extend(extra.as_object().unwrap().clone());
        self.ask(Method::POST, "/rest/v1/rpc/request_generation", Some(body))
            .await;
        id
    }

    pub(crate) async fn prompt(&self, id: &str) -> Value {
        let path = format!("/rest/v1/prompts?id=eq.{id}");
        self.ask(Method::GET, &path, None).await[0].take()
    }

    pub(crate) async fn images(&self, id: &str) -> Vec<Value> {
        let path = format!("/rest/v1/generated_images?prompt_id=eq.{id}&order=metadata->seed");
        serde_json::from_value(self.ask(Method::GET, &path, None).await).unwrap()
    }

    pub(crate) async fn balance(&self) -> i64 {
        let rows = self
            .ask(
                Method::GET,
                "/rest/v1/profiles?select=credits_balance",
                None,
            )
            .await;
        rows[0]["credits_balance"].as_i64().unwrap()
    }

    /// Waits until `wanted` holds for the request's row, and answers that row.
    pub(crate) async fn wait(&self, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..1200 {
            let row = self.prompt(id).await;
            if wanted(&row) {
                return row;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("still {}", self.prompt(id).await);
    }

    pub(crate) async fn wait_for(&self, id: &str, status: &str) -> Value {
        self.wait(id, |row| row["status"] == status).await
    }
}

/// A worker in this process.
pub(crate) struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Quick to look, quick to lose its lease.
pub(crate) fn config(backend: &TestBackend) -> Config {
    let mut config = Config::new(
        Url::parse(backend.url()).unwrap(),
        backend.service_role_key().to_owned(),
    );
    config.poll = Duration::from_millis(50);
    config.lease = Duration::from_secs(2);
    config
}

impl Running {
    pub(crate) fn start(config: Config) -> Self {
        let providers = Providers::of(&config).unwrap();
        let worker = Worker::new(config, providers).unwrap();
        Self::of(worker)
    }

    pub(crate) fn of(worker: Worker) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(worker.run(stop.clone()));
        Self { stop, task }
    }

    /// Ends it in order.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// Ends it as a crash does: without a word to the server.
    pub(crate) async fn crash(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}
