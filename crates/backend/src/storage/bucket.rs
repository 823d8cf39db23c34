//! The routes about buckets. Policies on `storage.buckets` decide; normally only the service role gets
//! through.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::{Asking, Authorized, JsonBody, Named};
use super::error::StorageError;
use super::row::{self, Bucket};
use super::service::Storage;
use super::{name, remove};

const COLUMNS: &str =
    "jsonb_build_object('id', id, 'name', name, 'owner', coalesce(owner::text, ''),
    'public', coalesce(public, false), 'type', type, 'file_size_limit', file_size_limit,
    'allowed_mime_types', allowed_mime_types, 'created_at', created_at, 'updated_at', updated_at)";

/// The body of `POST /bucket`.
#[derive(Debug, Deserialize)]
pub(crate) struct NewBucket {
    name: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    public: Option<bool>,
    #[serde(default)]
    file_size_limit: Option<Size>,
    #[serde(default)]
    allowed_mime_types: Option<Vec<String>>,
}

/// The body of `PUT /bucket/{id}`.
#[derive(Debug, Deserialize)]
pub(crate) struct ChangedBucket {
    #[serde(default)]
    public: Option<bool>,
    #[serde(default)]
    file_size_limit: Option<Size>,
    #[serde(default)]
    allowed_mime_types: Option<Vec<String>>,
}

/// What `GET /bucket` may be narrowed by.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    #[serde(default)]
    limit: Option<i64>,
    #[serde(default)]
    offset: Option<i64>,
    #[serde(default)]
    search: Option<String>,
}

/// A size in bytes, as a number or as a text with a decimal unit.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Size {
    Bytes(i64),
    Text(String),
}

impl Size {
    fn bytes(&self) -> Result<i64, StorageError> {
        let parsed = match self {
            Self::Bytes(bytes) => Some(*bytes),
            Self::Text(text) => parse_size(text),
        };
        parsed.filter(|bytes| *bytes >= 0).ok_or_else(|| {
            let message = "Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B";
            StorageError::invalid_request(message)
        })
    }
}

fn parse_size(text: &str) -> Option<i64> {
    let text = text.trim().to_ascii_lowercase();
    let units = [("gb", 1e9), ("mb", 1e6), ("kb", 1e3), ("b", 1.0), ("", 1.0)];
    let (number, unit) = units
        .iter()
        .find_map(|(suffix, unit)| Some((text.strip_suffix(suffix)?, unit)))?;
    let plain = !number.is_empty()
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let bytes = number.parse::<f64>().ok().filter(|_| plain)? * unit;
    (bytes <= 1e15).then_some(bytes as i64)
}

/// `POST /bucket`.
pub(crate) async fn create(
    State(storage): State<Storage>,
    Authorized(caller): Authorized,
    JsonBody(new): JsonBody<NewBucket>,
) -> Result<Json<Value>, StorageError> {
    let id = new
        .id
        .as_deref()
        .filter(|id| !id.is_empty())
        .unwrap_or(&new.name);
    name::check_bucket(id)?;
    name::check_bucket(&new.name)?;
    let limit = new.file_size_limit.as_ref().map(Size::bytes).transpose()?;
    let mut tx = row::begin_as(storage.app(), &caller, "storage.bucket.create").await?;
    let created = sqlx::query(
        "insert into storage.buckets
           (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types)
         values ($1, $2, $3, $3::text, coalesce($4, false), $5, $6)",
    )
    .bind(id)
    .bind(&new.name)
    .bind(caller.user_id)
    .bind(new.public)
    .bind(limit)
    .bind(&new.allowed_mime_types)
    .execute(&mut *tx)
    .await;
    if let Err(error) = created {
        let taken = error
            .as_database_error()
            .is_some_and(|db| db.is_unique_violation());
        return Err(if taken {
            StorageError::bucket_exists()
        } else {
            error.into()
        });
    }
    tx.commit().await?;
    Ok(Json(json!({ "name": id })))
}

/// `GET /bucket`.
pub(crate) async fn list(
    State(storage): State<Storage>,
    Authorized(caller): Authorized,
    Asking(page): Asking<Page>,
) -> Result<Json<Value>, StorageError> {
    let mut tx = row::begin_as(storage.app(), &caller, "storage.bucket.list").await?;
    let listed: Vec<Value> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from storage.buckets where position(lower($1) in lower(name)) > 0
         order by id collate \"C\" limit $2 offset $3"
    )))
    .bind(page.search.unwrap_or_default())
    .bind(page.limit.unwrap_or(1000).clamp(0, 1000))
    .bind(page.offset.unwrap_or_default().max(0))
    .fetch_all(&mut *tx)
    .await?;
    tx.rollback().await?;
    Ok(Json(Value::Array(listed)))
}

