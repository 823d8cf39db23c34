//! What the core tells its faces without being asked: which entities changed, never their content.
//!
//! A face re-reads what it shows. On subscribing it first gets the present session, settings and sync
//! state, then every later change in order.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::view::{SessionView, SettingsView, SyncView};

/// A kind of thing that is kept in the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EntityView {
    /// Requests for images.
    Generation,
    /// Pictures, and which of their files are on this machine.
    Image,
    /// The credit ledger.
    Ledger,
    /// Profile and balance.
    Account,
    /// The catalog.
    Model,
    /// What waits to be sent, and fields that were changed on two devices.
    Outbox,
    /// Collections and what is in them.
    Collection,
    /// Documents of preferences; the ids are their kinds.
    Preference,
    /// Better wordings for prompts.
    Suggestion,
}

/// One message of the subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Notice {
    /// The session changed.
    Session {
        /// The session now.
        session: SessionView,
    },
    /// Settings changed.
    Settings {
        /// The settings now.
        settings: SettingsView,
    },
    /// Synchronization moved on.
    Sync {
        /// The state now.
        sync: SyncView,
    },
    /// Rows changed.
    Changed {
        /// Of this kind.
        entity: EntityView,
        /// These; `null` means any of them may have.
        ids: Option<Vec<String>>,
    },
    /// The library was damaged and has been rebuilt.
    LibraryRebuilt {
        /// Where the damaged file lies now.
        moved_to: String,
        /// Unsent intents saved from it.
        intents_saved: i64,
    },
}
