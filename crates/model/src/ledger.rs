//! The credit ledger: the server's alone, read-only here.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::LedgerEntryId;

/// Why credits moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKind {
    /// Bought, or granted by a plan.
    Purchase,
    /// Reserved for a request.
    Usage,
    /// Given back.
    Refund,
    /// Given, or corrected by an administrator.
    Bonus,
    /// Earned by watching an ad.
    AdsReward,
}

impl LedgerKind {
    /// The kind of a `credit_transactions` row; `None` for one this version does not know.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "purchase" => Some(Self::Purchase),
            "usage" => Some(Self::Usage),
            "refund" => Some(Self::Refund),
            "bonus" => Some(Self::Bonus),
            "ads_reward" => Some(Self::AdsReward),
            _ => None,
        }
    }

    /// The inverse of [`LedgerKind::parse`].
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Usage => "usage",
            Self::Refund => "refund",
            Self::Bonus => "bonus",
            Self::AdsReward => "ads_reward",
        }
    }
}

/// Row of `credit_transactions`.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerEntry {
    /// The line.
    pub id: LedgerEntryId,
    /// Credits, negative when spent; never zero.
    pub amount: i64,
    /// Why.
    pub kind: LedgerKind,
    /// The server's words; English, for the details.
    pub description: Option<String>,
    /// What it concerns; a generation's id for usage and refund.
    pub reference_id: Option<Uuid>,
    /// When.
    pub created_at: DateTime<Utc>,
}
