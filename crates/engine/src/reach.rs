//! Whether the server answers, and the signals by which the loops wake each other.

use amethyst_model::{Connectivity, RetryClass};
use tokio::sync::{Notify, watch};

use crate::Error;

/// Shared by the loops of one library.
#[derive(Debug)]
pub(crate) struct Reach {
    connectivity: watch::Sender<Connectivity>,
    /// Something may have changed on the server.
    pub(crate) pull: Notify,
    /// Something may be sent.
    pub(crate) send: Notify,
    /// Something may be downloaded.
    pub(crate) fetch: Notify,
}

impl Reach {
    pub(crate) fn new() -> Self {
        Self {
            connectivity: watch::Sender::new(Connectivity::Unknown),
            pull: Notify::new(),
            send: Notify::new(),
            fetch: Notify::new(),
        }
    }

    pub(crate) fn connectivity(&self) -> Connectivity {
        *self.connectivity.borrow()
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Connectivity> {
        self.connectivity.subscribe()
    }

    /// The server answered. Wakes the sender and the downloader if it had been silent.
    pub(crate) fn answered(&self) {
        let came_back = self.set(Connectivity::Online);
        if came_back {
            self.send.notify_one();
            self.fetch.notify_one();
        }
    }

    /// Takes in a failure: silence means offline, any answer means online.
    pub(crate) fn failed(&self, error: &Error) {
        match error {
            Error::Store(_) | Error::Secret(_) | Error::Internal(_) => {}
            Error::Remote(_) if error.retry() != RetryClass::Offline => self.answered(),
            // The puller is the one that keeps knocking.
            _ if error.retry() == RetryClass::Offline && self.set(Connectivity::Offline) => {
                self.pull.notify_one();
            }
            _ => {}
        }
    }

    /// Completes when the server is not known to be away.
    pub(crate) async fn wait_until_not_offline(&self) {
        let mut receiver = self.subscribe();
        // The sender lives as long as `self`; an error cannot occur while we borrow it.
        let _closed = receiver
            .wait_for(|state| *state != Connectivity::Offline)
            .await;
    }

    fn set(&self, state: Connectivity) -> bool {
        self.connectivity.send_if_modified(|present| {
            let changed = *present != state;
            *present = state;
            changed
        })
    }
}
