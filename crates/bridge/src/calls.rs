//! Commands over POST, notices over a WebSocket.

use amethyst_api::{ApiError, ErrorCode, dispatch};
use amethyst_engine::Core;
use axum::Json;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// One command; the answer is its JSON, or an [`ApiError`] with a status that a log reader understands.
pub(crate) async fn call(
    State(core): State<Core>,
    Path(name): Path<String>,
    Json(arguments): Json<Value>,
) -> Response {
    match dispatch(&core, &name, arguments).await {
        Ok(result) => Json(result).into_response(),
        Err(error) => (status(&error), Json(error)).into_response(),
    }
}

fn status(error: &ApiError) -> StatusCode {
    match error.code {
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::Offline => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Notices, one JSON text a message.
pub(crate) async fn subscribe(State(core): State<Core>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| forward(core, socket))
}

async fn forward(core: Core, mut socket: WebSocket) {
    let mut subscription = amethyst_api::subscribe(&core);
    loop {
        tokio::select! {
            notice = subscription.next() => {
                let Some(notice) = notice else { return };
                let Ok(text) = serde_json::to_string(&notice) else { return };
                if socket.send(Message::Text(text.into())).await.is_err() {
                    return;
                }
            }
            incoming = socket.recv() => {
                if !matches!(incoming, Some(Ok(_))) {
                    return;
                }
            }
        }
    }
}
