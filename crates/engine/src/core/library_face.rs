//! Everything that is asked of the open library.

use std::collections::HashMap;

use amethyst_model::{
    Connectivity, Generation, GenerationDraft, GenerationId, GenerationModel, Image, ImageId,
    IntentId, LedgerEntryId, MediaVariant, QueuedIntent, SyncState,
};
use amethyst_store::{GalleryEntry, GalleryFilter};

use super::Core;
use crate::Error;
use crate::account::{self, AccountSummary, LedgerLine};
use crate::gallery::{self, ImageDetail};
use crate::generation::{self, DraftQuote};
use crate::library::Problem;
use crate::media::{self, MediaBytes};
use crate::session::SessionStatus;

/// The state of synchronization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncInfo {
    /// The numbers from which the phase follows.
    pub state: SyncState,
    /// Last complete pull, in milliseconds since the epoch.
    pub last_success_ms: Option<i64>,
    /// What keeps it from moving on.
    pub problem: Option<Problem>,
}

impl Core {
    /// The state of synchronization.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn sync(&self) -> Result<SyncInfo, Error> {
        let session = self.session().await;
        let Ok(library) = self.library().await else {
            return Ok(SyncInfo {
                state: SyncState {
                    signed_in: false,
                    needs_sign_in: session.status == SessionStatus::NeedsSignIn,
                    connectivity: Connectivity::Unknown,
                    pulling: false,
                    to_send: 0,
                    to_fetch: 0,
                    parked: 0,
                },
                last_success_ms: None,
                problem: None,
            });
        };
        let counts = library.store.counts().await?;
        Ok(SyncInfo {
            state: SyncState {
                signed_in: true,
                needs_sign_in: session.status == SessionStatus::NeedsSignIn,
                connectivity: library.reach.connectivity(),
                pulling: library.is_pulling(),
                to_send: counts.to_send,
                to_fetch: counts.to_fetch,
                parked: counts.parked,
            },
            last_success_ms: library.last_success_ms(),
            problem: library.problem(),
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

    /// The cached catalog.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn models(&self) -> Result<Vec<GenerationModel>, Error> {
        Ok(self.library().await?.store.models().await?)
    }

    /// Prices and checks a draft.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn quote(&self, draft: &GenerationDraft) -> Result<DraftQuote, Error> {
        generation::quote(&*self.library().await?, draft).await
    }

    /// Asks for images; see the outbox for what happens next. Nothing is charged above `max_cost`.
    ///
    /// # Errors
    /// A wrong draft, a higher price, too few credits; nothing is written then.
    pub async fn request_generation(
        &self,
        draft: &GenerationDraft,
        max_cost: i64,
    ) -> Result<Generation, Error> {
        generation::request(&*self.library().await?, draft, max_cost).await
    }

    /// Asks to stop a request; without effect on one that has ended.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn cancel_generation(&self, id: GenerationId) -> Result<Generation, Error> {
        generation::cancel(&*self.library().await?, id).await
    }

    /// One request.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn generation(&self, id: GenerationId) -> Result<Generation, Error> {
        generation::get(&*self.library().await?, id).await
    }

    /// Requests, newest first.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn generations(
        &self,
        active_only: bool,
        limit: u32,
    ) -> Result<Vec<Generation>, Error> {
        generation::list(&*self.library().await?, active_only, limit).await
    }

    /// Images of one request, in order.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn images_of(&self, id: GenerationId) -> Result<Vec<Image>, Error> {
        Ok(self.library().await?.store.images_of(id).await?)
    }

    /// Credits given back for one request.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn refunded(&self, id: GenerationId) -> Result<i64, Error> {
        Ok(account::refunded(
            &self.library().await?.store.ledger_of(id).await?,
        ))
    }

    /// The gallery's order, newest first.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn gallery(&self, favorites_only: bool) -> Result<Vec<GalleryEntry>, Error> {
        Ok(self
            .library()
            .await?
            .store
            .gallery(GalleryFilter { favorites_only })
            .await?)
    }

    /// Images by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn images(&self, ids: &[ImageId]) -> Result<Vec<Image>, Error> {
        Ok(self.library().await?.store.images(ids).await?)
    }

    /// Which files of these images are on this machine.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn media_present(
        &self,
        ids: &[ImageId],
    ) -> Result<HashMap<ImageId, Vec<MediaVariant>>, Error> {
        Ok(self.library().await?.store.media_present(ids).await?)
    }

    /// Everything about one image.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn image_detail(&self, id: ImageId) -> Result<ImageDetail, Error> {
        gallery::detail(&*self.library().await?, id).await
    }

    /// Puts an image among the favorites or takes it out.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_favorite(&self, id: ImageId, favorite: bool) -> Result<Image, Error> {
        gallery::set_favorite(&*self.library().await?, id, favorite).await
    }

    /// One file of an image; `None` when it is not on this machine (yet).
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown image.
    pub async fn media(
        &self,
        id: ImageId,
        variant: MediaVariant,
    ) -> Result<Option<MediaBytes>, Error> {
        media::read(&*self.library().await?, id, variant).await
    }

    /// The account; `None` before the first pull.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn account(&self) -> Result<Option<AccountSummary>, Error> {
        account::summary(&*self.library().await?).await
    }

    /// A part of the ledger, newest first, and whether older lines follow.
    ///
    /// # Errors
    /// [`Error::NotFound`] when `after` is unknown.
    pub async fn ledger(
        &self,
        after: Option<LedgerEntryId>,
        limit: u32,
    ) -> Result<(Vec<LedgerLine>, bool), Error> {
        account::ledger(&*self.library().await?, after, limit).await
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
}
