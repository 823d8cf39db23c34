//! Pictures: everything the lightbox tells.

use amethyst_model::{Generation, Image, ImageId, ImageMarks, LedgerEntry};

use crate::Error;
use crate::library::Library;

/// A picture with its request and its money.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageDetail {
    /// The picture.
    pub image: Image,
    /// Its request, unless that was deleted.
    pub generation: Option<Generation>,
    /// Ledger lines of the request.
    pub ledger: Vec<LedgerEntry>,
    /// Stars and culling mark.
    pub marks: ImageMarks,
    /// Tags, in the order of the alphabet.
    pub tags: Vec<String>,
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
    let marks = library.store.marks(&[id]).await?.remove(&id);
    let tags = library.store.tags(&[id]).await?.remove(&id);
    Ok(ImageDetail {
        image,
        generation,
        ledger,
        marks: marks.unwrap_or_default(),
        tags: tags.unwrap_or_default(),
    })
}
