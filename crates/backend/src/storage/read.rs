//! The routes that read one object: with a token, from a public bucket, by a signed URL; and the
//! object's description.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse as _, Response};
use chrono::DateTime;
use serde::Deserialize;
use serde_json::json;

use super::caller::{Asking, Authorized, Named};
use super::download::{self, Asked};
use super::error::StorageError;
use super::row::{self, Bucket, Object};
use super::service::Storage;
use super::{name, sign};
use crate::claims::Caller;

/// What may stand behind the `?`.
#[derive(Debug, Deserialize)]
pub(crate) struct Reading {
    download: Option<String>,
    token: Option<String>,
}

/// Under whose eyes an object is looked up.
enum Eyes<'a> {
    /// The caller's: policies decide.
    Caller(&'a Caller, &'static str),
    /// The server's: something else has decided already.
    Server,
}

/// `GET /object/authenticated/{bucket}/{key}`.
pub(crate) async fn authenticated(
    State(storage): State<Storage>,
    Named((bucket, key)): Named<(String, String)>,
    Asking(asking): Asking<Reading>,
    method: Method,
    headers: HeaderMap,
    Authorized(caller): Authorized,
) -> Response {
    let eyes = Eyes::Caller(&caller, "storage.object.get_authenticated");
    let asked = asked(&method, &headers, &key, &asking);
    respond(&method, send(&storage, &bucket, &asked, eyes).await)
}

/// `GET /object/{bucket}/{key}`: public buckets for everybody, others as with a token.
pub(crate) async fn either(
    State(storage): State<Storage>,
    Named((bucket, key)): Named<(String, String)>,
    Asking(asking): Asking<Reading>,
    method: Method,
    headers: HeaderMap,
    caller: Result<Authorized, StorageError>,
) -> Response {
    let asked = asked(&method, &headers, &key, &asking);
    let sent = async {
        if Bucket::load(storage.app().pool(), &bucket).await?.public {
            return send(&storage, &bucket, &asked, Eyes::Server).await;
        }
        let Authorized(caller) = caller?;
        let eyes = Eyes::Caller(&caller, "storage.object.get_authenticated");
        send(&storage, &bucket, &asked, eyes).await
    };
    respond(&method, sent.await)
}

/// `GET /object/public/{bucket}/{key}`.
pub(crate) async fn public(
    State(storage): State<Storage>,
    Named((bucket, key)): Named<(String, String)>,
    Asking(asking): Asking<Reading>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let asked = asked(&method, &headers, &key, &asking);
    let sent = async {
        must_be_public(&storage, &bucket).await?;
        send(&storage, &bucket, &asked, Eyes::Server).await
    };
    respond(&method, sent.await)
}

/// `GET /object/sign/{bucket}/{key}?token=`. Whether the signer may still read it is not asked: that
/// was decided when signing.
pub(crate) async fn signed(
    State(storage): State<Storage>,
    Named((bucket, key)): Named<(String, String)>,
    Asking(asking): Asking<Reading>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let mut asked = asked(&method, &headers, &key, &asking);
    let sent = async {
        let token = asking.token.as_deref();
        let expires = sign::check(storage.app(), token, &bucket, &key)?;
        asked.expires = DateTime::from_timestamp(expires, 0);
        send(&storage, &bucket, &asked, Eyes::Server).await
    };
    respond(&method, sent.await)
}

/// `GET /object/info[/authenticated]/{bucket}/{key}`.
pub(crate) async fn info(
    State(storage): State<Storage>,
    Named((bucket, key)): Named<(String, String)>,
    method: Method,
    Authorized(caller): Authorized,
) -> Response {
    let eyes = Eyes::Caller(&caller, "object.get_authenticated_info");
    respond(&method, describe(&storage, &bucket, &key, eyes).await)
}

/// `GET /object/info/public/{bucket}/{key}`.
pub(crate) async fn public_info(
    State(storage): State<Storage>,
    Named((bucket, key)): Named<(String, String)>,
    method: Method,
) -> Response {
    let described = async {
        must_be_public(&storage, &bucket).await?;
        describe(&storage, &bucket, &key, Eyes::Server).await
    };
    respond(&method, described.await)
}

fn asked<'a>(
    method: &'a Method,
    headers: &'a HeaderMap,
    key: &'a str,
    asking: &'a Reading,
) -> Asked<'a> {
    Asked {
        method,
        headers,
        key,
        download: asking.download.as_deref(),
        expires: None,
    }
}

async fn must_be_public(storage: &Storage, bucket: &str) -> Result<(), StorageError> {
    let bucket = Bucket::load(storage.app().pool(), bucket).await?;
    if bucket.public {
        Ok(())
    } else {
        Err(StorageError::no_such_bucket())
    }
}

async fn send(
    storage: &Storage,
    bucket: &str,
    asked: &Asked<'_>,
    eyes: Eyes<'_>,
) -> Result<Response, StorageError> {
    let object = find(storage, bucket, asked.key, &eyes).await?;
    match download::send(storage, &object, asked).await {
        // Replaced or removed between the row and its bytes: the second look finds what is now.
        Err(error) if error.code() == "NoSuchKey" => {
            let object = find(storage, bucket, asked.key, &eyes).await?;
            download::send(storage, &object, asked).await
        }
        sent => sent,
    }
}

async fn describe(
    storage: &Storage,
    bucket: &str,
    key: &str,
    eyes: Eyes<'_>,
) -> Result<Response, StorageError> {
    let object = find(storage, bucket, key, &eyes).await?;
    let described = json!({
        "id": object.id,
        "name": key,
        "version": object.version,
        "bucket_id": bucket,
        "size": object.size(),
        "content_type": object.meta("mimetype"),
        "cache_control": object.meta("cacheControl"),
        "etag": object.meta("eTag"),
        "metadata": object.user_metadata,
        "last_modified": object.updated_at,
        "created_at": object.created_at,
    });
    Ok(Json(described).into_response())
}

async fn find(
    storage: &Storage,
    bucket: &str,
    key: &str,
    eyes: &Eyes<'_>,
) -> Result<Object, StorageError> {
    name::check_key(key)?;
    match eyes {
        Eyes::Server => {
            let mut connection = storage.app().pool().acquire().await?;
            Object::find(&mut connection, bucket, key).await
        }
        Eyes::Caller(caller, operation) => {
            let mut tx = row::begin_as(storage.app(), caller, operation).await?;
            let found = Object::find(&mut tx, bucket, key).await;
            tx.rollback().await?;
            found
        }
    }
}

/// `HEAD` has no body to carry the true status, so its status line does.
fn respond(method: &Method, outcome: Result<Response, StorageError>) -> Response {
    outcome.unwrap_or_else(|error| {
        if method == Method::HEAD {
            error.with_true_status()
        } else {
            error
        }
        .into_response()
    })
}
