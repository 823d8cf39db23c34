//! The routes of `/auth/v1`, and what it says of itself.

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::from_fn;
use axum::routing::{any, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::error::{AuthError, shape};
use super::{account, recover, sign_in, sign_out, sign_up, verify};
use crate::app::App;

/// GoTrue's limit for bodies.
const LARGEST_BODY: usize = 1024 * 1024;

/// The routes of `/auth/v1`.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/settings", get(settings))
        .route("/.well-known/jwks.json", get(jwks))
        .route("/signup", post(sign_up::sign_up))
        .route("/token", post(sign_in::token))
        .route("/logout", post(sign_out::sign_out))
        .route("/user", get(account::show).put(account::change))
        .route("/recover", post(recover::recover))
        .route("/resend", post(recover::resend))
        .route("/verify", get(verify::follow).post(verify::redeem))
        .fallback(any(unserved))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(shape))
        .with_state(app)
}

async fn health() -> Json<Value> {
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "name": "GoTrue",
        "description": "Amethyst local backend: the part of Supabase Auth that the client needs",
    }))
}

async fn settings(State(app): State<App>) -> Json<Value> {
    Json(json!({
        "external": { "anonymous_users": false, "email": true, "phone": false },
        "disable_signup": false,
        "mailer_autoconfirm": app.config().autoconfirm,
        "phone_autoconfirm": false,
        "sms_provider": "",
        "saml_enabled": false,
        "saml_private_key_next_configured": false,
        "passkeys_enabled": false,
    }))
}

async fn jwks(State(app): State<App>) -> ([(HeaderName, HeaderValue); 1], Json<Value>) {
    let caching = HeaderValue::from_static("public, max-age=600");
    ([(header::CACHE_CONTROL, caching)], Json(app.keys().jwks()))
}

async fn unserved(method: Method, request: Request) -> AuthError {
    let path = request.uri().path();
    let message = format!("{method} {path} is not served by the local backend");
    AuthError::new(501, "unexpected_failure", message)
}
