//! `POST /logout`: this session, all, or all others.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::caller::SignedIn;
use super::error::AuthError;
use crate::app::App;

#[derive(Deserialize)]
pub(super) struct Scope {
    scope: Option<String>,
}

pub(super) async fn sign_out(
    State(app): State<App>,
    Query(scope): Query<Scope>,
    caller: SignedIn,
) -> Result<StatusCode, AuthError> {
    let statement = match scope.scope.as_deref() {
        None | Some("global") => {
            "delete from auth.sessions where user_id = $1 and ($2 is not null)"
        }
        Some("local") => "delete from auth.sessions where user_id = $1 and id = $2",
        Some("others") => "delete from auth.sessions where user_id = $1 and id <> $2",
        Some(other) => {
            return Err(AuthError::validation(format!(
                "Unsupported logout scope {other:?}"
            )));
        }
    };
    sqlx::query(statement)
        .bind(caller.user.id)
        .bind(caller.session)
        .execute(app.pool())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
