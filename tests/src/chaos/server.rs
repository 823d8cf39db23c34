//! The server's side: what workers and administrators do meanwhile, by the schema's own functions.

use amethyst_model::UserId;
use amethyst_testkit::{Faults, TestBackend};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

pub(super) struct Server<'a> {
    backend: &'a TestBackend,
    pub(super) user: UserId,
    price: i64,
}

impl<'a> Server<'a> {
    pub(super) fn new(backend: &'a TestBackend, user: UserId) -> Self {
        Self {
            backend,
            user,
            price: 1,
        }
    }

    pub(super) fn pool(&self) -> &PgPool {
        self.backend.pool()
    }

    pub(super) fn faults(&self) -> &Faults {
        self.backend.faults()
    }

    /// Credits for one image now.
    pub(super) fn price(&self) -> i64 {
        self.price
    }

    /// Undoes what an earlier run left behind.
    pub(super) async fn reset(&mut self) -> anyhow::Result<()> {
        self.faults().release();
        self.faults().deliver_late().await;
        self.set_price(1).await?;
        sqlx::query("delete from private.jobs where state in ('queued', 'leased') and prompt_id in (select id from public.prompts where user_id <> $1)")
            .bind(self.user.0)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// The network delivers what it had kept.
    pub(super) async fn deliver_late(&self) -> usize {
        self.faults().deliver_late().await
    }

    pub(super) async fn change_price(&mut self, rng: &mut StdRng) -> anyhow::Result<()> {
        self.set_price(rng.random_range(1..3)).await
    }

    async fn set_price(&mut self, price: i64) -> anyhow::Result<()> {
        sqlx::query(
            "update public.models set credits_cost = $1 where id = 'sketch' and credits_cost <> $1",
        )
        .bind(i32::try_from(price)?)
        .execute(self.pool())
        .await?;
        self.price = price;
        Ok(())
    }

    /// A worker takes one request and ends it, well or not.
    pub(super) async fn work(&self, rng: &mut StdRng) -> anyhow::Result<()> {
        let fate = rng.random_range(0..10);
        self.work_with(fate).await.map(drop)
    }

    /// All that waits is done; answers whether there was anything.
    pub(super) async fn work_off(&self) -> anyhow::Result<bool> {
        let mut any = false;
        sqlx::query(
            "update private.jobs set run_after = now() where state in ('queued', 'leased')",
        )
        .execute(self.pool())
        .await?;
        while self.work_with(0).await? {
            any = true;
        }
        Ok(any)
    }

    async fn work_with(&self, fate: u32) -> anyhow::Result<bool> {
        let job: Option<Value> =
            sqlx::query_scalar("select j from public.claim_generation('chaos') as j")
                .fetch_optional(self.pool())
                .await?;
        let Some(job) = job else { return Ok(false) };
        let id: Uuid = serde_json::from_value(job["id"].clone())?;
        let lease: Uuid = serde_json::from_value(job["lease_token"].clone())?;
        match fate {
            // The worker dies with it; somebody else takes it when its lease is over.
            9 => {
                sqlx::query("update private.jobs set run_after = now() where prompt_id = $1")
                    .bind(id)
                    .execute(self.pool())
                    .await?;
            }
            7 | 8 => {
                sqlx::query("select public.fail_generation($1, $2, 'provider_failed', false)")
                    .bind(id)
                    .bind(lease)
                    .execute(self.pool())
                    .await?;
            }
            fate => {
                let asked = job["num_outputs"].as_i64().unwrap_or(1);
                // Sometimes fewer come than were asked for.
                let images = if fate == 6 { 1 } else { asked };
                self.complete(&job, id, lease, images).await?;
            }
        }
        Ok(true)
    }

    async fn complete(
        &self,
        job: &Value,
        id: Uuid,
        lease: Uuid,
        images: i64,
    ) -> anyhow::Result<()> {
        let user = job["user_id"].as_str().unwrap_or_default();
        let images: Vec<Value> = (0..images)
            .map(|index| {
                let path = format!("{user}/{id}/{}.webp", Uuid::now_v7());
                json!({
                    "storage_path": path,
                    "public_url": format!("/storage/v1/object/authenticated/generated-images/{path}"),
                    "thumbnail_url": null, "width": 64, "height": 64, "format": "webp",
                    "size_bytes": 1, "nsfw_score": if index == 0 { json!(0) } else { json!(null) },
                    "metadata": { "seed": 9 }, "technical_metadata": { "index": index },
                })
            })
            .collect();
        sqlx::query("select public.complete_generation($1, $2, $3)")
            .bind(id)
            .bind(lease)
            .bind(Value::Array(images))
            .execute(self.pool())
            .await?;
        Ok(())
    }
}
