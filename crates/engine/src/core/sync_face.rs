//! Synchronization: how it stands, what waits, what the user decides about it.

use std::sync::atomic::Ordering;

use amethyst_model::{IntentId, QueuedIntent, StoragePolicy, StorageUse, SyncState};
use amethyst_store::Conflict;

use super::Core;
use crate::errand::{self, Errand};
use crate::library::Problem;
use crate::session::SessionStatus;
use crate::{Error, Event, preferences, room};

/// The state of synchronization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncInfo {
    /// The numbers from which the phase follows.
    pub state: SyncState,
    /// Last complete pull, in milliseconds since the epoch.
    pub last_success_ms: Option<i64>,
    /// What keeps it from moving on.
    pub problem: Option<Problem>,
    /// Whether requests rest until one of this user's ends.
    pub held: bool,
    /// Fields that were changed on two devices and not seen yet.
    pub conflicts: usize,
}

impl Core {
    /// The state of synchronization.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn sync(&self) -> Result<SyncInfo, Error> {
        let session = self.session().await;
        let needs_sign_in = session.status == SessionStatus::NeedsSignIn;
        let Ok(library) = self.library().await else {
            return Ok(SyncInfo {
                state: SyncState::signed_out(needs_sign_in),
                last_success_ms: None,
                problem: None,
                held: false,
                conflicts: 0,
            });
        };
        let counts = library.store.counts().await?;
        Ok(SyncInfo {
            state: SyncState {
                signed_in: true,
                needs_sign_in,
                connectivity: library.reach.connectivity(),
                pulling: library.is_pulling(),
                progress: library.store.pull_progress().await?,
                to_send: counts.to_send,
                to_fetch: counts.to_fetch,
                to_fetch_bytes: counts.to_fetch_bytes,
                metered: room::is_paused(&library).await?,
                parked: counts.parked,
            },
            last_success_ms: library.last_success_ms(),
            problem: library.problem(),
            held: library.is_held().await?,
            conflicts: library.store.conflicts().await?.len(),
        })
    }

    /// Tries everything that rests, now.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`].
    pub async fn sync_now(&self) -> Result<(), Error> {
        let library = self.library().await?;
        library.reach.pull.notify_one();
        library.reach.send.notify_one();
        library.reach.fetch.notify_one();
        Ok(())
    }

    /// Whether this process owns the open library; another one that does makes it read only.
    pub async fn is_writable(&self) -> bool {
        match self.library().await {
            Ok(library) => !library.read_only,
            // Nothing is open: nothing stands in the way.
            Err(_) => true,
        }
    }

    /// Does one piece of background work and answers whether more of its kind is to do at once. For cores
    /// that run by hand.
    ///
    /// # Errors
    /// What kept it from being done; nothing is lost by that.
    pub async fn run(&self, errand: Errand) -> Result<bool, Error> {
        if !self.resolve_endpoint().await {
            return Err(Error::NoServer);
        }
        errand::run(&*self.library().await?, errand).await
    }

    /// Takes in whether the machine's connection is metered.
    pub async fn set_metered(&self, metered: bool) {
        if self.0.metered.swap(metered, Ordering::Relaxed) != metered {
            self.tell(Event::Sync);
            if let Ok(library) = self.library().await {
                library.reach.fetch.notify_one();
            }
        }
    }

    /// What waits to be sent or needs the user, oldest first.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn outbox(&self) -> Result<Vec<QueuedIntent>, Error> {
        Ok(self.library().await?.store.outbox().await?)
    }

    /// Lets a parked intent try again, for a request with a higher price the user accepts.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn retry_intent(&self, id: IntentId, max_cost: Option<i64>) -> Result<(), Error> {
        let library = self.library().await?;
        let mut tx = library.writable()?.begin().await?;
        tx.retry(id, max_cost, library.clock.now()).await?;
        tx.commit().await?;
        library.reach.send.notify_one();
        Ok(())
    }

    /// Drops an intent; the library shows the server's state again. Nothing is charged by it.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn discard_intent(&self, id: IntentId) -> Result<(), Error> {
        let library = self.library().await?;
        let mut tx = library.writable()?.begin().await?;
        tx.discard(id, library.clock.now()).await?;
        tx.commit().await?;
        library.reach.send.notify_one();
        Ok(())
    }

    /// Fields that were changed on two devices, until the user has seen it.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn conflicts(&self) -> Result<Vec<Conflict>, Error> {
        Ok(self.library().await?.store.conflicts().await?)
    }

    /// Ends a conflict: what stands is kept, or the other device's value is taken.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn settle_conflict(&self, id: i64, take_theirs: bool) -> Result<(), Error> {
        preferences::settle_conflict(&*self.library().await?, id, take_theirs).await
    }

    /// Which originals this device keeps, and what each choice would take.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn storage(&self) -> Result<(StoragePolicy, StorageUse), Error> {
        room::storage(&*self.library().await?).await
    }

    /// Chooses which originals this device keeps. What is no longer wanted goes as soon as the server has
    /// confirmed that it has it.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn set_storage_policy(&self, policy: &StoragePolicy) -> Result<(), Error> {
        room::set_policy(&*self.library().await?, policy).await
    }
}
