//! Where the change feed stands and which reconciliation is under way.

use sqlx::SqliteConnection;

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
    let sql = "update sync_state set epoch = epoch + 1, reconciling = 1, cursor = null
                returning epoch";
    Ok(sqlx::query_scalar(sql).fetch_one(db).await?)
}

pub(crate) async fn end_epoch(db: &mut SqliteConnection) -> Result<()> {
    sqlx::query("update sync_state set reconciling = 0")
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
}

impl Tx {
    /// Moves the cursor; belongs into the transaction that applies its page.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn set_cursor(&mut self, cursor: &str) -> Result<()> {
        sqlx::query("update sync_state set cursor = ?")
            .bind(cursor)
            .execute(self.db())
            .await?;
        Ok(())
    }
}
