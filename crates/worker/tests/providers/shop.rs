//! A project with every provider behind it, each a double.

use std::time::Duration;

use amethyst_testkit::TestBackend;
use amethyst_testkit::double::openai_images::{self, OpenAiImages};
use amethyst_testkit::double::replicate::{self, Replicate};
use amethyst_testkit::double::stability::{self, Stability};
use amethyst_worker::{Config, Key, OpenAiConfig, ReplicateConfig, StabilityConfig};
use serde_json::{Value, json};
use url::Url;

use crate::user::{self, Running, User};

pub(crate) struct Shop {
    pub(crate) backend: TestBackend,
    pub(crate) user: User,
    pub(crate) replicate: Replicate,
    pub(crate) stability: Stability,
    pub(crate) openai: OpenAiImages,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let backend = TestBackend::start().await.unwrap();
        let user = User::sign_up(&backend).await;
        let shop = Self {
            user,
            replicate: Replicate::start().await,
            stability: Stability::start().await,
            openai: OpenAiImages::start().await,
            backend,
        };
        shop.sql("update public.models set is_active = true").await;
        shop.sql("update public.profiles set subscription_tier = 'enterprise'")
            .await;
        shop
    }

    pub(crate) async fn sql(&self, text: &'static str) {
        sqlx::query(text)
            .execute(self.backend.pool())
            .await
            .unwrap();
    }

    pub(crate) async fn number(&self, text: &'static str) -> i64 {
        sqlx::query_scalar(text)
            .fetch_one(self.backend.pool())
            .await
            .unwrap()
    }

    /// Settings with every key; quick to look.
    pub(crate) fn config(&self) -> Config {
        let url = |text: String| Url::parse(&text).unwrap();
        let mut config = user::config(&self.backend);
        config.replicate = Some(ReplicateConfig {
            base: url(self.replicate.base()),
            token: Key::new(replicate::TOKEN),
            webhook_secret: None,
            poll: Duration::from_millis(40),
            deadline: Duration::from_secs(60),
        });
        config.stability = Some(StabilityConfig {
            base: url(self.stability.base()),
            key: Key::new(stability::KEY),
            deadline: Duration::from_secs(20),
        });
        config.openai = Some(OpenAiConfig {
            base: url(self.openai.base()),
            key: Key::new(openai_images::KEY),
            deadline: Duration::from_secs(20),
            moderation_model: None,
            vision_model: None,
            embedding_model: None,
        });
        config
    }

    pub(crate) fn work(&self) -> Running {
        Running::start(self.config())
    }

    /// Uploads a file of the user's.
    pub(crate) async fn upload(&self, path: &str, mime: &str, bytes: Vec<u8>) {
        let request = self.user.signed(reqwest::Method::POST, path);
        let request = request.header("content-type", mime).body(bytes);
        request.send().await.unwrap().error_for_status().unwrap();
    }

    /// A request of the model with these fields beside the defaults of a small order.
    pub(crate) async fn request(&self, model: &str, extra: Value) -> String {
        let mut fields = json!({ "p_model_id": model, "p_width": 1024, "p_height": 1024 });
        fields
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        self.user.request(fields).await
    }

    /// The same, to its end.
    pub(crate) async fn make(&self, model: &str, extra: Value) -> Value {
        let id = self.request(model, extra).await;
        self.user
            .wait(&id, |row| row["completed_at"].is_string())
            .await
    }

    /// Jobs that wait are due now.
    pub(crate) async fn hurry(&self) {
        self.sql("update private.jobs set run_after = now() where state = 'queued'")
            .await;
    }

    /// Waits until a job is put back into the queue; answers why.
    pub(crate) async fn put_back(&self, id: &str) -> String {
        for _ in 0..1200 {
            let why: Option<String> = sqlx::query_scalar(
                "select last_error from private.jobs where prompt_id = $1::uuid and state = 'queued'",
            )
            .bind(id)
            .fetch_optional(self.backend.pool())
            .await
            .unwrap()
            .flatten();
            if let Some(why) = why {
                return why;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        panic!("never put back: {}", self.user.prompt(id).await);
    }

    /// One request against a provider that answers in a certain way, with a worker of its own: how it ends, or why it
    /// waits.
    pub(crate) async fn try_once(&self, model: &str, fields: Value) -> (&'static str, String) {
        let id = self.request(model, fields).await;
        let worker = self.work();
        let ended = async {
            let row = self
                .user
                .wait(&id, |row| row["completed_at"].is_string())
                .await;
            let code = row["error_message"]
                .as_str()
                .unwrap_or("delivered")
                .to_owned();
            ("over", code)
        };
        let outcome = tokio::select! {
            outcome = ended => outcome,
            why = self.put_back(&id) => ("waits", why),
        };
        worker.stop().await;
        if outcome.0 == "waits" {
            let row = self.user.prompt(&id).await;
            assert_eq!(
                (&row["status"], &row["error_message"]),
                (&json!("pending"), &Value::Null)
            );
            let cancel = Some(json!({ "p_id": id }));
            self.user
                .ask(
                    reqwest::Method::POST,
                    "/rest/v1/rpc/cancel_generation",
                    cancel,
                )
                .await;
        }
        outcome
    }

    /// Credits enough for a long test.
    pub(crate) async fn grant(&self) {
        self.sql(
            "insert into public.credit_transactions (user_id, amount, type, idempotency_key)
             select id, 1000, 'bonus', 'test' from public.profiles on conflict do nothing",
        )
        .await;
    }

    /// What must hold after everything: balance = ledger, no job undecided, every index accounted for once.
    pub(crate) async fn audit(&self) {
        assert_eq!(
            self.number("select count(*) from private.ledger_differences()")
                .await,
            0
        );
        let wrong = self
            .number(
                "select count(*) from public.prompts p
                  where p.status in ('completed', 'failed') and (
                    jsonb_array_length(p.metadata #> '{receipt,images}') <> p.num_outputs
                    or (select sum((i ->> 'credits')::int) from jsonb_array_elements(p.metadata #> '{receipt,images}') i)
                       <> p.credits_cost - (p.metadata #>> '{receipt,refunded}')::int
                    or coalesce((select sum(t.amount) from public.credit_transactions t where t.reference_id = p.id), 0)
                       <> (p.metadata #>> '{receipt,refunded}')::int - p.credits_cost
                    or (select count(*) from public.generated_images g where g.prompt_id = p.id)
                       <> (select count(*) from jsonb_array_elements(p.metadata #> '{receipt,images}') i
                            where i ->> 'result' = 'delivered' and exists (
                              select from public.generated_images g where g.id::text = i ->> 'image_id')))",
            )
            .await;
        assert_eq!(
            wrong, 0,
            "a receipt that does not agree with ledger and images"
        );
    }
}
