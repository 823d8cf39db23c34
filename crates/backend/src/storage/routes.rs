//! Which path is answered by what.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, delete, get, post};

use super::error::StorageError;
use super::service::Storage;
use super::{bucket, list, read, remove, sign, upload};
use crate::app::App;

/// The routes of `/storage/v1`. Files that a crash left behind are cleared in the background from now
/// on; requests that touch bytes wait for that.
pub(crate) fn router(app: App) -> Router {
    let storage = Storage::new(app);
    let opening = storage.clone();
    tokio::spawn(async move {
        if let Err(error) = opening.blobs().await {
            tracing::error!(
                message = error.message(),
                "the folder of objects cannot be opened"
            );
        }
    });

    let objects = Router::new()
        .route(
            "/object/{bucket}/{*key}",
            get(read::either)
                .post(upload::upload)
                .put(upload::upload)
                .delete(remove::remove_one),
        )
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .merge(objects)
        .route("/bucket", get(bucket::list).post(bucket::create))
        .route(
            "/bucket/{id}",
            get(bucket::get).put(bucket::update).delete(bucket::delete),
        )
        .route("/bucket/{id}/empty", post(bucket::empty))
        .route(
            "/object/authenticated/{bucket}/{*key}",
            get(read::authenticated),
        )
        .route("/object/public/{bucket}/{*key}", get(read::public))
        .route("/object/sign/{bucket}", post(sign::sign_many))
        .route(
            "/object/sign/{bucket}/{*key}",
            get(read::signed).post(sign::sign_one),
        )
        .route("/object/info/{bucket}/{*key}", get(read::info))
        .route(
            "/object/info/authenticated/{bucket}/{*key}",
            get(read::info),
        )
        .route(
            "/object/info/public/{bucket}/{*key}",
            get(read::public_info),
        )
        .route("/object/list/{bucket}", post(list::list))
        .route("/object/{bucket}", delete(remove::remove_many))
        .route("/status", get(async || axum::http::StatusCode::OK))
        .route("/object/move", any(unserved))
        .route("/object/copy", any(unserved))
        .route("/object/upload/{*rest}", any(unserved))
        .route("/object/list-v2/{*rest}", any(unserved))
        .fallback(unserved)
        .with_state(storage)
}

/// What the hosted service has and the local one does not, or neither.
async fn unserved(request: Request) -> Response {
    let what = format!("{} {}", request.method(), request.uri().path());
    StorageError::not_implemented(&what).into_response()
}
