//! Who asks: the role and claims under which PostgreSQL sees a request.

use serde_json::Value;
use sqlx::{PgPool, Postgres, Transaction};
use uuid::Uuid;

/// The roles a token may take.
const ROLES: [&str; 3] = ["anon", "authenticated", "service_role"];

/// A verified caller.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Caller {
    /// `anon`, `authenticated` or `service_role`.
    pub(crate) role: String,
    /// All claims, with `role` among them.
    pub(crate) claims: Value,
    /// The user, for a signed-in one.
    pub(crate) user_id: Option<Uuid>,
}

impl Caller {
    /// The caller that verified claims describe; `None` when they name no role of requests.
    #[must_use]
    pub(crate) fn from_claims(claims: Value) -> Option<Self> {
        let role = claims.get("role")?.as_str()?;
        let role = ROLES.iter().find(|known| **known == role)?;
        let user_id = claims
            .get("sub")
            .and_then(Value::as_str)
            .and_then(|sub| sub.parse().ok());
        Some(Self {
            role: (*role).to_owned(),
            user_id,
            claims,
        })
    }

    /// Opens a transaction in which the database sees this caller: role and the settings that
    /// `auth.uid()` and policies read. Both end with the transaction.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn begin(
        &self,
        pool: &PgPool,
    ) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let mut tx = pool.begin().await?;
        let sub = self.user_id.map(|id| id.to_string()).unwrap_or_default();
        sqlx::query(
            "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true),
                    set_config('request.jwt.claim.sub', $3, true),
                    set_config('request.jwt.claim.role', $1, true)",
        )
        .bind(&self.role)
        .bind(self.claims.to_string())
        .bind(sub)
        .execute(&mut *tx)
        .await?;
        Ok(tx)
    }
}
