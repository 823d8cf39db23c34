//! A project that sells, the double of Stripe behind it, and a customer.

use std::path::Path;
use std::time::Duration;

use amethyst_testkit::{StripeDouble, TestBackend};
use amethyst_worker::{Config, Key, Providers, StripeConfig, Worker, payment_events};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What plans and packs cost at the double.
pub(crate) const MONTHLY: &str = "price_pro_month";
pub(crate) const YEARLY: &str = "price_pro_year";
pub(crate) const PACK: &str = "price_pack";

/// A recorded shape.
pub(crate) fn fixture(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/stripe");
    let text = fs_err::read(folder.join(format!("{name}.json"))).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// Seconds since 1970, so many days from now.
pub(crate) fn day(days: i64) -> i64 {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    i64::try_from(now).unwrap() + days * 86_400
}

/// The backend, the double and a server for webhooks; the last ends with it.
pub(crate) struct Shop {
    pub(crate) backend: TestBackend,
    pub(crate) stripe: StripeDouble,
    pub(crate) http: reqwest::Client,
    webhook: String,
    server: JoinHandle<()>,
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shop {
    /// One whose plan `pro` and pack of 200 have prices that the double knows.
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut StripeConfig)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let backend = TestBackend::start().await.unwrap();
        let stripe = StripeDouble::start().await;
        for price in [MONTHLY, YEARLY, PACK] {
            stripe.put(json!({ "id": price, "object": "price", "unit_amount": 990 }));
        }
        let mut config = config(&backend, &stripe);
        change(config.stripe.as_mut().unwrap());
        let router = payment_events(&config).unwrap().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let webhook = format!("http://{}/webhooks/stripe", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let shop = Self {
            backend,
            stripe,
            http: reqwest::Client::new(),
            webhook,
            server,
        };
        let prices = json!({ "stripe_price_month": MONTHLY, "stripe_price_year": YEARLY });
        shop.sql(&format!(
            "update public.subscription_plans set features = features || '{prices}' where id = 'pro'"
        ))
        .await;
        shop.sql(&format!(
            "update public.credit_packs set stripe_price = '{PACK}' where id = 'pack-200'"
        ))
        .await;
        shop
    }

    pub(crate) async fn sql(&self, statement: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()))
            .execute(self.backend.pool())
            .await
            .unwrap();
    }

    pub(crate) async fn one<T>(&self, question: &str) -> T
    where
        T: Send + Unpin + sqlx::Type<sqlx::Postgres> + for<'r> sqlx::Decode<'r, sqlx::Postgres>,
    {
        sqlx::query_scalar(sqlx::AssertSqlSafe(question.to_owned()))
            .fetch_one(self.backend.pool())
            .await
            .unwrap()
    }

    /// What tells this project's payments from others.
    pub(crate) async fn project(&self) -> String {
        self.one("select value #>> '{}' from private.settings where key = 'project_id'")
            .await
    }

    /// A worker with nothing but payments to do.
    pub(crate) fn worker(&self) -> Running {
        let stop = CancellationToken::new();
        let worker =
            Worker::new(config(&self.backend, &self.stripe), Providers::builtin()).unwrap();
        let task = tokio::spawn(worker.run(stop.clone()));
        Running { stop, task }
    }

    /// Sends bytes with a header; answers the status.
    pub(crate) async fn post(&self, body: Vec<u8>, signature: &str) -> StatusCode {
        let request = self.http.post(&self.webhook).body(body);
        let request = request.header("stripe-signature", signature);
        request.send().await.unwrap().status()
    }

    /// Delivers an event as Stripe does.
    pub(crate) async fn deliver(&self, event: &Value) -> StatusCode {
        let body = serde_json::to_vec_pretty(event).unwrap();
        let signature = StripeDouble::signature(&body, day(0));
        self.post(body, &signature).await
    }

    /// Delivers a recorded event under a new id, about `object` where one is given, and expects it to be taken in.
    pub(crate) async fn tell(&self, name: &str, id: &str, object: Option<&str>) {
        let mut event = fixture(name);
        event["id"] = id.into();
        if let Some(object) = object {
            let field = match name {
                "invoice_paid" => "/data/object/parent/subscription_details/subscription",
                "invoice_paid_2024" => "/data/object/subscription",
                _ => "/data/object/id",
            };
            *event.pointer_mut(field).unwrap() = object.into();
        }
        assert_eq!(self.deliver(&event).await, StatusCode::OK, "{name}");
    }
}

fn config(backend: &TestBackend, stripe: &StripeDouble) -> Config {
    let key = backend.service_role_key().to_owned();
    let mut config = Config::new(backend.url().parse().unwrap(), key);
    config.grace = Duration::from_millis(100);
    config.stripe = Some(StripeConfig {
        base: stripe.base().parse().unwrap(),
        secret_key: Key::new(StripeDouble::KEY),
        webhook_secret: Some(Key::new(StripeDouble::WEBHOOK_SECRET)),
        return_url: "https://amethyst.test/paid".parse().unwrap(),
    });
    config
}

/// A worker in this process.
pub(crate) struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// A signed-in customer.
pub(crate) struct Customer {
    http: reqwest::Client,
    base: String,
    anon_key: String,
    token: String,
    pub(crate) id: String,
    pub(crate) email: String,
}

impl Customer {
    pub(crate) async fn sign_up(shop: &Shop) -> Self {
        let email = format!("{:x}@example.org", rand::random::<u64>());
        let mut customer = Self {
            http: shop.http.clone(),
            base: shop.backend.url().trim_end_matches('/').to_owned(),
            anon_key: shop.backend.anon_key().to_owned(),
            token: shop.backend.anon_key().to_owned(),
            id: String::new(),
            email: email.clone(),
        };
        let body = json!({ "email": email, "password": "correct horse battery staple" });
        let session = customer.send("/auth/v1/signup", Some(body)).await;
        customer.token = session["access_token"].as_str().unwrap().to_owned();
        customer.id = session["user"]["id"].as_str().unwrap().to_owned();
        customer
    }

    async fn send(&self, path: &str, body: Option<Value>) -> Value {
        let address = format!("{}{path}", self.base);
        let request = match body {
            Some(body) => self.http.post(address).json(&body),
            None => self.http.get(address),
        };
        let request = request
            .header("apikey", &self.anon_key)
            .bearer_auth(&self.token);
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        answer.json().await.unwrap()
    }

    /// Asks for a page by one of the schema's functions; answers the request's id.
    pub(crate) async fn ask(&self, function: &str, more: Value) -> String {
        let id = uuid::Uuid::from_u128(rand::random()).to_string();
        let mut body = json!({ "p_id": id });
        let fields = body.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        let said = self
            .send(&format!("/rest/v1/rpc/{function}"), Some(body))
            .await;
        assert_eq!(said["status"], "pending");
        id
    }

    pub(crate) async fn request(&self, id: &str) -> Value {
        let path = format!("/rest/v1/checkout_requests?id=eq.{id}");
        self.send(&path, None).await[0].take()
    }

    /// The request's row once it is answered.
    pub(crate) async fn answered(&self, id: &str) -> Value {
        for _ in 0..600 {
            let row = self.request(id).await;
            if row["status"] != "pending" {
                return row;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nobody answers");
    }

    pub(crate) async fn profile(&self) -> Value {
        self.send("/rest/v1/profiles", None).await[0].take()
    }

    pub(crate) async fn balance(&self) -> i64 {
        self.profile().await["credits_balance"].as_i64().unwrap()
    }

    pub(crate) async fn subscription(&self) -> Value {
        self.send("/rest/v1/subscriptions", None).await[0].take()
    }
}
