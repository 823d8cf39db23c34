//! Refusals in both shapes that GoTrue speaks: the old one, and the one of API version 2024-01-01.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

const VERSION_HEADER: &str = "x-supabase-api-version";
const VERSION: &str = "2024-01-01";

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AuthError {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// Why a password is weak.
    pub(super) reasons: Option<Vec<&'static str>>,
}

impl AuthError {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            status,
            code,
            message: message.into(),
            reasons: None,
        }
    }

    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "validation_failed", message)
    }

    pub(super) fn weak_password(message: impl Into<String>, reason: &'static str) -> Self {
        Self {
            reasons: Some(vec![reason]),
            ..Self::new(422, "weak_password", message)
        }
    }
}

impl From<sqlx::Error> for AuthError {
    fn from(error: sqlx::Error) -> Self {
        // The text can hold what the user typed.
        tracing::error!(kind = ?error.as_database_error().and_then(|e| e.code()), "auth: database error");
        Self::new(500, "unexpected_failure", "Database error")
    }
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        // The shape depends on the request; `shape` below sees both.
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives a refusal the shape its client asked for.
pub(super) async fn shape(request: Request, next: Next) -> Response {
    let asked = request
        .headers()
        .get(VERSION_HEADER)
        .and_then(|value| value.to_str().ok());
    let modern = asked.is_some_and(|version| version >= VERSION);
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<AuthError>() else {
        return response;
    };
    let mut body = match modern {
        true => json!({ "code": error.code, "message": error.message }),
        false => json!({
            "code": error.status.as_u16(), "error_code": error.code, "msg": error.message,
        }),
    };
    if let Some(reasons) = &error.reasons {
        body["weak_password"] = json!({ "reasons": reasons });
    }
    finish(error.status, body, error.code, modern)
}

fn finish(status: StatusCode, body: Value, code: &'static str, modern: bool) -> Response {
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static("x-sb-error-code"),
        HeaderValue::from_static(code),
    );
    if modern {
        let name = HeaderName::from_static(VERSION_HEADER);
        headers.insert(name, HeaderValue::from_static(VERSION));
    }
    response
}
