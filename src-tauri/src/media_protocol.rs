//! `media://localhost/<image>?v=<variant>&h=<hash>`: pictures by id, never by path.
//!
//! Asynchronous, because a synchronous protocol reads files on the window's thread.

use amethyst_engine::Core;
use amethyst_model::{ImageId, MediaVariant};
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::client::Client;

/// Answers one request of the window.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that Tauri calls"
)]
pub(crate) fn serve<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let response = match app.state::<Client>().core().await {
            Ok(core) => answer(&core, &request).await,
            Err(_) => empty(StatusCode::NOT_FOUND),
        };
        responder.respond(response);
    });
}

async fn answer(core: &Core, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let Some((id, variant)) = asked(request) else {
        return empty(StatusCode::NOT_FOUND);
    };
    match core.media(id, variant).await {
        Ok(Some(media)) => {
            let response = Response::builder()
                .header(header::CONTENT_TYPE, media.mime)
                // The URL carries the content's hash: it never means anything else.
                .header(
                    header::CACHE_CONTROL,
                    "private, max-age=31536000, immutable",
                )
                .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
                .header(header::ETAG, format!("\"{}\"", media.hash))
                .body(media.bytes);
            response.unwrap_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR))
        }
        Ok(None) => empty(StatusCode::NOT_FOUND),
        Err(error) => {
            tracing::info!(%error, "a picture cannot be shown");
            empty(StatusCode::NOT_FOUND)
        }
    }
}

fn asked(request: &Request<Vec<u8>>) -> Option<(ImageId, MediaVariant)> {
    let id = request.uri().path().trim_start_matches('/').parse().ok()?;
    let mut pairs = request
        .uri()
        .query()?
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    let variant = pairs
        .find(|(name, _)| *name == "v")
        .map(|(_, value)| value)?;
    Some((id, MediaVariant::parse(variant)?))
}

fn empty(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}
