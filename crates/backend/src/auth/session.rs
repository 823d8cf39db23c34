//! Sessions: rows, and the JSON with both tokens.

use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::error::AuthError;
use super::user::User;
use crate::app::App;
use crate::keys::random_text;

/// Opens a session for a user who just proved who he is by `method`, and answers its JSON.
pub(super) async fn open(
    app: &App,
    connection: &mut PgConnection,
    user: Uuid,
    method: &str,
) -> Result<Value, AuthError> {
    let session = Uuid::new_v4();
    sqlx::query(
        "insert into auth.sessions (id, user_id, created_at, updated_at, aal)
         values ($1, $2, now(), now(), 'aal1')",
    )
    .bind(session)
    .bind(user)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "insert into auth.mfa_amr_claims (session_id, created_at, updated_at, authentication_method)
         values ($1, now(), now(), $2)",
    )
    .bind(session)
    .bind(method)
    .execute(&mut *connection)
    .await?;
    sqlx::query("update auth.users set last_sign_in_at = now(), updated_at = now() where id = $1")
        .bind(user)
        .execute(&mut *connection)
        .await?;
    let refresh_token = new_refresh_token(connection, user, session, None).await?;
    answer(app, connection, user, session, &refresh_token).await
}

/// Makes a refresh token; `parent` is the one it replaces.
pub(super) async fn new_refresh_token(
    connection: &mut PgConnection,
    user: Uuid,
    session: Uuid,
    parent: Option<&str>,
) -> Result<String, AuthError> {
    let token = random_text(18);
    sqlx::query(
        "insert into auth.refresh_tokens (token, user_id, revoked, created_at, updated_at, parent, session_id)
         values ($1, $2, false, now(), now(), $3, $4)",
    )
    .bind(&token)
    .bind(user.to_string())
    .bind(parent)
    .bind(session)
    .execute(connection)
    .await?;
    Ok(token)
}

/// The JSON of a session with a fresh access token.
pub(super) async fn answer(
    app: &App,
    connection: &mut PgConnection,
    user: Uuid,
    session: Uuid,
    refresh_token: &str,
) -> Result<Value, AuthError> {
    let user = User::by_id(connection, user)
        .await?
        .ok_or_else(|| AuthError::new(403, "user_not_found", "User not found"))?;
    let amr: Vec<Value> = sqlx::query_scalar(
        "select jsonb_build_object('method', authentication_method,
                                   'timestamp', extract(epoch from created_at)::bigint)
         from auth.mfa_amr_claims where session_id = $1 order by created_at desc",
    )
    .bind(session)
    .fetch_all(&mut *connection)
    .await?;
    let now = app.clock().now().timestamp();
    let life = app.config().access_token_seconds;
    let claims = json!({
        "iss": format!("{}/auth/v1", app.url()),
        "sub": user.id,
        "aud": "authenticated",
        "exp": now + life,
        "iat": now,
        "email": user.email.clone().unwrap_or_default(),
        "phone": user.phone.clone().unwrap_or_default(),
        "app_metadata": user.app_metadata(),
        "user_metadata": user.user_metadata(),
        "role": "authenticated",
        "aal": "aal1",
        "amr": amr,
        "session_id": session,
        "is_anonymous": false,
    });
    Ok(json!({
        "access_token": app.keys().sign(&claims),
        "token_type": "bearer",
        "expires_in": life,
        "expires_at": now + life,
        "refresh_token": refresh_token,
        "user": user.view(connection).await?,
    }))
}
