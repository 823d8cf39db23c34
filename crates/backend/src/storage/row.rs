//! The rows behind buckets and objects, and the statements about single ones.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

use super::blob::BlobId;
use super::error::StorageError;
use super::name;
use crate::app::App;
use crate::claims::Caller;

/// What of a bucket decides about uploads and reads.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Bucket {
    /// Whether its objects may be read without a token.
    pub(crate) public: bool,
    /// The largest object it takes, in bytes.
    pub(crate) file_size_limit: Option<i64>,
    /// The content types it takes.
    pub(crate) allowed_mime_types: Option<Vec<String>>,
}

impl Bucket {
    /// Loads a bucket whatever the caller may see: its limits count for everybody.
    ///
    /// # Errors
    /// `NoSuchBucket`, or when the database does not answer.
    pub(crate) async fn load(pool: &PgPool, id: &str) -> Result<Self, StorageError> {
        name::check_bucket(id)?;
        let found = sqlx::query_as(
            "select coalesce(public, false) as public, file_size_limit, allowed_mime_types
             from storage.buckets where id = $1",
        )
        .bind(id)
        .fetch_optional(pool)
        .await?;
        found.ok_or_else(StorageError::no_such_bucket)
    }
}

/// An object's row.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Object {
    /// Its id, which stays when it is replaced.
    pub(crate) id: Uuid,
    /// The version whose bytes count.
    pub(crate) version: Option<String>,
    /// Size, type and tags, as the service writes them.
    pub(crate) metadata: Option<Value>,
    /// What the uploader noted.
    pub(crate) user_metadata: Option<Value>,
    /// When it first came.
    pub(crate) created_at: Option<DateTime<Utc>>,
    /// When its present bytes came.
    pub(crate) updated_at: Option<DateTime<Utc>>,
}

impl Object {
    /// Finds an object through the policies of whoever the connection speaks as.
    ///
    /// # Errors
    /// `NoSuchKey` when it is absent or hidden, or when the database does not answer.
    pub(crate) async fn find(
        connection: &mut PgConnection,
        bucket: &str,
        key: &str,
    ) -> Result<Self, StorageError> {
        let found = sqlx::query_as(
            "select id, version, metadata, user_metadata, created_at, updated_at
             from storage.objects where bucket_id = $1 and name = $2",
        )
        .bind(bucket)
        .bind(key)
        .fetch_optional(connection)
        .await?;
        found.ok_or_else(StorageError::no_such_key)
    }

    /// Where its bytes are; nothing if the row was not written by this service.
    pub(crate) fn blob(&self) -> Option<BlobId> {
        let version = self.version.as_deref()?.parse().ok()?;
        Some(BlobId {
            object: self.id,
            version,
        })
    }

    /// A text of the metadata.
    pub(crate) fn meta(&self, name: &str) -> Option<&str> {
        self.metadata.as_ref()?.get(name)?.as_str()
    }

    /// Length in bytes.
    pub(crate) fn size(&self) -> u64 {
        let size = self
            .metadata
            .as_ref()
            .and_then(|metadata| metadata.get("size")?.as_u64());
        size.unwrap_or_default()
    }
}

/// Begins to speak as the caller, with the operation that policies may ask for.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn begin_as(
    app: &App,
    caller: &Caller,
    operation: &str,
) -> Result<Transaction<'static, Postgres>, StorageError> {
    let mut tx = app.begin_as(caller).await?;
    sqlx::query("select set_config('storage.operation', $1, true)")
        .bind(operation)
        .execute(&mut *tx)
        .await?;
    Ok(tx)
}

/// Lets a transaction delete rows, which plain SQL may not: it would leave the bytes behind.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn allow_delete(
    tx: &mut Transaction<'static, Postgres>,
) -> Result<(), sqlx::Error> {
    sqlx::query("select set_config('storage.allow_delete_query', 'true', true)")
        .execute(&mut **tx)
        .await
        .map(drop)
}
