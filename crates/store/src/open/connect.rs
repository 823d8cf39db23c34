//! Connections to one database file, and its form brought up to date.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlitePool};

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
    check(path).await?;
    let options = options(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        // Deleted rows are overwritten: salvage must not find intents that were sent long ago, and
        // nobody a prompt that was deleted.
        .pragma("secure_delete", "on")
        .pragma("journal_size_limit", "67108864");
    let writer = pool()
        .max_connections(1)
        // A full disk makes SQLite roll back by itself. sqlx counts on its own rollback and from then
        // on takes the connection to be inside a transaction; such a one is replaced.
        .before_acquire(|db, _| Box::pin(async move { Ok(!db.is_in_transaction()) }))
        .connect_with(options)
        .await?;
    if let Err(error) = prepare(&writer).await {
        writer.close().await;
        return Err(error);
    }
    Ok(Connections {
        writer,
        readers: readers(path),
    })
}

/// Looks through the whole file, through a connection that cannot write: a writing one would fold the log
/// of a damaged file into it, or throw it away, and with it what could have been saved.
async fn check(path: &Path) -> Result<()> {
    if !fs_err::tokio::metadata(path)
        .await
        .is_ok_and(|found| found.len() > 0)
    {
        return Ok(());
    }
    let mut db = options(path).read_only(true).connect().await?;
    let verdict = sqlx::query_scalar("pragma quick_check(1)")
        .fetch_one(&mut db)
        .await;
    db.close().await?;
    let verdict: String = verdict?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(Error::Damaged)
    }
}

async fn prepare(writer: &SqlitePool) -> Result<()> {
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
    // Rows cross from SQLite's thread in batches of this size at most; the default of 50 makes a gallery
    // of 100 000 pictures a third slower.
    let options = options(path)
        .row_buffer_size(1024)
        .pragma("query_only", "on");
    pool().max_connections(READERS).connect_lazy_with(options)
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
