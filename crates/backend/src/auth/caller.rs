//! Who is signed in, for the routes that need it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use uuid::Uuid;

use super::error::AuthError;
use super::user::User;
use crate::app::App;
use crate::claims::Caller;
use crate::gateway::bearer;
use crate::keys::JwtError;

/// A signed-in user whose session still exists.
pub(super) struct SignedIn {
    pub(super) user: User,
    pub(super) session: Uuid,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AuthError> {
        if bearer(&parts.headers).is_none() {
            let message = "This endpoint requires a valid Bearer token";
            return Err(AuthError::new(401, "no_authorization", message));
        }
        let caller = match parts.extensions.get::<Result<Caller, JwtError>>() {
            Some(Ok(caller)) => caller,
            Some(Err(error)) => {
                let message = format!("invalid JWT: unable to parse or verify signature, {error}");
                return Err(AuthError::new(403, "bad_jwt", message));
            }
            None => return Err(AuthError::new(401, "no_authorization", "no token")),
        };
        let session = caller
            .claims
            .get("session_id")
            .and_then(|id| id.as_str()?.parse().ok());
        let (Some(user), Some(session)) = (caller.user_id, session) else {
            return Err(AuthError::new(
                403,
                "bad_jwt",
                "invalid claim: missing sub claim",
            ));
        };
        let mut connection = app.pool().acquire().await?;
        let alive: bool = sqlx::query_scalar(
            "select exists (select from auth.sessions where id = $1 and user_id = $2)",
        )
        .bind(session)
        .bind(user)
        .fetch_one(&mut *connection)
        .await?;
        let found = User::by_id(&mut connection, user).await?;
        let Some(found) = found else {
            let message = "User from sub claim in JWT does not exist";
            return Err(AuthError::new(403, "user_not_found", message));
        };
        if !alive {
            let message = "Session from session_id claim in JWT does not exist";
            return Err(AuthError::new(403, "session_not_found", message));
        }
        if found.is_banned(app.clock().now()) {
            return Err(AuthError::new(403, "user_banned", "User is banned"));
        }
        Ok(Self {
            user: found,
            session,
        })
    }
}
