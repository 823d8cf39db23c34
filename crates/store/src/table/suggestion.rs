//! Better wordings for prompts: the server's rows, own ones and shared ones, only read here.

use amethyst_model::{PromptSuggestion, SuggestionId, SuggestionSource};
use sqlx::FromRow;
use uuid::Uuid;

use crate::change::Entity;
use crate::convert::{instant, micros};
use crate::error::{Error, Result};
use crate::{Store, Tx};

#[derive(FromRow)]
struct SuggestionRow {
    id: Uuid,
    is_shared: bool,
    base_prompt: String,
    suggested_prompt: String,
    source: String,
    confidence: f64,
    used_count: i64,
    success_rate: f64,
    image_count: i64,
    favorite_count: i64,
    reason: Option<String>,
    created_at: i64,
    last_used_at: Option<i64>,
}

impl SuggestionRow {
    fn into_suggestion(self) -> Result<PromptSuggestion> {
        let source = SuggestionSource::parse(&self.source);
        Ok(PromptSuggestion {
            id: SuggestionId(self.id),
            is_shared: self.is_shared,
            base_prompt: self.base_prompt,
            suggested_prompt: self.suggested_prompt,
            source: source.ok_or(Error::Unreadable("suggestion"))?,
            confidence: self.confidence,
            used_count: self.used_count,
            success_rate: self.success_rate,
            image_count: self.image_count,
            favorite_count: self.favorite_count,
            reason: self.reason,
            created_at: instant(self.created_at)?,
            last_used_at: self.last_used_at.map(instant).transpose()?,
        })
    }
}

impl Store {
    /// All suggestions on this machine, in no order: the server keeps a few hundred for a user.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn suggestions(&self) -> Result<Vec<PromptSuggestion>> {
        let mut db = self.reader().await?;
        let rows: Vec<SuggestionRow> = sqlx::query_as(
            "select id, is_shared, base_prompt, suggested_prompt, source, confidence, used_count,
                    success_rate, image_count, favorite_count, reason, created_at, last_used_at
               from prompt_suggestion",
        )
        .fetch_all(&mut *db)
        .await?;
        rows.into_iter()
            .map(SuggestionRow::into_suggestion)
            .collect()
    }
}

pub(crate) async fn write(tx: &mut Tx, row: &PromptSuggestion) -> Result<()> {
    let seen = tx.epoch().await?;
    sqlx::query(
        "insert into prompt_suggestion
           (id, is_shared, base_prompt, suggested_prompt, source, confidence, used_count, success_rate,
            image_count, favorite_count, reason, created_at, last_used_at, seen)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do update set
           is_shared = excluded.is_shared, base_prompt = excluded.base_prompt,
           suggested_prompt = excluded.suggested_prompt, source = excluded.source,
           confidence = excluded.confidence, used_count = excluded.used_count,
           success_rate = excluded.success_rate, image_count = excluded.image_count,
           favorite_count = excluded.favorite_count, reason = excluded.reason,
           created_at = excluded.created_at, last_used_at = excluded.last_used_at,
           seen = excluded.seen",
    )
    .bind(row.id.0)
    .bind(row.is_shared)
    .bind(&row.base_prompt)
    .bind(&row.suggested_prompt)
    .bind(row.source.as_str())
    .bind(row.confidence)
    .bind(row.used_count)
    .bind(row.success_rate)
    .bind(row.image_count)
    .bind(row.favorite_count)
    .bind(&row.reason)
    .bind(micros(row.created_at))
    .bind(row.last_used_at.map(micros))
    .bind(seen)
    .execute(tx.db())
    .await?;
    tx.note(Entity::Suggestion, &row.id);
    Ok(())
}

pub(crate) async fn remove(tx: &mut Tx, id: Uuid) -> Result<()> {
    sqlx::query("delete from prompt_suggestion where id = ?")
        .bind(id)
        .execute(tx.db())
        .await?;
    tx.note(Entity::Suggestion, &id);
    Ok(())
}

/// Removes the suggestions that the reconciliation `epoch` did not see.
pub(crate) async fn remove_unseen(tx: &mut Tx, epoch: i64) -> Result<()> {
    let sql = "delete from prompt_suggestion where seen < ? returning id";
    let gone: Vec<Uuid> = sqlx::query_scalar(sql)
        .bind(epoch)
        .fetch_all(tx.db())
        .await?;
    for id in gone {
        tx.note(Entity::Suggestion, &id);
    }
    Ok(())
}