/// `GET /bucket/{id}`.
pub(crate) async fn get(
    State(storage): State<Storage>,
    Named(id): Named<String>,
    Authorized(caller): Authorized,
) -> Result<Json<Value>, StorageError> {
    let mut tx = row::begin_as(storage.app(), &caller, "storage.bucket.get").await?;
    let sql = format!("select {COLUMNS} from storage.buckets where id = $1");
    let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    tx.rollback().await?;
    found.map(Json).ok_or_else(StorageError::no_such_bucket)
}

/// `PUT /bucket/{id}`: what is not told stays.
pub(crate) async fn update(
    State(storage): State<Storage>,
    Named(id): Named<String>,
    Authorized(caller): Authorized,
    JsonBody(changed): JsonBody<ChangedBucket>,
) -> Result<Json<Value>, StorageError> {
    let limit = changed
        .file_size_limit
        .as_ref()
        .map(Size::bytes)
        .transpose()?;
    let mut tx = row::begin_as(storage.app(), &caller, "storage.bucket.update").await?;
    let updated = sqlx::query(
        "update storage.buckets set public = coalesce($2, public),
           file_size_limit = coalesce($3, file_size_limit),
           allowed_mime_types = coalesce($4, allowed_mime_types), updated_at = now()
         where id = $1",
    )
    .bind(id)
    .bind(changed.public)
    .bind(limit)
    .bind(&changed.allowed_mime_types)
    .execute(&mut *tx)
    .await?;
    if updated.rows_affected() == 0 {
        return Err(StorageError::no_such_bucket());
    }
    tx.commit().await?;
    Ok(Json(json!({ "message": "Successfully updated" })))
}

/// `POST /bucket/{id}/empty`, for the service role.
pub(crate) async fn empty(
    State(storage): State<Storage>,
    Named(id): Named<String>,
    Authorized(caller): Authorized,
) -> Result<Json<Value>, StorageError> {
    if caller.role != "service_role" {
        return Err(StorageError::service_role_only());
    }
    Bucket::load(storage.app().pool(), &id).await?;
    let mut tx = row::begin_as(storage.app(), &caller, "storage.bucket.empty").await?;
    let keys: Vec<String> = sqlx::query_scalar(
        "select name from storage.objects where bucket_id = $1 and name is not null",
    )
    .bind(&id)
    .fetch_all(&mut *tx)
    .await?;
    remove::remove(&storage, tx, &id, &keys).await?;
    Ok(Json(
        json!({ "message": "Empty bucket has been queued. Completion may take up to an hour." }),
    ))
}

/// `DELETE /bucket/{id}`.
pub(crate) async fn delete(
    State(storage): State<Storage>,
    Named(id): Named<String>,
    Authorized(caller): Authorized,
) -> Result<Json<Value>, StorageError> {
    Bucket::load(storage.app().pool(), &id).await?;
    let mut tx = row::begin_as(storage.app(), &caller, "storage.bucket.delete").await?;
    row::allow_delete(&mut tx).await?;
    let deleted = sqlx::query("delete from storage.buckets where id = $1")
        .bind(id)
        .execute(&mut *tx)
        .await;
    match deleted {
        Ok(deleted) if deleted.rows_affected() == 0 => {
            return Err(StorageError::no_such_bucket());
        }
        Err(error)
            if error
                .as_database_error()
                .is_some_and(|db| db.is_foreign_key_violation()) =>
        {
            return Err(StorageError::bucket_not_empty());
        }
        outcome => outcome?,
    };
    tx.commit().await?;
    Ok(Json(json!({ "message": "Successfully deleted" })))
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes_have_decimal_units() {
        for (text, bytes) in [
            ("20MB", 20_000_000),
            ("1.5kb", 1_500),
            ("3B", 3),
            ("2gb", 2_000_000_000),
            ("7", 7),
        ] {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
        }
        for text in ["", "mb", "-1mb", "1e9", "inf", "9999999999gb", "1 mb"] {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }
}
