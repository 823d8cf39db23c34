//! The library's file as SQLite itself sees it.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

/// The one library below a data folder.
pub(super) fn find(data_dir: &Path) -> anyhow::Result<PathBuf> {
    let mut accounts = fs_err::read_dir(data_dir.join("accounts"))?;
    let account = accounts.next().context("no account's folder")??;
    Ok(account.path().join("library.db"))
}

/// Fails unless the file is sound and was never found damaged.
pub(super) async fn check(file: &Path) -> anyhow::Result<()> {
    let mut db = SqliteConnectOptions::new().filename(file).connect().await?;
    let verdict: Vec<String> = sqlx::query_scalar("pragma integrity_check")
        .fetch_all(&mut db)
        .await?;
    let strays: Vec<String> = sqlx::query_scalar("select \"table\" from pragma_foreign_key_check")
        .fetch_all(&mut db)
        .await?;
    db.close().await?;
    ensure!(verdict == ["ok"], "integrity check: {verdict:?}");
    ensure!(strays.is_empty(), "foreign keys: {strays:?}");
    let folder = file.parent().context("a file without a folder")?;
    for entry in fs_err::read_dir(folder)? {
        let name = entry?.file_name();
        let damaged = name.to_string_lossy().contains("damaged");
        ensure!(!damaged, "the library was found damaged");
    }
    Ok(())
}
