//! `POST` and `PUT /object/{bucket}/{key}`: from request to committed object.
//!
//! The caller's policies are asked before the body is read, by a trial insert that is rolled back. The
//! bytes then come in whole, and only then the row is written with full rights. Bytes and row change
//! together in the eyes of readers: the row names a version, and versions never change.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use sqlx::Row as _;
use uuid::Uuid;

use super::blob::{BlobId, Received};
use super::body::{self, Limits};
use super::caller::{Authorized, Named};
use super::described::Described;
use super::error::StorageError;
use super::name;
use super::row::{self, Bucket};
use super::service::Storage;
use crate::claims::Caller;

/// Where an object goes and under which rules.
struct Target {
    bucket: String,
    key: String,
    upsert: bool,
    owner: Option<Uuid>,
}

/// Stores an object. `PUT` and `x-upsert: true` replace one of the same name.
pub(crate) async fn upload(
    State(storage): State<Storage>,
    Named((bucket, key)): Named<(String, String)>,
    Authorized(caller): Authorized,
    request: Request,
) -> Result<Response, StorageError> {
    let put = request.method() == Method::PUT;
    let asked = request
        .headers()
        .get("x-upsert")
        .is_some_and(|value| value == "true");
    let target = Target {
        bucket,
        key,
        upsert: put || asked,
        owner: caller.user_id,
    };
    let operation = if put {
        "storage.object.upload_update"
    } else {
        "storage.object.upload"
    };
    let (parts, body) = request.into_parts();
    let admitted = admit(&storage, &caller, &target, operation).await;
    let limits = match admitted {
        Ok(limits) => limits,
        Err(refusal) => return Err(body::drained(body, refusal).await),
    };
    let request = Request::from_parts(parts, body);
    let (received, described) = body::receive(&storage, request, &limits).await?;
    // Spawned, so that a client that leaves now cannot stop it between file and row.
    let key = format!("{}/{}", target.bucket, target.key);
    let finishing =
        tokio::spawn(async move { finish(&storage, &target, received, described).await });
    let id = finishing
        .await
        .map_err(|error| StorageError::internal(&error, "finishing an upload"))??;
    Ok(Json(json!({ "Id": id, "Key": key })).into_response())
}

/// Asks whether the caller may write there, and what the bucket takes.
async fn admit(
    storage: &Storage,
    caller: &Caller,
    target: &Target,
    operation: &str,
) -> Result<Limits, StorageError> {
    name::check_key(&target.key)?;
    let bucket = Bucket::load(storage.app().pool(), &target.bucket).await?;
    let mut tx = row::begin_as(storage.app(), caller, operation).await?;
    let tried = write_row(&mut tx, target, Uuid::new_v4(), Uuid::new_v4(), None, None).await;
    tx.rollback().await?;
    tried?;
    Ok(Limits::of(&bucket))
}

/// Gives the bytes their place and commits the row that names them.
async fn finish(
    storage: &Storage,
    target: &Target,
    mut received: Received,
    described: Described,
) -> Result<Uuid, StorageError> {
    let blobs = storage.blobs().await?;
    let mut tx = storage.app().pool().begin().await?;
    // Two uploads of one new name must not both believe to be the first.
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 0))")
        .bind(&target.bucket)
        .bind(&target.key)
        .execute(&mut *tx)
        .await?;
    let former = sqlx::query(
        "select id, version from storage.objects where bucket_id = $1 and name = $2 for update",
    )
    .bind(&target.bucket)
    .bind(&target.key)
    .fetch_optional(&mut *tx)
    .await?;
    let former = match former {
        Some(_) if !target.upsert => return Err(StorageError::key_exists()),
        Some(row) => Some((
            row.try_get::<Uuid, _>(0)?,
            row.try_get::<Option<String>, _>(1)?,
        )),
        None => None,
    };
    let object = former.as_ref().map_or_else(Uuid::new_v4, |(id, _)| *id);
    let blob = BlobId {
        object,
        version: Uuid::new_v4(),
    };
    let metadata = described.metadata(&received, storage.app().clock().now());
    blobs
        .settle(&mut received, blob)
        .await
        .map_err(|error| StorageError::disk(&error, "storing an object"))?;
    let written = write_row(
        &mut tx,
        target,
        blob.object,
        blob.version,
        Some(metadata),
        described.user_metadata,
    )
    .await;
    if let Err(error) = written {
        blobs.remove(blob).await;
        return Err(error);
    }
    // If the commit's answer is lost nobody knows which version stands; the next start finds out.
    tx.commit().await?;
    let replaced = former.and_then(|(object, version)| {
        Some(BlobId {
            object,
            version: version?.parse().ok()?,
        })
    });
    if let Some(replaced) = replaced {
        blobs.remove(replaced).await;
    }
    Ok(object)
}

async fn write_row(
    tx: &mut sqlx::PgConnection,
    target: &Target,
    id: Uuid,
    version: Uuid,
    metadata: Option<Value>,
    user_metadata: Option<Value>,
) -> Result<(), StorageError> {
    const INSERT: &str = "insert into storage.objects
        (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)
        values ($1, $2, $3, $4, $4::text, $5, $6, $7)";
    const UPSERT: &str = "insert into storage.objects
        (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)
        values ($1, $2, $3, $4, $4::text, $5, $6, $7)
        on conflict (bucket_id, name) do update set
          owner = excluded.owner, owner_id = excluded.owner_id, version = excluded.version,
          metadata = excluded.metadata, user_metadata = excluded.user_metadata, updated_at = now()";
    let written = sqlx::query(if target.upsert { UPSERT } else { INSERT })
        .bind(id)
        .bind(&target.bucket)
        .bind(&target.key)
        .bind(target.owner)
        .bind(version.to_string())
        .bind(metadata)
        .bind(user_metadata)
        .execute(tx)
        .await;
    match written {
        Ok(_) => Ok(()),
        Err(error) => Err(
            match error
                .as_database_error()
                .and_then(|db| db.code())
                .as_deref()
            {
                Some("23505") => StorageError::key_exists(),
                Some("23503") => StorageError::no_such_bucket(),
                _ => error.into(),
            },
        ),
    }
}
