//! `GET` and `PUT /user`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::body::Body;
use super::caller::SignedIn;
use super::error::AuthError;
use super::password;
use super::user::User;
use crate::app::App;

#[derive(Deserialize)]
pub(super) struct Change {
    email: Option<String>,
    phone: Option<String>,
    password: Option<String>,
    data: Option<Map<String, Value>>,
    app_metadata: Option<Value>,
}

pub(super) async fn show(
    State(app): State<App>,
    caller: SignedIn,
) -> Result<Json<Value>, AuthError> {
    let mut connection = app.pool().acquire().await?;
    Ok(Json(caller.user.view(&mut connection).await?))
}

pub(super) async fn change(
    State(app): State<App>,
    caller: SignedIn,
    Body(change): Body<Change>,
) -> Result<Json<Value>, AuthError> {
    if change.app_metadata.is_some() {
        let message = "Updating app_metadata requires admin privileges";
        return Err(AuthError::new(403, "not_admin", message));
    }
    let moves = change
        .email
        .as_ref()
        .is_some_and(|email| Some(email) != caller.user.email.as_ref());
    if moves || change.phone.as_ref().is_some_and(|phone| !phone.is_empty()) {
        let message = "Changing the address is not served by the local backend yet";
        return Err(AuthError::new(501, "unexpected_failure", message));
    }
    let hash = match change.password {
        Some(new) => {
            password::check(&new)?;
            let stored = caller.user.encrypted_password.clone();
            if password::matches(new.clone(), stored).await? {
                let message = "New password should be different from the old password.";
                return Err(AuthError::new(422, "same_password", message));
            }
            Some(password::hash(new).await?)
        }
        None => None,
    };
    let mut tx = app.pool().begin().await?;
    if let Some(hash) = hash {
        sqlx::query("update auth.users set encrypted_password = $2 where id = $1")
            .bind(caller.user.id)
            .bind(hash)
            .execute(&mut *tx)
            .await?;
        // Whoever knew the old password is out.
        sqlx::query("delete from auth.sessions where user_id = $1 and id <> $2")
            .bind(caller.user.id)
            .bind(caller.session)
            .execute(&mut *tx)
            .await?;
    }
    if let Some(data) = change.data {
        sqlx::query(
            "update auth.users
                set raw_user_meta_data = coalesce(
                    (select jsonb_object_agg(key, value)
                       from jsonb_each(coalesce(raw_user_meta_data, '{}') || $2)
                      where value <> 'null'), '{}')
              where id = $1",
        )
        .bind(caller.user.id)
        .bind(Value::Object(data))
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query("update auth.users set updated_at = now() where id = $1")
        .bind(caller.user.id)
        .execute(&mut *tx)
        .await?;
    let user = User::by_id(&mut tx, caller.user.id)
        .await?
        .unwrap_or(caller.user);
    let view = user.view(&mut tx).await?;
    tx.commit().await?;
    Ok(Json(view))
}
