//! What is asked of the open library: requests, pictures, money.

use std::collections::HashMap;

use amethyst_model::{
    Generation, GenerationDraft, GenerationId, GenerationModel, Image, ImageId, LedgerEntryId,
    MediaVariant,
};
use amethyst_store::{GalleryEntry, GalleryFilter, Shelf};

use super::Core;
use crate::Error;
use crate::account::{self, AccountSummary, LedgerLine};
use crate::gallery::{self, ImageDetail};
use crate::generation::{self, DraftQuote};
use crate::media::{self, MediaBytes};

impl Core {
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

    /// The order of a shelf, newest first.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn gallery(&self, shelf: Shelf) -> Result<Vec<GalleryEntry>, Error> {
        let store = &self.library().await?.store;
        Ok(store.gallery(GalleryFilter { shelf }).await?)
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

    /// The user looks at an image: its original is fetched if it is not here, whatever the storage policy
    /// says, and goes last when room is needed.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn open_image(&self, id: ImageId) -> Result<(), Error> {
        media::note_opened(&*self.library().await?, id, MediaVariant::Original).await
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
}
