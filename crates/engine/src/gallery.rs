//! Pictures: the favorite mark and everything the lightbox tells.

use amethyst_model::{Generation, Image, ImageId, Intent, LedgerEntry};

use crate::library::Library;
use crate::{Error, ids};

/// A picture with its request and its money.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageDetail {
    /// The picture.
    pub image: Image,
    /// Its request, unless that was deleted.
    pub generation: Option<Generation>,
    /// Ledger lines of the request.
    pub ledger: Vec<LedgerEntry>,
}

/// Puts a picture among the favorites or takes it out: the mark and the intent in one transaction.
pub(crate) async fn set_favorite(
    library: &Library,
    image: ImageId,
    favorite: bool,
) -> Result<Image, Error> {
    let store = library.writable()?;
    if store.image(image).await?.is_none() {
        return Err(Error::NotFound("image"));
    }
    let intent = Intent::SetFavorite { image, favorite };
    let mut tx = store.begin().await?;
    tx.enqueue(
        ids::intent_id(&*library.clock),
        &intent,
        library.clock.now(),
    )
    .await?;
    tx.commit().await?;
    library.reach.send.notify_one();
    store.image(image).await?.ok_or(Error::NotFound("image"))
}

/// Everything about one picture.
pub(crate) async fn detail(library: &Library, id: ImageId) -> Result<ImageDetail, Error> {
    let image = library
        .store
        .image(id)
        .await?
        .ok_or(Error::NotFound("image"))?;
    let (generation, ledger) = match image.generation_id {
        Some(generation) => (
            library.store.generation(generation).await?,
            library.store.ledger_of(generation).await?,
        ),
        None => (None, Vec::new()),
    };
    Ok(ImageDetail {
        image,
        generation,
        ledger,
    })
}
