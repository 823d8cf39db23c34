//! One-time codes of six digits, sent by mail and stored only as hashes.

use rand::RngExt;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::error::AuthError;
use crate::app::App;

/// Life of a code in seconds.
const LIFE_SECONDS: i64 = 3600;

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Confirmation,
    Recovery,
}

impl Purpose {
    /// The purpose behind a `type` of `/verify`.
    pub(super) fn parse(kind: &str) -> Option<Self> {
        match kind {
            "signup" | "email" | "invite" => Some(Self::Confirmation),
            "recovery" | "magiclink" => Some(Self::Recovery),
            _ => None,
        }
    }

    fn token_type(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation_token",
            Self::Recovery => "recovery_token",
        }
    }

    fn mail(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::Recovery => "recovery",
        }
    }

    fn link_type(self) -> &'static str {
        match self {
            Self::Confirmation => "signup",
            Self::Recovery => "recovery",
        }
    }
}

/// The hash under which a code is stored; also what a link carries.
pub(super) fn hash(email: &str, code: &str) -> String {
    hex::encode(Sha256::digest(format!("{email}{code}")))
}

/// Makes a code, replaces an older one of the same purpose, and mails it.
pub(super) async fn send(
    app: &App,
    user: Uuid,
    email: &str,
    purpose: Purpose,
    redirect_to: Option<&str>,
) -> Result<(), AuthError> {
    let code = format!("{:06}", rand::rng().random_range(0..1_000_000_u32));
    let hash = hash(email, &code);
    sqlx::query(
        "insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to, created_at, updated_at)
         values (gen_random_uuid(), $1, $2::auth.one_time_token_type, $3, $4,
                 now() at time zone 'utc', now() at time zone 'utc')
         on conflict (user_id, token_type) do update
           set token_hash = excluded.token_hash, relates_to = excluded.relates_to,
               created_at = excluded.created_at, updated_at = excluded.updated_at",
    )
    .bind(user)
    .bind(purpose.token_type())
    .bind(&hash)
    .bind(email)
    .execute(app.pool())
    .await?;
    let sent_column = match purpose {
        Purpose::Confirmation => "update auth.users set confirmation_sent_at = now() where id = $1",
        Purpose::Recovery => "update auth.users set recovery_sent_at = now() where id = $1",
    };
    sqlx::query(sent_column)
        .bind(user)
        .execute(app.pool())
        .await?;
    let mut link = format!(
        "{}/auth/v1/verify?token={hash}&type={}",
        app.url(),
        purpose.link_type()
    );
    if let Some(target) = redirect_to {
        link.push_str("&redirect_to=");
        link.push_str(&super::links::encode(target));
    }
    crate::inbox::deliver(app.pool(), email, purpose.mail(), &code, &link).await?;
    Ok(())
}

/// Uses up a code and answers whose it was; wrong and expired ones are told alike.
pub(super) async fn redeem(
    connection: &mut PgConnection,
    hash: &str,
    purpose: Purpose,
) -> Result<Uuid, AuthError> {
    let user: Option<Uuid> = sqlx::query_scalar(
        "delete from auth.one_time_tokens
          where token_hash = $1 and token_type = $2::auth.one_time_token_type
            and created_at > (now() at time zone 'utc') - make_interval(secs => $3)
         returning user_id",
    )
    .bind(hash)
    .bind(purpose.token_type())
    .bind(LIFE_SECONDS as f64)
    .fetch_optional(connection)
    .await?;
    user.ok_or_else(|| AuthError::new(403, "otp_expired", "Token has expired or is invalid"))
}
