//! Requests for images: those the server told of and those that exist on this machine only.

use std::collections::HashMap;

use amethyst_model::{Generation, GenerationDraft, GenerationId, GenerationStatus, Progress};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder, SqliteConnection};
use uuid::Uuid;

use super::{CHUNK, ROWS};
use crate::change::Entity;
use crate::convert::{from_json, instant, json, micros};
use crate::error::{Error, Result};
use crate::{Store, Tx};

/// Which requests to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenerationFilter {
    /// Only those that have not ended.
    pub active_only: bool,
    /// At most so many.
    pub limit: u32,
}

#[derive(FromRow)]
struct GenerationRow {
    id: Uuid,
    draft: String,
    model_version: Option<String>,
    status: String,
    error_message: Option<String>,
    credits_cost: i64,
    progress: Option<String>,
    cancel_requested: bool,
    created_at: i64,
    completed_at: Option<i64>,
}

impl GenerationRow {
    fn into_generation(self) -> Result<Generation> {
        let progress: Option<Progress> = self
            .progress
            .map(|text| from_json(&text, "progress"))
            .transpose()?;
        Ok(Generation {
            id: GenerationId(self.id),
            draft: from_json(&self.draft, "draft")?,
            model_version: self.model_version,
            status: parse_status(&self.status)?,
            error_message: self.error_message,
            credits_cost: self.credits_cost,
            progress,
            cancel_requested: self.cancel_requested,
            created_at: instant(self.created_at)?,
            completed_at: self.completed_at.map(instant).transpose()?,
        })
    }
}

fn parse_status(text: &str) -> Result<GenerationStatus> {
    GenerationStatus::parse(text).ok_or(Error::Unreadable("status"))
}

impl Store {
    /// One request.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn generation(&self, id: GenerationId) -> Result<Option<Generation>> {
        let mut db = self.reader().await?;
        let row: Option<GenerationRow> = sqlx::query_as(
            "select id, draft, model_version, status, error_message, credits_cost, progress,
                    cancel_requested, created_at, completed_at
               from generation where id = ?",
        )
        .bind(id.0)
        .fetch_optional(&mut *db)
        .await?;
        row.map(GenerationRow::into_generation).transpose()
    }

    /// Requests, newest first.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn generations(&self, filter: GenerationFilter) -> Result<Vec<Generation>> {
        let sql = if filter.active_only {
            "select id, draft, model_version, status, error_message, credits_cost, progress,
                    cancel_requested, created_at, completed_at
               from generation where status in ('to_send', 'parked', 'pending', 'processing')
              order by created_at desc, id desc limit ?"
        } else {
            "select id, draft, model_version, status, error_message, credits_cost, progress,
                    cancel_requested, created_at, completed_at
               from generation order by created_at desc, id desc limit ?"
        };
        let mut db = self.reader().await?;
        let rows: Vec<GenerationRow> = sqlx::query_as(sql)
            .bind(filter.limit)
            .fetch_all(&mut *db)
            .await?;
        rows.into_iter()
            .map(GenerationRow::into_generation)
            .collect()
    }
}

impl Store {
    /// How many requests the server has that have not ended.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn under_way(&self) -> Result<u64> {
        let mut db = self.reader().await?;
        let sql = "select count(*) from generation where status in ('pending', 'processing')";
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut *db).await?;
        Ok(count.unsigned_abs())
    }
}

/// The part of a request that the outbox overlays.
pub(crate) struct Base {
    /// The server's status; `None` while the server has never told of the request.
    pub(crate) status: Option<GenerationStatus>,
    /// Whether the server has noted the wish to stop it.
    pub(crate) cancel_requested: bool,
    /// When the user withdrew it unsent.
    pub(crate) withdrawn_at: Option<DateTime<Utc>>,
}

