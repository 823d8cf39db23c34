//! Refusals of our own, in PostgREST's words.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::keys::JwtError;

/// A token that is not accepted.
pub(super) fn bad_token(error: &JwtError) -> Response {
    let (code, message) = match error {
        JwtError::Malformed(_) => ("PGRST301", "No suitable key or wrong key type".to_owned()),
        JwtError::Signature => (
            "PGRST301",
            "No suitable key was found to decode the JWT".to_owned(),
        ),
        JwtError::Expired => ("PGRST303", "JWT expired".to_owned()),
        JwtError::NotYet => ("PGRST303", "JWT not yet valid".to_owned()),
        JwtError::Role => ("PGRST301", error.to_string()),
    };
    let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{message}\"");
    let body = json!({ "code": code, "message": message, "details": null, "hint": null });
    let mut response = (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    let headers = response.headers_mut();
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    if let Ok(status) = HeaderValue::from_str(&format!("PostgREST; error={code}")) {
        headers.insert(HeaderName::from_static("proxy-status"), status);
    }
    response
}
