//! The way in: the WebSocket handshake and who may pass.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use axum::{Extension, http::Method};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::frame::Version;
use super::hub::Hub;
use super::session::Session;
use super::{expiry, feed, outlet, socket};
use crate::app::App;
use crate::claims::Caller;
use crate::keys::JwtError;

/// As many clients as a hosted free project takes.
const MAX_CONNECTIONS: usize = 200;
/// Larger messages end the connection.
const MAX_MESSAGE_BYTES: usize = 5_000_000;

#[derive(Clone)]
struct Realtime {
    app: App,
    hub: Arc<Hub>,
    places: Arc<Semaphore>,
}

#[derive(Debug, Deserialize)]
struct Asking {
    vsn: Option<String>,
}

/// The routes of `/realtime/v1`. The feed of changes runs from now on until the app stops.
pub(crate) fn router(app: App) -> Router {
    let hub = Arc::new(Hub::default());
    tokio::spawn(feed::run(app.clone(), Arc::clone(&hub)));
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    Router::new()
        .route("/websocket", get(connect))
        .fallback(any(unserved))
        .with_state(Realtime { app, hub, places })
}

async fn connect(
    State(realtime): State<Realtime>,
    Query(asking): Query<Asking>,
    caller: Option<Extension<Result<Caller, JwtError>>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let caller = match caller {
        Some(Extension(Ok(caller))) => caller,
        Some(Extension(Err(error))) => return refuse(StatusCode::UNAUTHORIZED, &error.to_string()),
        None => {
            return refuse(
                StatusCode::UNAUTHORIZED,
                "MissingAPIKey: API key is required",
            );
        }
    };
    let now = realtime.app.clock().now().timestamp();
    if expiry::has_expired(&caller, now) {
        return refuse(
            StatusCode::UNAUTHORIZED,
            "InvalidJWTToken: Token has expired",
        );
    }
    let Some(version) = Version::named(asking.vsn.as_deref()) else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "the protocol version vsn must be 1.0.0 or 2.0.0",
        );
    };
    let Ok(place) = Arc::clone(&realtime.places).try_acquire_owned() else {
        let error = "ConnectionRateLimitReached: Too many connected users";
        return refuse(StatusCode::TOO_MANY_REQUESTS, error);
    };
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .on_upgrade(async move |socket| {
            let cut = CancellationToken::new();
            let (outlet, drain) = outlet::open(version, cut.clone());
            let stopping = realtime.app.stopping().clone();
            let session = Session::new(realtime.app, realtime.hub, outlet, caller);
            socket::serve(socket, version, session, drain, cut, stopping).await;
            drop(place);
        })
}

/// The hosted service refuses a handshake so; browsers do not show it, others do.
fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

async fn unserved(method: Method, request: Request) -> Response {
    let what = request.uri().path();
    let error = format!("{method} {what} is not served by the local backend");
    refuse(StatusCode::NOT_IMPLEMENTED, &error)
}