pub(crate) async fn base(db: &mut SqliteConnection, id: GenerationId) -> Result<Option<Base>> {
    let row: Option<(Option<String>, bool, Option<i64>)> = sqlx::query_as(
        "select base_status, base_cancel_requested, withdrawn_at from generation where id = ?",
    )
    .bind(id.0)
    .fetch_optional(db)
    .await?;
    row.map(|(status, cancel_requested, withdrawn_at)| {
        Ok(Base {
            status: status.map(|text| parse_status(&text)).transpose()?,
            cancel_requested,
            withdrawn_at: withdrawn_at.map(instant).transpose()?,
        })
    })
    .transpose()
}

/// Adds a request that only this machine knows; keeps the row that is there.
pub(crate) async fn add_local(
    tx: &mut Tx,
    id: GenerationId,
    draft: &GenerationDraft,
    cost: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let seen = tx.epoch().await?;
    sqlx::query(
        "insert into generation (id, draft, status, credits_cost, cancel_requested, created_at, seen)
         values (?, ?, 'to_send', ?, 0, ?, ?) on conflict (id) do nothing",
    )
    .bind(id.0)
    .bind(json(draft)?)
    .bind(cost)
    .bind(micros(now))
    .bind(seen)
    .execute(tx.db())
    .await?;
    tx.note(Entity::Generation, &id);
    Ok(())
}

/// Takes in the server's rows; what is shown of those whose lane is not empty follows from [`show`], of the
/// others it is the server's word.
pub(crate) async fn write_bases(tx: &mut Tx, generations: &[&Generation]) -> Result<()> {
    let seen = tx.epoch().await?;
    for chunk in generations.chunks(ROWS) {
        let mut texts = Vec::with_capacity(chunk.len());
        for generation in chunk {
            let progress = generation.progress.as_ref().map(json).transpose()?;
            texts.push((json(&generation.draft)?, progress));
        }
        let mut query = QueryBuilder::new(
            "insert into generation
               (id, draft, model_version, status, base_status, error_message, credits_cost,
                progress, cancel_requested, base_cancel_requested, created_at, completed_at, seen) ",
        );
        query.push_values(
            chunk.iter().zip(texts),
            |mut row, (generation, (draft, progress))| {
                row.push_bind(generation.id.0)
                    .push_bind(draft)
                    .push_bind(&generation.model_version)
                    .push_bind(generation.status.as_str())
                    .push_bind(generation.status.as_str())
                    .push_bind(&generation.error_message)
                    .push_bind(generation.credits_cost)
                    .push_bind(progress)
                    .push_bind(generation.cancel_requested)
                    .push_bind(generation.cancel_requested)
                    .push_bind(micros(generation.created_at))
                    .push_bind(generation.completed_at.map(micros))
                    .push_bind(seen);
            },
        );
        query.push(
            " on conflict (id) do update set
               draft = excluded.draft, model_version = excluded.model_version,
               status = excluded.status, base_status = excluded.base_status,
               error_message = excluded.error_message, credits_cost = excluded.credits_cost,
               progress = excluded.progress, cancel_requested = excluded.cancel_requested,
               base_cancel_requested = excluded.base_cancel_requested,
               created_at = excluded.created_at, completed_at = excluded.completed_at,
               seen = excluded.seen",
        );
        query.build().execute(tx.db()).await?;
        for generation in chunk {
            tx.note(Entity::Generation, &generation.id);
        }
    }
    Ok(())
}

/// Which of these requests the user withdrew while the server was not known to have them, and when.
pub(crate) async fn withdrawn(
    db: &mut SqliteConnection,
    ids: &[GenerationId],
) -> Result<HashMap<GenerationId, DateTime<Utc>>> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let mut query = QueryBuilder::new(
            "select id, withdrawn_at from generation where withdrawn_at is not null and id in (",
        );
        let mut list = query.separated(", ");
        for id in chunk {
            list.push_bind(id.0);
        }
        query.push(")");
        let rows: Vec<(Uuid, i64)> = query.build_query_as().fetch_all(&mut *db).await?;
        for (id, at) in rows {
            found.insert(GenerationId(id), instant(at)?);
        }
    }
    Ok(found)
}

