//! Rows of the outbox and how their payloads are read.

use std::collections::HashSet;

use amethyst_model::{
    INTENT_VERSION, Intent, IntentId, IntentState, Lane, ParkReason, QueuedIntent,
};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use crate::convert::{from_json, from_word, instant, json, micros, word};
use crate::error::Result;

#[derive(FromRow)]
pub(crate) struct OutboxRow {
    pub(crate) sequence: i64,
    pub(crate) id: Uuid,
    pub(crate) lane: String,
    pub(crate) kind: String,
    pub(crate) version: i64,
    pub(crate) payload: String,
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) attempts: i64,
    pub(crate) not_before: Option<i64>,
    pub(crate) created_at: i64,
}

impl OutboxRow {
    /// The intent, unless this program cannot read it: a kind or a version from a newer one.
    pub(crate) fn intent(&self) -> Option<Intent> {
        if self.version > INTENT_VERSION {
            return None;
        }
        from_json(&self.payload, "intent").ok()
    }

    pub(crate) fn into_queued(self) -> Result<QueuedIntent> {
        let intent = self.intent();
        let state = if intent.is_none() {
            IntentState::Parked {
                reason: ParkReason::Unknown,
                detail: None,
            }
        } else if self.state == "parked" {
            let reason = self.reason.map(|reason| from_word(reason, "reason"));
            let reason = reason.and_then(Result::ok).unwrap_or(ParkReason::Unknown);
            IntentState::Parked {
                reason,
                detail: self.detail,
            }
        } else {
            IntentState::Waiting {
                not_before: self.not_before.map(instant).transpose()?,
            }
        };
        Ok(QueuedIntent {
            id: IntentId(self.id),
            sequence: self.sequence,
            intent,
            lane: Lane(self.lane),
            state,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            created_at: instant(self.created_at)?,
        })
    }
}

/// Everything of one lane, in order.
pub(crate) async fn lane(db: &mut SqliteConnection, lane: &Lane) -> Result<Vec<QueuedIntent>> {
    let rows: Vec<OutboxRow> =
        sqlx::query_as("select * from outbox where lane = ? order by sequence")
            .bind(&lane.0)
            .fetch_all(db)
            .await?;
    rows.into_iter().map(OutboxRow::into_queued).collect()
}

/// All lanes in which something waits or is parked.
pub(crate) async fn lanes(db: &mut SqliteConnection) -> Result<HashSet<Lane>> {
    let names: Vec<String> = sqlx::query_scalar("select distinct lane from outbox")
        .fetch_all(db)
        .await?;
    Ok(names.into_iter().map(Lane).collect())
}

pub(crate) async fn find(db: &mut SqliteConnection, id: IntentId) -> Result<Option<QueuedIntent>> {
    let row: Option<OutboxRow> = sqlx::query_as("select * from outbox where id = ?")
        .bind(id.0)
        .fetch_optional(db)
        .await?;
    row.map(OutboxRow::into_queued).transpose()
}

/// Adds an intent at the end of its lane; one that is there already stays as it is.
pub(crate) async fn append(
    db: &mut SqliteConnection,
    id: IntentId,
    intent: &Intent,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into outbox (id, lane, kind, version, payload, created_at)
         values (?, ?, ?, ?, ?, ?) on conflict (id) do nothing",
    )
    .bind(id.0)
    .bind(intent.lane().0)
    .bind(intent.kind())
    .bind(INTENT_VERSION)
    .bind(json(intent)?)
    .bind(micros(now))
    .execute(db)
    .await?;
    Ok(())
}

