//! Signed URLs: a link that reads one object until a given moment, whoever holds it.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::{Authorized, JsonBody, Named};
use super::error::StorageError;
use super::name;
use super::row::{self, Object};
use super::service::Storage;
use crate::app::App;

/// What one request may ask for.
const MAX_PATHS: usize = 1000;

/// The body of `POST /object/sign/{bucket}/{key}`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignOne {
    expires_in: i64,
    #[serde(default)]
    transform: Option<Value>,
}

/// The body of `POST /object/sign/{bucket}`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignMany {
    expires_in: i64,
    paths: Vec<String>,
}

/// Signs one object that the caller may read.
pub(crate) async fn sign_one(
    State(storage): State<Storage>,
    Named((bucket, key)): Named<(String, String)>,
    Authorized(caller): Authorized,
    JsonBody(body): JsonBody<SignOne>,
) -> Result<Json<Value>, StorageError> {
    check_life(body.expires_in)?;
    if body.transform.is_some_and(|transform| !transform.is_null()) {
        return Err(StorageError::not_implemented("image transformation"));
    }
    name::check_key(&key)?;
    let mut tx = row::begin_as(storage.app(), &caller, "storage.object.sign").await?;
    let found = Object::find(&mut tx, &bucket, &key).await;
    tx.rollback().await?;
    found?;
    Ok(Json(
        json!({ "signedURL": url(storage.app(), &bucket, &key, body.expires_in) }),
    ))
}

/// Signs many objects; those the caller may not read are answered one by one with an error.
pub(crate) async fn sign_many(
    State(storage): State<Storage>,
    Named(bucket): Named<String>,
    Authorized(caller): Authorized,
    JsonBody(body): JsonBody<SignMany>,
) -> Result<Json<Value>, StorageError> {
    check_life(body.expires_in)?;
    if body.paths.is_empty() || body.paths.len() > MAX_PATHS {
        let message = format!("paths must hold 1 to {MAX_PATHS} entries");
        return Err(StorageError::invalid_request(message));
    }
    let mut tx = row::begin_as(storage.app(), &caller, "storage.object.sign_many").await?;
    let readable: Vec<String> = sqlx::query_scalar(
        "select name from storage.objects where bucket_id = $1 and name = any ($2)",
    )
    .bind(&bucket)
    .bind(&body.paths)
    .fetch_all(&mut *tx)
    .await?;
    tx.rollback().await?;
    let readable: std::collections::HashSet<String> = readable.into_iter().collect();
    let signed = body.paths.iter().map(|path| {
        if readable.contains(path) && name::check_key(path).is_ok() {
            let signed = url(storage.app(), &bucket, path, body.expires_in);
            json!({ "error": null, "path": path, "signedURL": signed })
        } else {
            let error = "Either the object does not exist or you do not have access to it";
            json!({ "error": error, "path": path, "signedURL": null })
        }
    });
    Ok(Json(signed.collect()))
}

/// Checks the token of a signed URL and tells when it ends, in seconds since 1970.
///
/// # Errors
/// `InvalidJWT` for a token that is absent, foreign or expired, `InvalidSignature` for one that was
/// made for another object or purpose.
pub(crate) fn check(
    app: &App,
    token: Option<&str>,
    bucket: &str,
    key: &str,
) -> Result<i64, StorageError> {
    let token = token.ok_or_else(|| {
        StorageError::invalid_request("querystring must have required property 'token'")
    })?;
    let claims = app
        .keys()
        .verify_internal(token)
        .map_err(|error| StorageError::invalid_jwt(error.to_string()))?;
    let expires = claims.get("exp").and_then(Value::as_i64);
    let expires = expires.ok_or_else(|| StorageError::invalid_jwt("the token has no end"))?;
    if expires <= app.clock().now().timestamp() {
        return Err(StorageError::invalid_jwt(
            "\"exp\" claim timestamp check failed",
        ));
    }
    let made_for = claims.get("url").and_then(Value::as_str);
    let scope = claims.get("scope").and_then(Value::as_str);
    if scope != Some("download") || made_for != Some(format!("{bucket}/{key}").as_str()) {
        return Err(StorageError::invalid_signature());
    }
    Ok(expires)
}

fn check_life(seconds: i64) -> Result<(), StorageError> {
    const CENTURY: i64 = 100 * 366 * 24 * 3600;
    if (1..=CENTURY).contains(&seconds) {
        Ok(())
    } else {
        Err(StorageError::invalid_request(
            "expiresIn must be at least 1 second",
        ))
    }
}

/// Relative to the service and unencoded: the official client encodes the whole of it.
fn url(app: &App, bucket: &str, key: &str, seconds: i64) -> String {
    let now = app.clock().now().timestamp();
    let token = app.keys().sign_internal(&json!({
        "url": format!("{bucket}/{key}"),
        "scope": "download",
        "iat": now,
        "exp": now + seconds,
    }));
    format!("/object/sign/{bucket}/{key}?token={token}")
}
