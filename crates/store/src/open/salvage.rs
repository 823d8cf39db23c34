//! Reading the outbox out of a damaged file: by SQL as far as that goes, then from the raw pages.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::ConnectOptions;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnectOptions;

use super::carve::carve;
use crate::error::Result;
use crate::table::outbox::row::OutboxRow;
use crate::whole_file::off_thread;

/// Every intent that can still be read, in order. Never fails: what cannot be read cannot be saved.
pub(super) async fn saved_intents(damaged: &Path) -> Vec<OutboxRow> {
    let mut found = BTreeMap::new();
    if let Err(error) = by_sql(damaged, &mut found).await {
        tracing::warn!(%error, read = found.len(), "the outbox is not readable by SQL to its end");
        let path = damaged.to_owned();
        match off_thread(move || Ok(carve(&path)?)).await {
            Ok(rows) => {
                for row in rows {
                    found.entry(row.sequence).or_insert(row);
                }
            }
            Err(error) => tracing::warn!(%error, "the damaged file cannot be read at all"),
        }
    }
    found.into_values().collect()
}

/// Reads row by row, so that what comes before the damage is kept.
async fn by_sql(damaged: &Path, found: &mut BTreeMap<i64, OutboxRow>) -> Result<()> {
    // For reading only: not a byte of the evidence may change.
    let options = SqliteConnectOptions::new()
        .filename(damaged)
        .read_only(true);
    let mut db = options.connect().await?;
    let read = async {
        let mut after = i64::MIN;
        loop {
            let next: Option<OutboxRow> =
                sqlx::query_as("select * from outbox where sequence > ? order by sequence limit 1")
                    .bind(after)
                    .fetch_optional(&mut db)
                    .await?;
            let Some(row) = next else { return Ok(()) };
            after = row.sequence;
            found.insert(row.sequence, row);
        }
    }
    .await;
    if let Err(error) = db.close().await {
        tracing::debug!(%error, "the damaged file did not close cleanly");
    }
    read
}
