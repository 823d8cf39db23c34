//! A project with one user and a worker that can be started and crashed.

use std::time::Duration;

use amethyst_imaging::{Bitmap, Format, encode};
use amethyst_testkit::{OpenAiDouble, TestBackend};
use amethyst_worker::{Config, Key, OpenAiConfig, Providers, Worker};
use serde_json::{Value, json};
use sqlx::Row;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

/// A backend, a signed-in user, and the service role.
pub(crate) struct Project {
    pub(crate) backend: TestBackend,
    http: reqwest::Client,
    token: String,
}

impl Project {
    pub(crate) async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let backend = TestBackend::start().await.unwrap();
        let mut project = Self {
            backend,
            http: reqwest::Client::new(),
            token: String::new(),
        };
        let account =
            json!({ "email": "a@example.org", "password": "correct horse battery staple" });
        let key = project.backend.anon_key().to_owned();
        let (_, session) = project.post("/auth/v1/signup", &key, "", &account).await;
        project.token = session["access_token"].as_str().unwrap().to_owned();
        project
    }

    async fn post(&self, path: &str, key: &str, token: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}{path}", self.backend.url().trim_end_matches('/'));
        let mut request = self.http.post(url).header("apikey", key).json(body);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.unwrap();
        (
            status,
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        )
    }

    /// Calls a function as the user: status and answer.
    pub(crate) async fn call(&self, function: &str, body: &Value) -> (u16, Value) {
        let path = format!("/rest/v1/rpc/{function}");
        self.post(&path, self.backend.anon_key(), &self.token, body)
            .await
    }

    async fn serve(&self, function: &str, body: &Value) -> Value {
        let path = format!("/rest/v1/rpc/{function}");
        let key = self.backend.service_role_key();
        let (status, answer) = self.post(&path, key, key, body).await;
        assert!(status < 300, "{function}: {status} {answer}");
        answer
    }

    /// Asks for an image of the sketch painter; answers the request's id.
    pub(crate) async fn request(&self, prompt: &str) -> Uuid {
        let id = Uuid::from_u128(rand::random());
        let body = json!({
            "p_id": id, "p_model_id": "sketch", "p_prompt": prompt, "p_width": 256, "p_height": 256,
            "p_steps": 4, "p_seed": 5, "p_hf_loras": ["amethyst/ink"], "p_lora_scales": [1],
        });
        let (status, answer) = self.call("request_generation", &body).await;
        assert_eq!(status, 200, "{answer}");
        id
    }

    /// The image of a request, once it is there.
    pub(crate) async fn image_of(&self, request: Uuid) -> Uuid {
        for _ in 0..600 {
            let found =
                sqlx::query_scalar("select id from public.generated_images where prompt_id = $1")
                    .bind(request)
                    .fetch_optional(self.backend.pool())
                    .await
                    .unwrap();
            if let Some(id) = found {
                return id;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no image");
    }

    /// An image as a worker with that provider delivers it. No worker may be running.
    pub(crate) async fn made_by(&self, provider: &str, prompt: &str) -> Uuid {
        self.request(prompt).await;
        let claim = self
            .serve("claim_generation", &json!({ "p_worker": "test" }))
            .await;
        let job = &claim[0];
        let image = Uuid::from_u128(rand::random());
        let folder = format!(
            "{}/{}",
            job["user_id"].as_str().unwrap(),
            job["id"].as_str().unwrap()
        );
        let rgba = [
            [20, 60, 120, 255].repeat(256 * 160),
            [230, 190, 70, 255].repeat(256 * 96),
        ]
        .concat();
        let bitmap = Bitmap::from_rgba(256, 256, rgba).unwrap();
        let file = encode(&bitmap, Format::Webp, 90).unwrap();
        for name in ["", ".256", ".512", ".768"] {
            self.upload(&format!("{folder}/{image}{name}.webp"), file.clone())
                .await;
        }
        let path = format!("{folder}/{image}.webp");
        let url = |path: &str| format!("/storage/v1/object/authenticated/generated-images/{path}");
        let row = json!({
            "storage_path": path, "public_url": url(&path),
            "thumbnail_url": url(&format!("{folder}/{image}.512.webp")),
            "width": 256, "height": 256, "format": "webp", "size_bytes": file.len(), "metadata": {},
            "technical_metadata": { "provider": provider },
        });
        let body = json!({
            "p_prompt_id": job["id"], "p_lease_token": job["lease_token"], "p_images": [row],
        });
        self.serve("complete_generation", &body).await;
        image
    }

    async fn upload(&self, path: &str, file: Vec<u8>) {
        let base = self.backend.url().trim_end_matches('/');
        let key = self.backend.service_role_key();
        let request = self
            .http
            .post(format!("{base}/storage/v1/object/generated-images/{path}"))
            .header("apikey", key)
            .bearer_auth(key)
            .header("content-type", "image/webp")
            .body(file);
        request.send().await.unwrap().error_for_status().unwrap();
    }

    /// The image's row as JSON, vectors left out.
    pub(crate) async fn image(&self, id: Uuid) -> Value {
        self.json(
            "select to_jsonb(g) - 'vision_embedding' from public.generated_images g where g.id = $1",
            id,
        )
        .await
    }

    /// `{type: {version: raw_response}}` of an image.
    pub(crate) async fn analyses(&self, id: Uuid) -> Value {
        self.json(
            "select coalesce(jsonb_object_agg(t.analysis_type, t.versions), '{}') from (
               select analysis_type, jsonb_object_agg(analysis_version, raw_response) as versions
                 from public.image_analysis where image_id = $1 group by analysis_type) as t",
            id,
        )
        .await
    }

    /// `{kind: {state, attempts, last_error}}` of an image.
    pub(crate) async fn jobs(&self, id: Uuid) -> Value {
        self.json(
            "select jsonb_object_agg(kind, jsonb_build_object(
               'state', state, 'attempts', attempts, 'last_error', last_error))
               from private.jobs where image_id = $1",
            id,
        )
        .await
    }

    async fn json(&self, sql: &'static str, id: Uuid) -> Value {
        let row = sqlx::query(sql)
            .bind(id)
            .fetch_one(self.backend.pool())
            .await
            .unwrap();
        row.get(0)
    }

    /// Runs SQL as the database's superuser.
    pub(crate) async fn sql(&self, sql: &'static str) {
        sqlx::raw_sql(sql)
            .execute(self.backend.pool())
            .await
            .unwrap();
    }

    /// Waits until `wanted` holds for the image's jobs, and answers them.
    pub(crate) async fn wait(&self, id: Uuid, wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..800 {
            let jobs = self.jobs(id).await;
            if wanted(&jobs) {
                return jobs;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("still {}", self.jobs(id).await);
    }

    /// Waits until nothing about the image waits or runs.
    pub(crate) async fn wait_for_all(&self, id: Uuid) -> Value {
        self.wait(id, |jobs| {
            let mut states = jobs.as_object().unwrap().values().map(|job| &job["state"]);
            states.all(|state| state == "done" || state == "failed")
        })
        .await
    }

    /// Quick to look, quick to lose its leases.
    pub(crate) fn config(&self) -> Config {
        let mut config = Config::new(
            Url::parse(self.backend.url()).unwrap(),
            self.backend.service_role_key().to_owned(),
        );
        config.poll = Duration::from_millis(30);
        config.lease = Duration::from_secs(2);
        config
    }

    /// The same with a key for all three of OpenAI's analyses.
    pub(crate) fn config_with(&self, double: &OpenAiDouble) -> Config {
        let mut config = self.config();
        config.openai = Some(OpenAiConfig {
            base: Url::parse(&double.base()).unwrap(),
            key: Key::new(double.key()),
            deadline: Duration::from_secs(10),
            moderation_model: Some("omni-moderation-latest".to_owned()),
            vision_model: Some("seer-1".to_owned()),
            embedding_model: Some("text-embedding-3-small".to_owned()),
        });
        config
    }
}

/// A worker in this process.
pub(crate) struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) fn start(config: Config) -> Self {
        let stop = CancellationToken::new();
        let worker = Worker::new(config, Providers::builtin()).unwrap();
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
