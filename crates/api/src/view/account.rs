//! The profile, the balance and the ledger.

use amethyst_model::{LedgerEntry, LedgerKind};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The signed-in user's account as last told by the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AccountView {
    /// E-mail address.
    pub email: String,
    /// Display name.
    pub full_name: Option<String>,
    /// Credits that can be spent, as the server knows it.
    pub balance: i64,
    /// Credits that waiting requests will take once sent.
    pub unsent_cost: i64,
    /// Credits reserved by requests that have not ended.
    pub reserved: i64,
    /// `free`, `pro` or `enterprise`.
    pub subscription_tier: String,
    /// Images ever generated.
    pub total_generations: i64,
    /// Images in the library.
    pub images: i64,
    /// Favorites in the library.
    pub favorites: i64,
    /// Requests that have not ended.
    pub active_generations: i64,
}

/// Why credits moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKindView {
    /// Bought or granted by a plan.
    Purchase,
    /// Reserved for a request.
    Usage,
    /// Given back.
    Refund,
    /// Given.
    Bonus,
    /// Earned with an ad.
    AdsReward,
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LedgerEntryView {
    /// Its id.
    pub id: String,
    /// Credits, negative when spent.
    pub amount: i64,
    /// Why.
    pub kind: LedgerKindView,
    /// The server's words; English.
    pub description: Option<String>,
    /// Balance after this line; `null` while older lines are missing.
    pub balance_after: Option<i64>,
    /// The request it concerns.
    pub generation_id: Option<String>,
    /// Prompt of that request, if known.
    pub prompt: Option<String>,
    /// First image of that request, if any.
    pub image_id: Option<String>,
    /// When.
    pub created_at: i64,
}

/// Which part of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LedgerQuery {
    /// Continue after this line (its id); `null` starts with the newest.
    pub after: Option<String>,
    /// At most so many lines, up to 500.
    pub limit: u32,
}

/// A part of the ledger, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LedgerPage {
    /// The lines.
    pub entries: Vec<LedgerEntryView>,
    /// Whether older lines follow.
    pub has_more: bool,
}

impl From<LedgerKind> for LedgerKindView {
    fn from(kind: LedgerKind) -> Self {
        match kind {
            LedgerKind::Purchase => Self::Purchase,
            LedgerKind::Usage => Self::Usage,
            LedgerKind::Refund => Self::Refund,
            LedgerKind::Bonus => Self::Bonus,
            LedgerKind::AdsReward => Self::AdsReward,
        }
    }
}

impl From<LedgerEntry> for LedgerEntryView {
    fn from(entry: LedgerEntry) -> Self {
        let generation_id = match entry.kind {
            LedgerKind::Usage | LedgerKind::Refund => entry.reference_id.map(|id| id.to_string()),
            LedgerKind::Purchase | LedgerKind::Bonus | LedgerKind::AdsReward => None,
        };
        Self {
            id: entry.id.to_string(),
            amount: entry.amount,
            kind: entry.kind.into(),
            description: entry.description,
            balance_after: None,
            generation_id,
            prompt: None,
            image_id: None,
            created_at: entry.created_at.timestamp_millis(),
        }
    }
}
