//! Clears, at the start, the files that no row names: what a crash between file and commit, or between
//! commit and removal, left behind.

use std::collections::HashSet;
use std::path::PathBuf;

use fs_err::tokio as fs;
use sqlx::PgPool;
use uuid::Uuid;

use super::blob::{BlobId, BlobStore};
use super::error::StorageError;

/// Removes every settled file whose object or version the database does not know. Must run before
/// uploads are taken: a file whose row is not committed yet looks the same.
///
/// # Errors
/// When the folder cannot be read or the database does not answer.
pub(crate) async fn sweep(pool: &PgPool, blobs: &BlobStore) -> Result<(), StorageError> {
    let disk = |error| StorageError::disk(&error, "sweeping the folder of objects");
    let mut removed = 0_usize;
    for shelf in blobs.shelves().await.map_err(disk)? {
        let mut found = Vec::new();
        let mut entries = fs::read_dir(shelf).await.map_err(disk)?;
        while let Some(entry) = entries.next_entry().await.map_err(disk)? {
            let blob = entry.file_name().to_str().and_then(BlobId::from_file_name);
            found.extend(blob.map(|blob| (blob, entry.path())));
        }
        let known = known(pool, &found).await?;
        for (_, orphan) in found.iter().filter(|(blob, _)| !known.contains(blob)) {
            fs::remove_file(orphan).await.map_err(disk)?;
            removed += 1;
        }
    }
    if removed > 0 {
        tracing::info!(removed, "files without an object were removed");
    }
    Ok(())
}

async fn known(pool: &PgPool, found: &[(BlobId, PathBuf)]) -> Result<HashSet<BlobId>, sqlx::Error> {
    let objects: Vec<Uuid> = found.iter().map(|(blob, _)| blob.object).collect();
    let rows: Vec<(Uuid, Option<String>)> =
        sqlx::query_as("select id, version from storage.objects where id = any ($1)")
            .bind(objects)
            .fetch_all(pool)
            .await?;
    let named = rows.into_iter().filter_map(|(object, version)| {
        Some(BlobId {
            object,
            version: version?.parse().ok()?,
        })
    });
    Ok(named.collect())
}
