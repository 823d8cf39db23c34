//! What waits, what may go, and when to look again.

use amethyst_model::{Intent, IntentState, QueuedIntent};
use chrono::{DateTime, Utc};

use super::row::OutboxRow;
use crate::Store;
use crate::error::Result;
use crate::table::generation;

/// The first intent of every lane.
const HEADS: &str = "select * from outbox where sequence in
    (select min(sequence) from outbox group by lane) order by sequence";

impl Store {
    /// Everything that waits or is parked, oldest first.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn outbox(&self) -> Result<Vec<QueuedIntent>> {
        self.queued("select * from outbox order by sequence").await
    }

    /// What may be sent at `now`: of every lane the first intent, if it waits, its time has come and it
    /// is not in flight. Oldest first.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn sendable(&self, now: DateTime<Utc>) -> Result<Vec<QueuedIntent>> {
        let mut heads = self.queued(HEADS).await?;
        heads.retain(|queued| match &queued.state {
            IntentState::Waiting { not_before } => {
                not_before.is_none_or(|at| at <= now) && !self.is_in_flight(queued.id)
            }
            IntentState::Parked { .. } => false,
        });
        Ok(heads)
    }

    /// The first instant after `now` at which something more becomes sendable by itself; `None` when
    /// only an event can change that. What is sendable already has no part in it, so a sender that
    /// could not get rid of it rests until something happens.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn next_send_at(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let heads = self.queued(HEADS).await?;
        Ok(heads
            .iter()
            .filter_map(|queued| match &queued.state {
                IntentState::Waiting { not_before } => *not_before,
                IntentState::Parked { .. } => None,
            })
            .filter(|at| *at > now)
            .min())
    }

    /// Credits that waiting requests will take: of each creation that the server does not have yet, the
    /// price the user agreed to. What is parked is not counted; it takes nothing until retried.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn unsent_cost(&self) -> Result<i64> {
        let mut db = self.reader().await?;
        let rows: Vec<OutboxRow> = sqlx::query_as(
            "select * from outbox where kind = 'create_generation' and state = 'waiting'",
        )
        .fetch_all(&mut *db)
        .await?;
        let mut sum = 0;
        for row in rows {
            let Some(Intent::CreateGeneration {
                generation: id,
                max_cost,
                ..
            }) = row.intent()
            else {
                continue;
            };
            let known = generation::base(&mut db, id)
                .await?
                .is_some_and(|base| base.status.is_some());
            if !known {
                sum += max_cost;
            }
        }
        Ok(sum)
    }

    async fn queued(&self, sql: &'static str) -> Result<Vec<QueuedIntent>> {
        let mut db = self.reader().await?;
        let rows: Vec<OutboxRow> = sqlx::query_as(sql).fetch_all(&mut *db).await?;
        rows.into_iter().map(OutboxRow::into_queued).collect()
    }
}
