//! What stands before all parts on a hosted project: API keys, who asks, cross-origin permission.
//!
//! Leaves `Result<Caller, JwtError>` in the request's extensions; each part tells a bad token in its own
//! words.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::App;
use crate::claims::Caller;
use crate::keys::JwtError;

/// Paths that are reached without a key, because a browser follows a link there or an image shows it.
const OPEN: [&str; 5] = [
    "/auth/v1/verify",
    "/auth/v1/callback",
    "/auth/v1/authorize",
    "/auth/v1/.well-known/",
    "/storage/v1/",
];

/// Checks the key and finds the caller.
pub(crate) async fn admit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let open = OPEN.iter().any(|prefix| path.starts_with(prefix));
    let key = api_key(request.headers(), request.uri().query());
    let role = key
        .as_deref()
        .and_then(|key| app.keys().role_of_api_key(key));
    let bearer = bearer(request.headers());
    match (&key, role) {
        (None, _) if !open => return refuse("No API key found in request"),
        (Some(_), None) if !open => return refuse("Invalid authentication credentials"),
        _ => {}
    }
    let caller = match bearer {
        // Opaque keys are no tokens: the gateway puts the key's role in their place.
        Some(token) if !token.starts_with("sb_") => Some(app.keys().verify(token)),
        Some(token) => app
            .keys()
            .role_of_api_key(token)
            .or(role)
            .map(caller_of_role),
        None => role.map(caller_of_role),
    };
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    next.run(request).await
}

/// Refuses a page that reached loopback under a name of its own (DNS rebinding): what lies under `/_/` is
/// protected by nothing but the browser's rule of origins.
pub(crate) async fn loopback_by_name(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if matches!(name, "127.0.0.1" | "localhost" | "[::1]") {
        next.run(request).await
    } else {
        refuse("reach this backend as 127.0.0.1")
    }
}

fn caller_of_role(role: &str) -> Result<Caller, JwtError> {
    Caller::from_claims(json!({ "role": role, "iss": "amethyst-local" })).ok_or(JwtError::Role)
}

/// The key from the header `apikey`, else from the query, where WebSockets carry it.
fn api_key(headers: &HeaderMap, query: Option<&str>) -> Option<String> {
    for name in ["apikey", "x-api-key"] {
        if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
            return Some(value.to_owned());
        }
    }
    let pairs = query?.split('&').filter_map(|pair| pair.split_once('='));
    // Keys are made of characters that need no decoding.
    pairs
        .into_iter()
        .find(|(name, _)| *name == "apikey")
        .map(|(_, value)| value.to_owned())
}

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

fn refuse(message: &str) -> Response {
    (
        StatusCode::UNAUTHORIZED,
        Json(json!({ "message": message })),
    )
        .into_response()
}
