//! Where the change feed stands, which reconciliation is under way, and the clock of acts.

use amethyst_model::PullProgress;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::SqliteConnection;

use crate::convert::{instant, micros};
use crate::error::Result;
use crate::{Store, Tx};

pub(crate) async fn epoch(db: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("select epoch from sync_state")
        .fetch_one(db)
        .await?)
}

pub(crate) async fn is_reconciling(db: &mut SqliteConnection) -> Result<bool> {
    Ok(sqlx::query_scalar("select reconciling from sync_state")
        .fetch_one(db)
        .await?)
}

/// Begins the next reconciliation; answers its number.
pub(crate) async fn begin_epoch(db: &mut SqliteConnection) -> Result<i64> {
    let sql = "update sync_state
                  set epoch = epoch + 1, reconciling = 1, cursor = null, expected = null, received = 0
            returning epoch";
    Ok(sqlx::query_scalar(sql).fetch_one(db).await?)
}

pub(crate) async fn end_epoch(db: &mut SqliteConnection) -> Result<()> {
    sqlx::query("update sync_state set reconciling = 0")
        .execute(db)
        .await?;
    Ok(())
}

/// Instant of an act that the user does now: by the server's clock as far as it is known, and always later
/// than the act before, or of two acts on this device the earlier would stand after the clock was put back.
pub(crate) async fn act_time(
    db: &mut SqliteConnection,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>> {
    let sql = "update sync_state set last_act_at = max(?1 + clock_offset, last_act_at + 1)
            returning last_act_at";
    let at: i64 = sqlx::query_scalar(sql)
        .bind(micros(now))
        .fetch_one(db)
        .await?;
    instant(at)
}

/// No act is earlier than `at` from now on.
pub(crate) async fn acts_after(db: &mut SqliteConnection, at: i64) -> Result<()> {
    sqlx::query("update sync_state set last_act_at = max(last_act_at, ?)")
        .bind(at)
        .execute(db)
        .await?;
    Ok(())
}

impl Store {
    /// Where the next pull goes on; `None` before the first.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn cursor(&self) -> Result<Option<String>> {
        let mut db = self.reader().await?;
        Ok(sqlx::query_scalar("select cursor from sync_state")
            .fetch_one(&mut *db)
            .await?)
    }

    /// How far a pull of many pages has come; `None` while none is under way or nobody counted.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn pull_progress(&self) -> Result<Option<PullProgress>> {
        let mut db = self.reader().await?;
        let (expected, received): (Option<i64>, i64) =
            sqlx::query_as("select expected, received from sync_state")
                .fetch_one(&mut *db)
                .await?;
        Ok(expected.map(|expected| PullProgress {
            received: received.unsigned_abs(),
            expected: expected.unsigned_abs().max(received.unsigned_abs()),
        }))
    }

    /// The server's clock minus this machine's, as last seen.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn clock_offset(&self) -> Result<TimeDelta> {
        let mut db = self.reader().await?;
        let offset: i64 = sqlx::query_scalar("select clock_offset from sync_state")
            .fetch_one(&mut *db)
            .await?;
        Ok(TimeDelta::microseconds(offset))
    }
}

impl Tx {
    /// Moves the cursor; belongs into the transaction that applies its page. `rows` of the page count as
    /// progress.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn set_cursor(&mut self, cursor: &str, rows: usize) -> Result<()> {
        sqlx::query("update sync_state set cursor = ?, received = received + ?")
            .bind(cursor)
            .bind(i64::try_from(rows).unwrap_or(i64::MAX))
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Begins to count: so many rows are to come.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn begin_progress(&mut self, expected: u64) -> Result<()> {
        sqlx::query("update sync_state set expected = ?, received = 0")
            .bind(i64::try_from(expected).unwrap_or(i64::MAX))
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Nothing more is to come for now.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn end_progress(&mut self) -> Result<()> {
        sqlx::query("update sync_state set expected = null, received = 0")
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Remembers by how much this machine's clock is behind the server's.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn set_clock_offset(&mut self, offset: TimeDelta) -> Result<()> {
        sqlx::query("update sync_state set clock_offset = ?")
            .bind(offset.num_microseconds().unwrap_or(0))
            .execute(self.db())
            .await?;
        Ok(())
    }
}
