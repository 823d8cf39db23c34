//! The state of synchronization, from which the UI makes one sentence.

use amethyst_model::{SyncPhase, SyncState};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ErrorCode;

/// What synchronization is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhaseView {
    /// Nobody is signed in.
    SignedOut,
    /// Everything sent and fetched.
    UpToDate,
    /// Sending or fetching.
    Working,
    /// The server does not answer; trying again by itself.
    WaitingForNetwork,
    /// The server wants a new sign-in.
    NeedsSignIn,
}

/// The sync indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncView {
    /// What it is about.
    pub phase: SyncPhaseView,
    /// Intents waiting to be sent.
    pub to_send: i64,
    /// Files to be downloaded.
    pub to_fetch: i64,
    /// Intents that need the user.
    pub parked: i64,
    /// Last complete exchange with the server.
    pub last_success_at: Option<i64>,
    /// What keeps it from moving on, if anything: `disk_full`, `server_trouble`, `wrong_server` or
    /// `library_damaged`.
    pub problem: Option<ErrorCode>,
}

impl SyncView {
    /// The view of a state.
    #[must_use]
    pub fn new(state: SyncState, last_success_at: Option<i64>, problem: Option<ErrorCode>) -> Self {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let phase = match state.phase() {
            SyncPhase::SignedOut => SyncPhaseView::SignedOut,
            SyncPhase::UpToDate => SyncPhaseView::UpToDate,
            SyncPhase::Working => SyncPhaseView::Working,
            SyncPhase::WaitingForNetwork => SyncPhaseView::WaitingForNetwork,
            SyncPhase::NeedsSignIn => SyncPhaseView::NeedsSignIn,
        };
        Self {
            phase,
            to_send: count(state.to_send),
            to_fetch: count(state.to_fetch),
            parked: count(state.parked),
            last_success_at,
            problem,
        }
    }
}
