//! Only the page that was given the token may call: other programs and pages of this machine may not.

use std::fmt;

use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// A secret of this run.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn random() -> Self {
        Self(uuid::Uuid::new_v4().simple().to_string())
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Deserialize)]
pub(crate) struct TokenQuery {
    token: Option<String>,
}

/// Lets a request pass that carries the token in `x-amethyst-token`, or in the query where a browser
/// cannot set headers (images, WebSocket).
pub(crate) async fn require_token(
    State(token): State<Token>,
    Query(query): Query<TokenQuery>,
    request: Request,
    next: Next,
) -> Response {
    let header = request
        .headers()
        .get("x-amethyst-token")
        .and_then(|value| value.to_str().ok());
    if header.or(query.token.as_deref()) == Some(token.0.as_str()) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}
