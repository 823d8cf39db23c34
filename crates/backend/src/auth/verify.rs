//! Codes and links from mails, redeemed for a session.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use super::body::Body;
use super::code::{self, Purpose};
use super::error::AuthError;
use super::{links, session};
use crate::app::App;

#[derive(Deserialize)]
pub(super) struct Redeemed {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    token: String,
    #[serde(default)]
    token_hash: String,
    #[serde(default)]
    email: String,
}

#[derive(Deserialize)]
pub(super) struct Followed {
    #[serde(default)]
    token: String,
    #[serde(rename = "type", default)]
    kind: String,
    redirect_to: Option<String>,
}

/// `POST /verify`: a code with its address, or a hash alone.
pub(super) async fn redeem(
    State(app): State<App>,
    Body(request): Body<Redeemed>,
) -> Result<Json<Value>, AuthError> {
    let purpose = purpose(&request.kind)?;
    let hash = match (request.token.is_empty(), request.token_hash.is_empty()) {
        (true, false) if request.email.is_empty() => request.token_hash,
        (false, true) if !request.email.is_empty() => {
            code::hash(&request.email.trim().to_lowercase(), request.token.trim())
        }
        _ => {
            let message = "Verify requires either a token or a token hash";
            return Err(AuthError::validation(message));
        }
    };
    Ok(Json(exchange(&app, &hash, purpose).await?))
}

/// `GET /verify`: a link of a mail; leads back with the session, or with what went wrong, in the
/// fragment, which no server on the way sees.
pub(super) async fn follow(State(app): State<App>, Query(link): Query<Followed>) -> Response {
    let target = links::target(link.redirect_to.as_deref(), app.url());
    let result = match purpose(&link.kind) {
        Ok(purpose) => exchange(&app, &link.token, purpose).await,
        Err(error) => Err(error),
    };
    let fragment = match result {
        Ok(session) => fragment_of(&session, &link.kind),
        Err(error) => format!(
            "error=access_denied&error_code={}&error_description={}&sb=",
            error.code,
            links::encode(&error.message)
        ),
    };
    (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, format!("{target}#{fragment}"))],
    )
        .into_response()
}

fn purpose(kind: &str) -> Result<Purpose, AuthError> {
    Purpose::parse(kind).ok_or_else(|| match kind {
        "email_change" | "sms" | "phone_change" => AuthError::new(
            501,
            "unexpected_failure",
            "This kind of code is not served by the local backend yet",
        ),
        _ => AuthError::validation("Verify requires a verification type"),
    })
}

async fn exchange(app: &App, hash: &str, purpose: Purpose) -> Result<Value, AuthError> {
    let mut tx = app.pool().begin().await?;
    let user = code::redeem(&mut tx, hash, purpose).await?;
    // Whoever read the mail owns the address, whatever the mail was for.
    sqlx::query(
        "update auth.users
            set email_confirmed_at = coalesce(email_confirmed_at, now()), updated_at = now(),
                raw_user_meta_data =
                    coalesce(raw_user_meta_data, '{}') || '{\"email_verified\": true}'
          where id = $1",
    )
    .bind(user)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "update auth.identities set identity_data = identity_data || '{\"email_verified\": true}'
          where user_id = $1 and provider = 'email'",
    )
    .bind(user)
    .execute(&mut *tx)
    .await?;
    let answer = session::open(app, &mut tx, user, "otp").await?;
    tx.commit().await?;
    Ok(answer)
}

fn fragment_of(session: &Value, kind: &str) -> String {
    let text = |name: &str| match &session[name] {
        Value::String(text) => links::encode(text),
        other => other.to_string(),
    };
    format!(
        "access_token={}&expires_at={}&expires_in={}&refresh_token={}&sb=&token_type=bearer&type={}",
        text("access_token"),
        text("expires_at"),
        text("expires_in"),
        text("refresh_token"),
        links::encode(kind),
    )
}
