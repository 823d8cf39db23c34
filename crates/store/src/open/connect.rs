//! Connections to one database file, and its form brought up to date.

use std::path::Path;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::error::{Error, Result};
use crate::table::outbox::row;

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Reading connections: reads are short, and a browser of pictures asks for several things at once.
const READERS: u32 = 4;

/// A checked database in the present form, and its readers.
pub(super) struct Connections {
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
}

/// Opens the file, making it if need be, checks it and brings it up to date.
///
/// Answers [`Error::Damaged`] for a file that is not a sound database; every connection is closed then.
pub(super) async fn connect(path: &Path) -> Result<Connections> {
    let options = options(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        // Deleted rows are overwritten: salvage must not find intents that were sent long ago, and
        // nobody a prompt that was deleted.
        .pragma("secure_delete", "on")
        .pragma("journal_size_limit", "67108864");
    let writer = pool().max_connections(1).connect_with(options).await?;
    if let Err(error) = prepare(&writer).await {
        writer.close().await;
        return Err(error);
    }
    Ok(Connections {
        writer,
        readers: readers(path),
    })
}

async fn prepare(writer: &SqlitePool) -> Result<()> {
    let verdict: String = sqlx::query_scalar("pragma quick_check(1)")
        .fetch_one(writer)
        .await?;
    if verdict != "ok" {
        return Err(Error::Damaged);
    }
    MIGRATOR.run(writer).await?;
    let mut tx = writer.begin_with("begin immediate").await?;
    row::sort_out_unknown(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Readers of a library that another process owns.
pub(super) async fn connect_read_only(path: &Path) -> Result<SqlitePool> {
    let readers = readers(path);
    match form_of(&readers).await {
        Ok(found) if found == newest_form() => Ok(readers),
        Ok(found) => {
            readers.close().await;
            // Older: its owner has only just begun to open it.
            Err(if found > newest_form() {
                Error::Newer
            } else {
                Error::InUse
            })
        }
        Err(error) => {
            readers.close().await;
            Err(error)
        }
    }
}

async fn form_of(readers: &SqlitePool) -> Result<i64> {
    let sql = "select coalesce(max(version), 0) from _sqlx_migrations where success = 1";
    Ok(sqlx::query_scalar(sql).fetch_one(readers).await?)
}

fn newest_form() -> i64 {
    MIGRATOR
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

fn readers(path: &Path) -> SqlitePool {
    pool()
        .max_connections(READERS)
        .connect_lazy_with(options(path).pragma("query_only", "on"))
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
}

fn pool() -> SqlitePoolOptions {
    // Connections to a file do not go stale; keeping them keeps their caches.
    SqlitePoolOptions::new()
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}
