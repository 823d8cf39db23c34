//! The signed-in user's profile, as the server last told it.

use chrono::{DateTime, Utc};

use crate::{AccountSettings, UserId};

/// Row of `profiles`, the part the client shows or decides on.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The account.
    pub id: UserId,
    /// E-mail address; a placeholder ends in `@users.invalid`.
    pub email: String,
    /// Credits that can be spent now; reservations are already taken off.
    pub credits_balance: i64,
    /// `free`, `pro` or `enterprise`.
    pub subscription_tier: String,
    /// Images ever generated.
    pub total_generations: i64,
    /// The fields that the user may change, none of them absent.
    pub settings: AccountSettings,
    /// When the server last changed the row.
    pub updated_at: DateTime<Utc>,
}
