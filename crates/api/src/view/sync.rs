//! The state of synchronization, from which the UI makes one sentence.

use amethyst_engine::SyncInfo;
use amethyst_model::{Connectivity, SyncPhase};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ErrorCode;

/// What synchronization is about: the one thing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhaseView {
    /// Nobody is signed in.
    SignedOut,
    /// The server wants a new sign-in.
    NeedsSignIn,
    /// Something is parked.
    NeedsYou,
    /// The server does not answer; trying again by itself.
    WaitingForNetwork,
    /// Something waits to be sent.
    Sending,
    /// Rows or files are being fetched.
    Fetching,
    /// Files wait because the connection is metered.
    Paused,
    /// Everything sent and fetched.
    UpToDate,
}

/// How far a long pull has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncProgressView {
    /// Rows that have arrived.
    pub received: i64,
    /// Rows that are to come in all, at least.
    pub expected: i64,
}

/// The sync indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncView {
    /// What it is about.
    pub phase: SyncPhaseView,
    /// Whether the server does not answer, whatever else there is to say.
    pub offline: bool,
    /// Intents waiting to be sent.
    pub to_send: i64,
    /// Files to be downloaded.
    pub to_fetch: i64,
    /// Their size in bytes.
    pub to_fetch_bytes: i64,
    /// How far a long pull has come, while one runs.
    pub progress: Option<SyncProgressView>,
    /// Whether requests rest until one of the user's ends.
    pub held: bool,
    /// Fields that were changed on two devices and not seen yet.
    pub conflicts: i64,
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
    pub fn new(info: &SyncInfo, problem: Option<ErrorCode>) -> Self {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let state = &info.state;
        let phase = match state.phase() {
            SyncPhase::SignedOut => SyncPhaseView::SignedOut,
            SyncPhase::NeedsSignIn => SyncPhaseView::NeedsSignIn,
            SyncPhase::NeedsYou => SyncPhaseView::NeedsYou,
            SyncPhase::WaitingForNetwork => SyncPhaseView::WaitingForNetwork,
            SyncPhase::Sending => SyncPhaseView::Sending,
            SyncPhase::Fetching => SyncPhaseView::Fetching,
            SyncPhase::Paused => SyncPhaseView::Paused,
            SyncPhase::UpToDate => SyncPhaseView::UpToDate,
        };
        Self {
            phase,
            offline: state.signed_in && state.connectivity == Connectivity::Offline,
            to_send: count(state.to_send),
            to_fetch: count(state.to_fetch),
            to_fetch_bytes: count(state.to_fetch_bytes),
            progress: state.progress.map(|progress| SyncProgressView {
                received: count(progress.received),
                expected: count(progress.expected),
            }),
            held: info.held,
            conflicts: count(info.conflicts as u64),
            parked: count(state.parked),
            last_success_at: info.last_success_ms,
            problem,
        }
    }
}
