//! Row of `credit_transactions`.

use amethyst_model::{LedgerEntry, LedgerEntryId, LedgerKind};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize)]
pub(super) struct LedgerEntryWire {
    id: LedgerEntryId,
    amount: i64,
    #[serde(rename = "type")]
    kind: String,
    description: Option<String>,
    reference_id: Option<Uuid>,
    created_at: DateTime<Utc>,
}

impl LedgerEntryWire {
    /// The line; `None` when it is of a kind this version does not know.
    pub(super) fn into_entry(self) -> Option<LedgerEntry> {
        Some(LedgerEntry {
            id: self.id,
            amount: self.amount,
            kind: LedgerKind::parse(&self.kind)?,
            description: self.description,
            reference_id: self.reference_id,
            created_at: self.created_at,
        })
    }
}
