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

/// What synchronization is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncPhase {
    /// Nobody is signed in.
    SignedOut,
    /// Everything sent and fetched.
    UpToDate,
    /// Sending or fetching.
    Working,
    /// The server does not answer; trying again by itself.
    WaitingForNetwork,
    /// The server no longer accepts the session: the library stays, unsent work is kept.
    NeedsSignIn,
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
    /// Intents waiting to be sent.
    pub to_send: u64,
    /// Files still to be downloaded.
    pub to_fetch: u64,
    /// Parked intents: those that need the user.
    pub parked: u64,
}

impl SyncState {
    /// The one phase that describes it.
    #[must_use]
    pub fn phase(&self) -> SyncPhase {
        if self.needs_sign_in {
            SyncPhase::NeedsSignIn
        } else if !self.signed_in {
            SyncPhase::SignedOut
        } else if self.connectivity == Connectivity::Offline {
            SyncPhase::WaitingForNetwork
        } else if self.connectivity == Connectivity::Unknown
            || self.pulling
            || self.to_send > 0
            || self.to_fetch > 0
        {
            SyncPhase::Working
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
        to_send: 0,
        to_fetch: 0,
        parked: 0,
    };

    #[test]
    fn one_phase_for_every_state() {
        assert_eq!(IDLE.phase(), SyncPhase::UpToDate);
        assert_eq!(SyncState { to_send: 2, ..IDLE }.phase(), SyncPhase::Working);
        let offline = SyncState {
            connectivity: Connectivity::Offline,
            to_send: 2,
            ..IDLE
        };
        assert_eq!(offline.phase(), SyncPhase::WaitingForNetwork);
        assert_eq!(
            SyncState {
                needs_sign_in: true,
                ..offline
            }
            .phase(),
            SyncPhase::NeedsSignIn
        );
        assert_eq!(
            SyncState {
                signed_in: false,
                ..IDLE
            }
            .phase(),
            SyncPhase::SignedOut
        );
    }
}
