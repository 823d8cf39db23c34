//! Rotation of refresh tokens, version 1 of GoTrue.
//!
//! The token before the present one is always answered with the present one again: a client whose
//! answer was lost is not signed out. An older one is a sign of theft and revokes the family, except
//! within a short interval in which several windows may race.

use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::error::AuthError;
use super::session;
use crate::app::App;

/// Seconds within which an older token is still answered.
const REUSE_INTERVAL: f64 = 10.0;
/// Shorter texts are no tokens.
const SHORTEST: usize = 12;

#[derive(FromRow)]
struct Row {
    token: String,
    revoked: bool,
    session_id: Uuid,
    user_id: Uuid,
    just_revoked: bool,
    ended: bool,
    banned: bool,
}

/// Makes the refreshes of one family come after each other. A statement of its own: a row that is joined to
/// the locked one would be read as it was before the wait.
const LOCK: &str = "
    select id from auth.sessions
    where id = (select session_id from auth.refresh_tokens where token = $1)
    for update";

const FIND: &str = "
    select t.token, t.revoked, t.session_id, s.user_id,
           t.updated_at > now() - make_interval(secs => $2) as just_revoked,
           coalesce(s.not_after < now(), false) as ended,
           coalesce(u.banned_until > now(), false) as banned
    from auth.refresh_tokens t
    join auth.sessions s on s.id = t.session_id
    join auth.users u on u.id = s.user_id
    where t.token = $1";

pub(super) async fn refresh(app: &App, token: &str) -> Result<Value, AuthError> {
    if token.len() < SHORTEST {
        return Err(AuthError::validation("Refresh token is not valid"));
    }
    let mut tx = app.pool().begin().await?;
    sqlx::query(LOCK).bind(token).execute(&mut *tx).await?;
    let find = sqlx::query_as(FIND).bind(token).bind(REUSE_INTERVAL);
    let row: Option<Row> = find.fetch_optional(&mut *tx).await?;
    let row = row.ok_or_else(|| {
        let message = "Invalid Refresh Token: Refresh Token Not Found";
        AuthError::new(400, "refresh_token_not_found", message)
    })?;
    if row.ended {
        let message = "Invalid Refresh Token: Session Expired";
        return Err(AuthError::new(400, "session_expired", message));
    }
    if row.banned {
        return Err(AuthError::new(
            400,
            "user_banned",
            "Invalid Refresh Token: User Banned",
        ));
    }
    let next = if row.revoked {
        let active: Option<(String, Option<String>)> = sqlx::query_as(
            "select token, parent from auth.refresh_tokens
              where session_id = $1 and not revoked order by id desc limit 1",
        )
        .bind(row.session_id)
        .fetch_optional(&mut *tx)
        .await?;
        match active {
            Some((active, parent)) if parent.as_deref() == Some(&row.token) => active,
            Some((active, _)) if row.just_revoked => swap(&mut tx, &row, &active).await?,
            _ => {
                sqlx::query(
                    "update auth.refresh_tokens set revoked = true, updated_at = now()
                      where session_id = $1 and not revoked",
                )
                .bind(row.session_id)
                .execute(&mut *tx)
                .await?;
                tx.commit().await?;
                let message = "Invalid Refresh Token: Already Used";
                return Err(AuthError::new(400, "refresh_token_already_used", message));
            }
        }
    } else {
        swap(&mut tx, &row, &row.token).await?
    };
    sqlx::query(
        "update auth.sessions set refreshed_at = now() at time zone 'utc', updated_at = now() where id = $1",
    )
    .bind(row.session_id)
    .execute(&mut *tx)
    .await?;
    let answer = session::answer(app, &mut tx, row.user_id, row.session_id, &next).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Replaces the active token by a new one.
async fn swap(
    connection: &mut sqlx::PgConnection,
    row: &Row,
    active: &str,
) -> Result<String, AuthError> {
    sqlx::query(
        "update auth.refresh_tokens set revoked = true, updated_at = now() where token = $1",
    )
    .bind(active)
    .execute(&mut *connection)
    .await?;
    session::new_refresh_token(connection, row.user_id, row.session_id, Some(active)).await
}
