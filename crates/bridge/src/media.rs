//! Files of images by id and variant, as the desktop shell's `media:` protocol serves them.

use amethyst_engine::Core;
use amethyst_model::{ImageId, MediaVariant};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct MediaQuery {
    v: String,
}

/// The bytes, immutable under a URL that carries their hash; 404 while they are not on this machine.
pub(crate) async fn media(
    State(core): State<Core>,
    Path(id): Path<String>,
    Query(query): Query<MediaQuery>,
) -> Response {
    let (Ok(id), Some(variant)) = (id.parse::<ImageId>(), MediaVariant::parse(&query.v)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match core.media(id, variant).await {
        Ok(Some(media)) => (
            [
                (header::CONTENT_TYPE, media.mime.to_owned()),
                (
                    header::CACHE_CONTROL,
                    "private, max-age=31536000, immutable".to_owned(),
                ),
                (header::ETAG, format!("\"{}\"", media.hash)),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            ],
            media.bytes,
        )
            .into_response(),
        Ok(None) | Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
