//! Answers of Supabase Auth.

use serde::Deserialize;
use serde::de::IgnoredAny;
use uuid::Uuid;

/// A session.
#[derive(Deserialize)]
pub(crate) struct SessionWire {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    /// Seconds since the Unix epoch.
    pub(crate) expires_at: Option<i64>,
    /// Seconds from now.
    pub(crate) expires_in: Option<u64>,
    pub(crate) user: UserWire,
}

/// A user, of which little is used.
#[derive(Deserialize)]
pub(crate) struct UserWire {
    pub(crate) id: Uuid,
    pub(crate) email: Option<String>,
    /// Empty for the made-up user that stands for a taken address.
    pub(crate) identities: Option<Vec<IgnoredAny>>,
}
