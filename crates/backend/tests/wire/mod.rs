//! A backend of its own for each test, with two things no client has: a look at the files of objects,
//! and tokens that end when the test wants.

#![expect(dead_code, reason = "each test binary uses its part")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use amethyst_backend::{Backend, Config, PortChoice, WorkerChoice};
use serde_json::{Value, json};
use sqlx::PgPool;

/// A running backend.
pub(crate) struct Server {
    /// Base URL.
    pub(crate) url: String,
    /// The public key.
    pub(crate) anon_key: String,
    /// The key of the service role.
    pub(crate) service_key: String,
    /// A client for plain requests.
    pub(crate) http: reqwest::Client,
    /// The database, as its superuser.
    pub(crate) pool: PgPool,
    backend: Backend,
    data_dir: tempfile::TempDir,
}

/// A signed-up user.
pub(crate) struct User {
    /// The user's id.
    pub(crate) id: String,
    /// A token that lasts longer than any test.
    pub(crate) token: String,
}

impl Server {
    /// Starts one.
    pub(crate) async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap()).await
    }

    /// Starts one with changed settings.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_with(tempfile::tempdir().unwrap(), change).await
    }

    async fn start_in(data_dir: tempfile::TempDir) -> Self {
        Self::start_with(data_dir, |_| {}).await
    }

    async fn start_with(data_dir: tempfile::TempDir, change: impl FnOnce(&mut Config)) -> Self {
        // Whoever was first has installed the same one.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let mut config = Config {
            port: PortChoice::Any,
            worker: WorkerChoice::None,
            durable: false,
            ..Config::new(data_dir.path().to_owned())
        };
        change(&mut config);
        let backend = amethyst_backend::start(config).await.unwrap();
        Self {
            url: backend.url().to_owned(),
            anon_key: backend.anon_key().to_owned(),
            service_key: backend.service_role_key().to_owned(),
            http: reqwest::Client::new(),
            pool: backend.pool().clone(),
            backend,
            data_dir,
        }
    }

    /// Signs a user up.
    pub(crate) async fn user(&self, name: &str) -> User {
        let answer = self
            .http
            .post(format!("{}/auth/v1/signup", self.url))
            .header("apikey", &self.anon_key)
            .json(&json!({ "email": format!("{name}@example.org"), "password": "correct horse" }))
            .send()
            .await
            .unwrap();
        assert!(
            answer.status().is_success(),
            "{}",
            answer.text().await.unwrap()
        );
        let session: Value = answer.json().await.unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        User {
            id: text(&session["user"]["id"]),
            token: text(&session["access_token"]),
        }
    }

    /// A token of this user that ends in so many seconds, signed with the project's shared secret.
    pub(crate) fn token(&self, user: &User, seconds: i64) -> String {
        let keys = fs_err::read_to_string(self.data_dir.path().join("keys.json")).unwrap();
        let keys: Value = serde_json::from_str(&keys).unwrap();
        let secret = keys["jwt_secret"].as_str().unwrap().as_bytes();
        let now = jsonwebtoken::get_current_timestamp().cast_signed();
        let claims = json!({ "sub": user.id, "role": "authenticated", "exp": now + seconds });
        jsonwebtoken::encode(
            &jsonwebtoken::Header::default(),
            &claims,
            &jsonwebtoken::EncodingKey::from_secret(secret),
        )
        .unwrap()
    }

    /// The files that lie under the folder of objects, finished or not.
    pub(crate) fn object_files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        gather(&self.data_dir.path().join("objects"), &mut found);
        found
    }

    /// How many such files there are.
    pub(crate) fn files(&self) -> usize {
        self.object_files().len()
    }

    /// The mails in the inbox, newest first.
    pub(crate) async fn mails(&self) -> Vec<amethyst_backend::Mail> {
        self.backend.inbox().await.unwrap()
    }

    /// Misbehavior on demand.
    pub(crate) fn faults(&self) -> &amethyst_backend::Faults {
        self.backend.faults()
    }

    /// The superuser's URL of its database.
    pub(crate) fn database_url(&self) -> &str {
        self.backend.database_url()
    }

    /// Its data folder.
    pub(crate) fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    /// Stops it.
    pub(crate) async fn stop(self) {
        self.backend.shutdown().await;
    }

    /// Stops it and starts another over the same data.
    pub(crate) async fn restart(self) -> Self {
        self.backend.shutdown().await;
        Self::start_in(self.data_dir).await
    }
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Waits until something holds.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..200 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never: {what}");
}
