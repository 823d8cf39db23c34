//! Rows of `auth.users` and the JSON that clients see of them.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::error::AuthError;

/// A user.
#[derive(Clone, Debug, FromRow)]
pub(super) struct User {
    pub(super) id: Uuid,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) encrypted_password: Option<String>,
    pub(super) email_confirmed_at: Option<DateTime<Utc>>,
    pub(super) confirmation_sent_at: Option<DateTime<Utc>>,
    pub(super) recovery_sent_at: Option<DateTime<Utc>>,
    pub(super) last_sign_in_at: Option<DateTime<Utc>>,
    pub(super) raw_app_meta_data: Option<Value>,
    pub(super) raw_user_meta_data: Option<Value>,
    pub(super) banned_until: Option<DateTime<Utc>>,
    pub(super) created_at: Option<DateTime<Utc>>,
    pub(super) updated_at: Option<DateTime<Utc>>,
}

const COLUMNS: &str = "select id, email, phone, encrypted_password, email_confirmed_at, \
    confirmation_sent_at, recovery_sent_at, last_sign_in_at, raw_app_meta_data, \
    raw_user_meta_data, banned_until, created_at, updated_at from auth.users ";

impl User {
    pub(super) async fn by_id(
        connection: &mut PgConnection,
        id: Uuid,
    ) -> Result<Option<Self>, AuthError> {
        let query = format!("{COLUMNS} where id = $1 and deleted_at is null");
        let found = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(id);
        Ok(found.fetch_optional(connection).await?)
    }

    pub(super) async fn by_email(
        connection: &mut PgConnection,
        email: &str,
    ) -> Result<Option<Self>, AuthError> {
        let query =
            format!("{COLUMNS} where email = $1 and is_sso_user = false and deleted_at is null");
        let found = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(email);
        Ok(found.fetch_optional(connection).await?)
    }

    pub(super) fn is_banned(&self, now: DateTime<Utc>) -> bool {
        self.banned_until.is_some_and(|until| until > now)
    }

    pub(super) fn app_metadata(&self) -> Value {
        self.raw_app_meta_data.clone().unwrap_or_else(|| json!({}))
    }

    pub(super) fn user_metadata(&self) -> Value {
        self.raw_user_meta_data.clone().unwrap_or_else(|| json!({}))
    }

    /// The JSON of the user with its identities.
    pub(super) async fn view(&self, connection: &mut PgConnection) -> Result<Value, AuthError> {
        let identities: Vec<Value> = sqlx::query_scalar(
            "select jsonb_build_object(
                'identity_id', id, 'id', provider_id, 'user_id', user_id,
                'identity_data', identity_data, 'provider', provider,
                'last_sign_in_at', last_sign_in_at, 'created_at', created_at,
                'updated_at', updated_at, 'email', email)
             from auth.identities where user_id = $1 order by created_at",
        )
        .bind(self.id)
        .fetch_all(connection)
        .await?;
        Ok(self.json(&identities, "authenticated"))
    }

    /// The JSON; fields without a value are left out as GoTrue does.
    pub(super) fn json(&self, identities: &[Value], role: &str) -> Value {
        let mut view = Map::new();
        let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
        put("id", json!(self.id));
        put("aud", json!("authenticated"));
        put("role", json!(role));
        put("email", json!(self.email.clone().unwrap_or_default()));
        put("phone", json!(self.phone.clone().unwrap_or_default()));
        put("app_metadata", self.app_metadata());
        put("user_metadata", self.user_metadata());
        put("identities", json!(identities));
        put("is_anonymous", json!(false));
        let times = [
            ("email_confirmed_at", self.email_confirmed_at),
            ("confirmed_at", self.email_confirmed_at),
            ("confirmation_sent_at", self.confirmation_sent_at),
            ("recovery_sent_at", self.recovery_sent_at),
            ("last_sign_in_at", self.last_sign_in_at),
            ("banned_until", self.banned_until),
            ("created_at", self.created_at),
            ("updated_at", self.updated_at),
        ];
        for (name, time) in times {
            if let Some(time) = time {
                put(
                    name,
                    json!(time.to_rfc3339_opts(SecondsFormat::Micros, true)),
                );
            }
        }
        Value::Object(view)
    }
}
