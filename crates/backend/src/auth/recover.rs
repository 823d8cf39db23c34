//! Mails with codes: forgotten passwords and confirmations sent again. Neither tells whether an address
//! has an account.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{Body, address};
use super::code::{self, Purpose};
use super::error::AuthError;
use super::sign_up::Redirect;
use super::user::User;
use crate::app::App;

#[derive(Deserialize)]
pub(super) struct Address {
    #[serde(default)]
    email: String,
    #[serde(default, rename = "type")]
    kind: String,
}

pub(super) async fn recover(
    State(app): State<App>,
    Query(redirect): Query<Redirect>,
    Body(request): Body<Address>,
) -> Result<Json<Value>, AuthError> {
    let email = address(&request.email)?;
    let mut connection = app.pool().acquire().await?;
    if let Some(user) = User::by_email(&mut connection, &email).await? {
        drop(connection);
        let target = redirect.redirect_to.as_deref();
        code::send(&app, user.id, &email, Purpose::Recovery, target).await?;
    }
    Ok(Json(json!({})))
}

pub(super) async fn resend(
    State(app): State<App>,
    Query(redirect): Query<Redirect>,
    Body(request): Body<Address>,
) -> Result<Json<Value>, AuthError> {
    if request.kind != "signup" {
        return Err(match request.kind.as_str() {
            "email_change" | "sms" | "phone_change" => {
                let message = "This kind of mail is not served by the local backend yet";
                AuthError::new(501, "unexpected_failure", message)
            }
            _ => AuthError::validation(
                "Missing one of these types: signup, email_change, sms, phone_change",
            ),
        });
    }
    let email = address(&request.email)?;
    let mut connection = app.pool().acquire().await?;
    let user = User::by_email(&mut connection, &email).await?;
    if let Some(user) = user.filter(|user| user.email_confirmed_at.is_none()) {
        drop(connection);
        let target = redirect.redirect_to.as_deref();
        code::send(&app, user.id, &email, Purpose::Confirmation, target).await?;
    }
    Ok(Json(json!({})))
}
