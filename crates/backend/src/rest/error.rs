//! Refusals of our own, in PostgREST's words.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::keys::JwtError;

/// An error without details and hint.
pub(super) fn answer(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "code": code, "message": message, "details": null, "hint": null });
    let mut response = (status, Json(body)).into_response();
    if let Ok(proxy) = HeaderValue::from_str(&format!("PostgREST; error={code}")) {
        let name = HeaderName::from_static("proxy-status");
        response.headers_mut().insert(name, proxy);
    }
    response
}

/// A token that is not accepted.
pub(super) fn bad_token(error: &JwtError) -> Response {
    let (code, message) = match error {
        JwtError::Parts(found) => ("PGRST301", format!("Expected 3 parts in JWT; got {found}")),
        JwtError::Malformed(_) => ("PGRST301", "No suitable key or wrong key type".to_owned()),
        JwtError::Signature => ("PGRST301", "JWT cryptographic operation failed".to_owned()),
        JwtError::Expired => ("PGRST303", "JWT expired".to_owned()),
        JwtError::NotYet => ("PGRST303", "JWT not yet valid".to_owned()),
        JwtError::Role => ("PGRST301", error.to_string()),
    };
    let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{message}\"");
    let mut response = answer(StatusCode::UNAUTHORIZED, code, &message);
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        let headers = response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