/// Writes a row that was saved from a damaged library, with its place in the order.
pub(crate) async fn put_back(db: &mut SqliteConnection, row: &OutboxRow) -> Result<()> {
    sqlx::query(
        "insert into outbox
           (sequence, id, lane, kind, version, payload, state, reason, detail, attempts,
            not_before, created_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
    )
    .bind(row.sequence)
    .bind(row.id)
    .bind(&row.lane)
    .bind(&row.kind)
    .bind(row.version)
    .bind(&row.payload)
    .bind(&row.state)
    .bind(&row.reason)
    .bind(&row.detail)
    .bind(row.attempts)
    .bind(row.not_before)
    .bind(row.created_at)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn delete(db: &mut SqliteConnection, id: IntentId) -> Result<()> {
    sqlx::query("delete from outbox where id = ?")
        .bind(id.0)
        .execute(db)
        .await?;
    Ok(())
}

/// Puts a newer intent into an older one's place in the order. Under its own id: the server may know the older
/// one's, and would answer a repetition with what it did then.
pub(crate) async fn replace(
    db: &mut SqliteConnection,
    older: IntentId,
    id: IntentId,
    intent: &Intent,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update outbox set id = ?, kind = ?, version = ?, payload = ?, created_at = ?,
                state = 'waiting', reason = null, detail = null, attempts = 0, not_before = null
          where id = ?",
    )
    .bind(id.0)
    .bind(intent.kind())
    .bind(INTENT_VERSION)
    .bind(json(intent)?)
    .bind(micros(now))
    .bind(older.0)
    .execute(db)
    .await?;
    Ok(())
}

/// Changes what an intent asks for.
pub(crate) async fn rewrite(
    db: &mut SqliteConnection,
    id: IntentId,
    intent: &Intent,
) -> Result<()> {
    sqlx::query("update outbox set payload = ?, version = ? where id = ?")
        .bind(json(intent)?)
        .bind(INTENT_VERSION)
        .bind(id.0)
        .execute(db)
        .await?;
    Ok(())
}

pub(crate) async fn set_waiting(
    db: &mut SqliteConnection,
    id: IntentId,
    not_before: Option<DateTime<Utc>>,
    attempts: u32,
) -> Result<()> {
    sqlx::query(
        "update outbox set state = 'waiting', reason = null, detail = null, not_before = ?,
                attempts = ?
          where id = ?",
    )
    .bind(not_before.map(micros))
    .bind(attempts)
    .bind(id.0)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn set_parked(
    db: &mut SqliteConnection,
    id: IntentId,
    reason: ParkReason,
    detail: Option<&str>,
) -> Result<()> {
    sqlx::query(
        "update outbox set state = 'parked', reason = ?, detail = ?, not_before = null,
                attempts = attempts + 1
          where id = ?",
    )
    .bind(word(&reason)?)
    .bind(detail)
    .bind(id.0)
    .execute(db)
    .await?;
    Ok(())
}

/// Parks what this program cannot read and lets wait again what an older program could not. Run at each
/// opening, so that counting by the column `state` is right.
pub(crate) async fn sort_out_unknown(db: &mut SqliteConnection) -> Result<()> {
    let rows: Vec<OutboxRow> = sqlx::query_as("select * from outbox order by sequence")
        .fetch_all(&mut *db)
        .await?;
    let unknown = word(&ParkReason::Unknown)?;
    for row in rows {
        let id = IntentId(row.id);
        let parked_as_unknown = row.state == "parked" && row.reason.as_ref() == Some(&unknown);
        match row.intent() {
            None if row.state == "waiting" => {
                tracing::warn!(
                    kind = row.kind,
                    version = row.version,
                    "an intent is not readable"
                );
                set_parked(db, id, ParkReason::Unknown, None).await?;
            }
            Some(_) if parked_as_unknown => set_waiting(db, id, None, 0).await?,
            _ => {}
        }
    }
    Ok(())
}

pub(crate) fn is_creation(queued: &QueuedIntent) -> bool {
    matches!(queued.intent, Some(Intent::CreateGeneration { .. }))
}

pub(crate) fn is_cancel(queued: &QueuedIntent) -> bool {
    matches!(queued.intent, Some(Intent::CancelGeneration { .. }))
}
