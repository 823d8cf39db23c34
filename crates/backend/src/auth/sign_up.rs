//! New accounts.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::body::{Body, address};
use super::code::{self, Purpose};
use super::error::AuthError;
use super::user::User;
use super::{password, session};
use crate::app::App;

#[derive(Deserialize)]
pub(super) struct SignUp {
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    password: String,
    data: Option<serde_json::Map<String, Value>>,
    #[serde(default)]
    code_challenge: String,
}

#[derive(Deserialize)]
pub(super) struct Redirect {
    pub(super) redirect_to: Option<String>,
}

/// `POST /signup`: a session at once, or a bare user who waits for his mail.
pub(super) async fn sign_up(
    State(app): State<App>,
    Query(redirect): Query<Redirect>,
    Body(request): Body<SignUp>,
) -> Result<Json<Value>, AuthError> {
    if !request.phone.is_empty() {
        return Err(AuthError::new(
            400,
            "phone_provider_disabled",
            "Phone signups are disabled",
        ));
    }
    if request.email.is_empty() {
        let message = "Anonymous sign-ins are disabled";
        return Err(AuthError::new(422, "anonymous_provider_disabled", message));
    }
    if !request.code_challenge.is_empty() {
        return Err(AuthError::new(
            501,
            "unexpected_failure",
            "PKCE is not served by the local backend",
        ));
    }
    let email = address(&request.email)?;
    if request.password.is_empty() {
        return Err(AuthError::validation("Signup requires a valid password"));
    }
    password::check(&request.password)?;
    let hash = password::hash(request.password).await?;
    let mut data = request.data.unwrap_or_default();
    let mut tx = app.pool().begin().await?;
    let existing = User::by_email(&mut tx, &email).await?;
    let confirmed = existing
        .as_ref()
        .is_some_and(|user| user.email_confirmed_at.is_some());
    if app.config().autoconfirm && existing.is_some() {
        return Err(AuthError::new(
            422,
            "user_already_exists",
            "User already registered",
        ));
    }
    if confirmed {
        // Where mail confirms, an answer must not tell that the address has an account.
        return Ok(Json(look_alike(&email, Value::Object(data))));
    }
    let user = match existing {
        // Never confirmed, and nobody knows who asked first: a password set now would be a stranger's
        // once the owner of the address follows the mail.
        Some(user) => user.id,
        None => {
            let id = Uuid::new_v4();
            for (name, value) in [
                ("sub", json!(id)),
                ("email", json!(email)),
                ("email_verified", json!(app.config().autoconfirm)),
                ("phone_verified", json!(false)),
            ] {
                data.insert(name.to_owned(), value);
            }
            insert(
                &mut tx,
                id,
                &email,
                &hash,
                &Value::Object(data),
                app.config().autoconfirm,
            )
            .await?;
            id
        }
    };
    if app.config().autoconfirm {
        let answer = session::open(&app, &mut tx, user, "password").await?;
        tx.commit().await?;
        return Ok(Json(answer));
    }
    tx.commit().await?;
    code::send(
        &app,
        user,
        &email,
        Purpose::Confirmation,
        redirect.redirect_to.as_deref(),
    )
    .await?;
    let mut connection = app.pool().acquire().await?;
    let user = User::by_id(&mut connection, user)
        .await?
        .ok_or_else(|| AuthError::new(500, "unexpected_failure", "The new user is gone"))?;
    Ok(Json(user.view(&mut connection).await?))
}

async fn insert(
    connection: &mut PgConnection,
    id: Uuid,
    email: &str,
    hash: &str,
    data: &Value,
    confirmed: bool,
) -> Result<(), AuthError> {
    let inserted = sqlx::query(
        "insert into auth.users (id, instance_id, aud, role, email, encrypted_password,
                                 email_confirmed_at, raw_app_meta_data, raw_user_meta_data,
                                 created_at, updated_at)
         values ($1, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated', $2, $3,
                 case when $5 then now() end,
                 '{\"provider\": \"email\", \"providers\": [\"email\"]}', $4, now(), now())",
    )
    .bind(id)
    .bind(email)
    .bind(hash)
    .bind(data)
    .bind(confirmed)
    .execute(&mut *connection)
    .await;
    if let Err(error) = inserted {
        let taken = error
            .as_database_error()
            .is_some_and(|e| e.is_unique_violation());
        return Err(match taken {
            true => AuthError::new(422, "user_already_exists", "User already registered"),
            false => error.into(),
        });
    }
    sqlx::query(
        "insert into auth.identities (provider_id, user_id, identity_data, provider,
                                      last_sign_in_at, created_at, updated_at)
         values ($1::text, $1, $2, 'email', now(), now(), now())",
    )
    .bind(id)
    .bind(
        json!({ "sub": id, "email": email, "email_verified": confirmed, "phone_verified": false }),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A user that does not exist: what a stranger sees for an address that is taken.
fn look_alike(email: &str, data: Value) -> Value {
    let now = Some(crate::clock::now());
    let user = User {
        id: Uuid::new_v4(),
        email: Some(email.to_owned()),
        phone: None,
        encrypted_password: None,
        email_confirmed_at: None,
        confirmation_sent_at: now,
        recovery_sent_at: None,
        last_sign_in_at: None,
        raw_app_meta_data: Some(json!({ "provider": "email", "providers": ["email"] })),
        raw_user_meta_data: Some(data),
        banned_until: None,
        created_at: now,
        updated_at: now,
    };
    user.json(&[], "")
}
