//! What waits, what may go, and when to look again.

use amethyst_model::{IntentState, QueuedIntent, has_come};
use chrono::{DateTime, Utc};

use super::row::OutboxRow;
use crate::Store;
use crate::error::Result;

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
                not_before.is_none_or(|at| has_come(at, now)) && !self.is_in_flight(queued.id)
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
            .filter(|at| !has_come(*at, now))
            .min())
    }

    /// Credits that waiting requests will take: of each creation that the server does not have yet, what it
    /// costs by the catalog of the day it was asked for. What is parked is not counted; it takes nothing
    /// until retried.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn unsent_cost(&self) -> Result<i64> {
        let mut db = self.reader().await?;
        Ok(sqlx::query_scalar(
            "select coalesce(sum(credits_cost), 0) from generation
              where status = 'to_send' and base_status is null",
        )
        .fetch_one(&mut *db)
        .await?)
    }

    async fn queued(&self, sql: &'static str) -> Result<Vec<QueuedIntent>> {
        let mut db = self.reader().await?;
        let rows: Vec<OutboxRow> = sqlx::query_as(sql).fetch_all(&mut *db).await?;
        rows.into_iter().map(OutboxRow::into_queued).collect()
    }
}
