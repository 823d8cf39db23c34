//! `POST /token`: by password, or by refresh token.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::Value;

use super::body::Body;
use super::error::AuthError;
use super::user::User;
use super::{password, refresh, session};
use crate::app::App;

#[derive(Deserialize)]
pub(super) struct Grant {
    grant_type: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Proof {
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    refresh_token: String,
}

pub(super) async fn token(
    State(app): State<App>,
    Query(grant): Query<Grant>,
    Body(proof): Body<Proof>,
) -> Result<Json<Value>, AuthError> {
    match grant.grant_type.as_deref() {
        Some("password") => by_password(&app, proof).await.map(Json),
        Some("refresh_token") => refresh::refresh(&app, &proof.refresh_token).await.map(Json),
        Some("pkce" | "id_token" | "web3") => Err(AuthError::new(
            501,
            "unexpected_failure",
            "This grant is not served by the local backend",
        )),
        _ => Err(AuthError::new(
            400,
            "invalid_credentials",
            "unsupported_grant_type",
        )),
    }
}

async fn by_password(app: &App, proof: Proof) -> Result<Value, AuthError> {
    if !proof.phone.is_empty() {
        return Err(AuthError::new(
            422,
            "phone_provider_disabled",
            "Phone logins are disabled",
        ));
    }
    let wrong = || AuthError::new(400, "invalid_credentials", "Invalid login credentials");
    let mut connection = app.pool().acquire().await?;
    let email = proof.email.trim().to_lowercase();
    let user = User::by_email(&mut connection, &email).await?;
    let stored = user
        .as_ref()
        .and_then(|user| user.encrypted_password.clone());
    if !password::matches(proof.password, stored).await? {
        return Err(wrong());
    }
    let user = user.ok_or_else(wrong)?;
    if user.is_banned(app.clock().now()) {
        return Err(AuthError::new(400, "user_banned", "User is banned"));
    }
    if user.email_confirmed_at.is_none() {
        return Err(AuthError::new(
            400,
            "email_not_confirmed",
            "Email not confirmed",
        ));
    }
    drop(connection);
    let mut tx = app.pool().begin().await?;
    let answer = session::open(app, &mut tx, user.id, "password").await?;
    tx.commit().await?;
    Ok(answer)
}
