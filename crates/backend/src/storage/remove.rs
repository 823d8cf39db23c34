//! Removing objects: the rows by the caller's policies, then the bytes.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::{Postgres, Row as _, Transaction};

use super::blob::BlobId;
use super::caller::{Authorized, JsonBody, Named};
use super::error::StorageError;
use super::name;
use super::row::{self, Object};
use super::service::Storage;

/// What one request may name.
const MAX_KEYS: usize = 1000;

/// The body of `DELETE /object/{bucket}`. The names are whole keys, whatever the field is called.
#[derive(Debug, Deserialize)]
pub(crate) struct RemoveMany {
    prefixes: Vec<String>,
}

/// Removes what the caller may remove and tells what that was. Names that are absent or forbidden are
/// passed over in silence.
pub(crate) async fn remove_many(
    State(storage): State<Storage>,
    Named(bucket): Named<String>,
    Authorized(caller): Authorized,
    JsonBody(body): JsonBody<RemoveMany>,
) -> Result<Json<Value>, StorageError> {
    if body.prefixes.is_empty() || body.prefixes.len() > MAX_KEYS {
        let message = format!("prefixes must hold 1 to {MAX_KEYS} entries");
        return Err(StorageError::invalid_request(message));
    }
    let tx = row::begin_as(storage.app(), &caller, "storage.object.delete_many").await?;
    let removed = remove(&storage, tx, &bucket, &body.prefixes).await?;
    Ok(Json(Value::Array(removed)))
}

/// Removes one object.
pub(crate) async fn remove_one(
    State(storage): State<Storage>,
    Named((bucket, key)): Named<(String, String)>,
    Authorized(caller): Authorized,
) -> Result<Json<Value>, StorageError> {
    name::check_key(&key)?;
    let mut tx = row::begin_as(storage.app(), &caller, "storage.object.delete").await?;
    Object::find(&mut tx, &bucket, &key).await?;
    if remove(&storage, tx, &bucket, &[key]).await?.is_empty() {
        return Err(StorageError::access_denied("Access denied"));
    }
    Ok(Json(json!({ "message": "Successfully deleted" })))
}

/// Deletes rows as whoever the transaction speaks as, commits, and then deletes their bytes. Spawned, so
/// that a client that leaves cannot stop it in between.
pub(crate) async fn remove(
    storage: &Storage,
    mut tx: Transaction<'static, Postgres>,
    bucket: &str,
    keys: &[String],
) -> Result<Vec<Value>, StorageError> {
    let (storage, bucket, keys) = (storage.clone(), bucket.to_owned(), keys.to_vec());
    let removing = tokio::spawn(async move {
        row::allow_delete(&mut tx).await?;
        let rows = sqlx::query(
            "delete from storage.objects o where o.bucket_id = $1 and o.name = any ($2)
             returning o.id, o.version, to_jsonb(o) - 'path_tokens'",
        )
        .bind(bucket)
        .bind(keys)
        .fetch_all(&mut *tx)
        .await?;
        let mut blobs = Vec::new();
        let mut removed = Vec::with_capacity(rows.len());
        for row in rows {
            let version: Option<String> = row.try_get(1)?;
            if let Some(version) = version.and_then(|version| version.parse().ok()) {
                blobs.push(BlobId {
                    object: row.try_get(0)?,
                    version,
                });
            }
            removed.push(row.try_get(2)?);
        }
        tx.commit().await?;
        let store = storage.blobs().await?;
        for blob in blobs {
            store.remove(blob).await;
        }
        Ok::<_, StorageError>(removed)
    });
    removing
        .await
        .map_err(|error| StorageError::internal(&error, "removing objects"))?
}