/// Takes in the answer to a creation. A status that the feed told meanwhile is newer and stays.
pub(crate) async fn confirm(
    tx: &mut Tx,
    id: GenerationId,
    status: GenerationStatus,
    cost: i64,
) -> Result<()> {
    let seen = tx.epoch().await?;
    sqlx::query(
        "update generation set base_status = coalesce(base_status, ?), credits_cost = ?, seen = ?
          where id = ?",
    )
    .bind(status.as_str())
    .bind(cost)
    .bind(seen)
    .bind(id.0)
    .execute(tx.db())
    .await?;
    tx.note(Entity::Generation, &id);
    Ok(())
}

/// Notes that the server knows of the wish to stop it.
pub(crate) async fn confirm_cancel(tx: &mut Tx, id: GenerationId) -> Result<()> {
    let sql = "update generation set base_cancel_requested = 1 where id = ?";
    sqlx::query(sql).bind(id.0).execute(tx.db()).await?;
    Ok(())
}

/// Ends a request that the server is not known to have, or with `None` takes the withdrawal back.
pub(crate) async fn set_withdrawn(
    tx: &mut Tx,
    id: GenerationId,
    at: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query(
        "update generation set withdrawn_at = ?1,
                completed_at = case when base_status is null then ?1 else completed_at end
          where id = ?2",
    )
    .bind(at.map(micros))
    .bind(id.0)
    .execute(tx.db())
    .await?;
    tx.note(Entity::Generation, &id);
    Ok(())
}

/// Forgets that the server ever told of it, so that it counts as unsent again.
pub(crate) async fn forget_base(tx: &mut Tx, id: GenerationId) -> Result<()> {
    sqlx::query(
        "update generation set base_status = null, base_cancel_requested = 0, progress = null,
                completed_at = null, error_message = null
          where id = ?",
    )
    .bind(id.0)
    .execute(tx.db())
    .await?;
    tx.note(Entity::Generation, &id);
    Ok(())
}

/// Sets the price the user agreed to, of a request that has not been charged.
pub(crate) async fn set_agreed_cost(tx: &mut Tx, id: GenerationId, cost: i64) -> Result<()> {
    let sql = "update generation set credits_cost = ? where id = ? and base_status is null";
    sqlx::query(sql)
        .bind(cost)
        .bind(id.0)
        .execute(tx.db())
        .await?;
    tx.note(Entity::Generation, &id);
    Ok(())
}

/// Sets what is shown.
pub(crate) async fn show(
    tx: &mut Tx,
    id: GenerationId,
    status: GenerationStatus,
    cancel_requested: bool,
) -> Result<()> {
    let changed = sqlx::query(
        "update generation set status = ?1, cancel_requested = ?2
          where id = ?3 and (status <> ?1 or cancel_requested <> ?2)",
    )
    .bind(status.as_str())
    .bind(cancel_requested)
    .bind(id.0)
    .execute(tx.db())
    .await?;
    if changed.rows_affected() > 0 {
        tx.note(Entity::Generation, &id);
    }
    Ok(())
}

pub(crate) async fn remove(tx: &mut Tx, id: GenerationId) -> Result<()> {
    sqlx::query("delete from generation where id = ?")
        .bind(id.0)
        .execute(tx.db())
        .await?;
    tx.note(Entity::Generation, &id);
    Ok(())
}

/// Requests the server once told of that the reconciliation `epoch` did not see.
pub(crate) async fn unseen(db: &mut SqliteConnection, epoch: i64) -> Result<Vec<GenerationId>> {
    let sql = "select id from generation where seen < ? and base_status is not null";
    let ids: Vec<Uuid> = sqlx::query_scalar(sql).bind(epoch).fetch_all(db).await?;
    Ok(ids.into_iter().map(GenerationId).collect())
}
