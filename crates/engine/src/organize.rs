//! What a user does with images and collections: each act is shown at once, and sent when it can be.

use amethyst_model::{
    CollectionId, CollectionSheet, ImageId, Intent, LONGEST_NAME, MOST_IMAGES, Pick, normal_tag,
};

use crate::library::Library;
use crate::{Error, ids};

/// A change of some images.
#[derive(Clone, Debug, PartialEq)]
pub enum ImageChange {
    /// Among the favorites, or not.
    Favorite(bool),
    /// Shown to everybody, or not.
    Public(bool),
    /// In the trash, or not.
    Trashed(bool),
    /// Removed for good; only what lies in the trash.
    Deleted,
    /// 1 to 5 stars, or none.
    Rating(Option<u8>),
    /// Picked, rejected, or neither.
    Pick(Option<Pick>),
    /// With a tag, or without it.
    Tag {
        /// The tag; written in lower case.
        tag: String,
        /// With or without.
        on: bool,
    },
}

impl ImageChange {
    fn intent(&self, image: ImageId) -> Intent {
        match self {
            Self::Favorite(favorite) => Intent::SetFavorite {
                image,
                favorite: *favorite,
            },
            Self::Public(public) => Intent::SetPublic {
                image,
                public: *public,
            },
            Self::Trashed(trashed) => Intent::SetTrashed {
                image,
                trashed: *trashed,
            },
            Self::Deleted => Intent::DeleteImage { image },
            Self::Rating(rating) => Intent::SetRating {
                image,
                rating: *rating,
            },
            Self::Pick(pick) => Intent::SetPick { image, pick: *pick },
            Self::Tag { tag, on } => Intent::TagImage {
                image,
                tag: tag.clone(),
                on: *on,
            },
        }
    }

    /// The change as it is written down, or what is wrong with it.
    fn checked(self) -> Result<Self, Error> {
        match self {
            Self::Rating(Some(stars)) if !(1..=5).contains(&stars) => {
                Err(Error::Invalid("rating", "1 to 5 stars"))
            }
            Self::Tag { tag, on } => {
                let tag = normal_tag(&tag).ok_or(Error::Invalid("tag", "1 to 64 characters"))?;
                Ok(Self::Tag { tag, on })
            }
            other => Ok(other),
        }
    }
}

/// Changes images, all of them or none. Of several acts about one thing on this device the latest stands.
pub(crate) async fn change_images(
    library: &Library,
    images: &[ImageId],
    change: ImageChange,
) -> Result<(), Error> {
    let store = library.writable()?;
    let change = change.checked()?;
    let known = store.images(images).await?;
    if known.len() < images.len() {
        return Err(Error::NotFound("image"));
    }
    if change == ImageChange::Deleted && known.iter().any(|image| !image.is_trashed) {
        return Err(Error::Invalid(
            "image",
            "only what lies in the trash is deleted",
        ));
    }
    let acts: Vec<Intent> = images.iter().map(|image| change.intent(*image)).collect();
    act(library, &acts).await?;
    if matches!(change, ImageChange::Favorite(_) | ImageChange::Trashed(_)) {
        library.plan_originals();
    }
    Ok(())
}

/// Makes a collection; answers its id.
pub(crate) async fn make_collection(
    library: &Library,
    sheet: CollectionSheet,
) -> Result<CollectionId, Error> {
    let id = ids::collection_id(&*library.clock);
    put_collection(library, id, sheet).await?;
    Ok(id)
}

/// Changes a collection.
pub(crate) async fn change_collection(
    library: &Library,
    id: CollectionId,
    sheet: CollectionSheet,
) -> Result<(), Error> {
    existing(library, id).await?;
    put_collection(library, id, sheet).await
}

async fn put_collection(
    library: &Library,
    collection: CollectionId,
    mut sheet: CollectionSheet,
) -> Result<(), Error> {
    library.writable()?;
    sheet.name = sheet.name.trim().to_owned();
    if !(1..=LONGEST_NAME).contains(&sheet.name.chars().count()) {
        return Err(Error::Invalid("name", "1 to 120 characters"));
    }
    let act_of = Intent::PutCollection {
        collection,
        sheet: Box::new(sheet),
    };
    act(library, &[act_of]).await
}

/// Removes a collection, never its images.
pub(crate) async fn delete_collection(
    library: &Library,
    collection: CollectionId,
) -> Result<(), Error> {
    library.writable()?;
    existing(library, collection).await?;
    act(library, &[Intent::DeleteCollection { collection }]).await
}

/// Puts images into a collection or takes them out.
pub(crate) async fn collect(
    library: &Library,
    collection: CollectionId,
    images: &[ImageId],
    on: bool,
) -> Result<(), Error> {
    let store = library.writable()?;
    existing(library, collection).await?;
    if store.images(images).await?.len() < images.len() {
        return Err(Error::NotFound("image"));
    }
    let acts: Vec<Intent> = images
        .chunks(MOST_IMAGES)
        .map(|images| Intent::CollectImages {
            collection,
            images: images.to_vec(),
            on,
        })
        .collect();
    act(library, &acts).await
}

async fn existing(library: &Library, id: CollectionId) -> Result<CollectionSheet, Error> {
    let found = library.store.collection(id).await?;
    found.ok_or(Error::NotFound("collection"))
}

/// Writes down what the user did, in one transaction, and wakes the sender.
pub(crate) async fn act(library: &Library, intents: &[Intent]) -> Result<(), Error> {
    let mut tx = library.writable()?.begin().await?;
    for intent in intents {
        let id = ids::intent_id(&*library.clock);
        tx.enqueue(id, intent, library.clock.now()).await?;
    }
    tx.commit().await?;
    library.reach.send.notify_one();
    Ok(())
}
