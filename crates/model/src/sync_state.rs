//! The state of synchronization as one value, from which the UI makes one sentence.

/// Whether the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connectivity {
    /// Nothing has been tried yet.
    Unknown,
    /// The last exchange succeeded.
    Online,
    /// The last exchange found nobody.
    Offline,
}

/// What synchronization is about: the one thing to say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncPhase {
    /// Nobody is signed in.
    SignedOut,
    /// The server no longer accepts the session: the library stays, unsent work is kept.
    NeedsSignIn,
    /// Something is parked: it will not go on by itself.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PullProgress {
    /// Rows that have arrived.
    pub received: u64,
    /// Rows that the server had when the pull began; more may have joined since.
    pub expected: u64,
}

/// Everything the sync indicator needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncState {
    /// Whether a session is at hand.
    pub signed_in: bool,
    /// Whether the server refused the session for good.
    pub needs_sign_in: bool,
    /// Whether the server answers.
    pub connectivity: Connectivity,
    /// Whether a pull is running or more pages wait.
    pub pulling: bool,
    /// How far a pull of many pages has come.
    pub progress: Option<PullProgress>,
    /// Intents waiting to be sent.
    pub to_send: u64,
    /// Files still to be downloaded.
    pub to_fetch: u64,
    /// Their size in bytes.
    pub to_fetch_bytes: u64,
    /// Whether downloads rest because the connection is metered.
    pub metered: bool,
    /// Parked intents: those that need the user.
    pub parked: u64,
}

impl SyncState {
    /// The state of a program in which nobody is signed in.
    #[must_use]
    pub fn signed_out(needs_sign_in: bool) -> Self {
        Self {
            signed_in: false,
            needs_sign_in,
            connectivity: Connectivity::Unknown,
            pulling: false,
            progress: None,
            to_send: 0,
            to_fetch: 0,
            to_fetch_bytes: 0,
            metered: false,
            parked: 0,
        }
    }

    /// The one phase that describes it: what needs the user first, what only takes time last.
    #[must_use]
    pub fn phase(&self) -> SyncPhase {
        if self.needs_sign_in {
            SyncPhase::NeedsSignIn
        } else if !self.signed_in {
            SyncPhase::SignedOut
        } else if self.parked > 0 {
            SyncPhase::NeedsYou
        } else if self.connectivity == Connectivity::Offline {
            SyncPhase::WaitingForNetwork
        } else if self.to_send > 0 {
            SyncPhase::Sending
        } else if self.connectivity == Connectivity::Unknown || self.pulling {
            SyncPhase::Fetching
        } else if self.to_fetch > 0 && self.metered {
            SyncPhase::Paused
        } else if self.to_fetch > 0 {
            SyncPhase::Fetching
        } else {
            SyncPhase::UpToDate
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: SyncState = SyncState {
        signed_in: true,
        needs_sign_in: false,
        connectivity: Connectivity::Online,
        pulling: false,
        progress: None,
        to_send: 0,
        to_fetch: 0,
        to_fetch_bytes: 0,
        metered: false,
        parked: 0,
    };

    #[test]
    fn one_thing_is_said_and_never_well_when_something_is_stuck() {
        let cases = [
            (IDLE, SyncPhase::UpToDate),
            (
                SyncState {
                    parked: 1,
                    connectivity: Connectivity::Offline,
                    ..IDLE
                },
                SyncPhase::NeedsYou,
            ),
            (
                SyncState {
                    connectivity: Connectivity::Offline,
                    to_send: 3,
                    ..IDLE
                },
                SyncPhase::WaitingForNetwork,
            ),
            (
                SyncState {
                    to_send: 1,
                    to_fetch: 9,
                    ..IDLE
                },
                SyncPhase::Sending,
            ),
            (
                SyncState {
                    connectivity: Connectivity::Unknown,
                    ..IDLE
                },
                SyncPhase::Fetching,
            ),
            (
                SyncState {
                    to_fetch: 2,
                    metered: true,
                    ..IDLE
                },
                SyncPhase::Paused,
            ),
            (
                SyncState {
                    to_fetch: 2,
                    ..IDLE
                },
                SyncPhase::Fetching,
            ),
            (SyncState::signed_out(false), SyncPhase::SignedOut),
            (
                SyncState {
                    needs_sign_in: true,
                    ..IDLE
                },
                SyncPhase::NeedsSignIn,
            ),
        ];
        for (state, phase) in cases {
            assert_eq!(state.phase(), phase, "{state:?}");
        }
    }
}
