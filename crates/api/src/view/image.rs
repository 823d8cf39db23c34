//! Pictures, the gallery's order and the favorite mark.

use amethyst_engine::Shelf;
use amethyst_model::{Image, MediaVariant, Pick};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{GenerationView, LedgerEntryView};

/// Which file of an image, in media URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum MediaVariantView {
    /// At most 256 pixels a side.
    #[serde(rename = "256")]
    W256,
    /// At most 512 pixels a side.
    #[serde(rename = "512")]
    W512,
    /// At most 768 pixels a side.
    #[serde(rename = "768")]
    W768,
    /// What the provider delivered.
    #[serde(rename = "original")]
    Original,
}

/// A picture as tiles and the lightbox show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ImageView {
    /// Its id.
    pub id: String,
    /// The request it came from.
    pub generation_id: Option<String>,
    /// Width of the original in pixels.
    pub width: i64,
    /// Height of the original in pixels.
    pub height: i64,
    /// `webp`, `png` or `jpg`.
    pub format: String,
    /// Size of the original in bytes.
    pub size_bytes: i64,
    /// Favorite mark, with what is not sent yet.
    pub is_favorite: bool,
    /// Whether a change of the favorite mark waits to be sent.
    pub favorite_waiting: bool,
    /// Whether everybody may see it.
    pub is_public: bool,
    /// Whether it lies in the trash.
    pub is_trashed: bool,
    /// When the server put it there; it goes for good 30 days later.
    pub trashed_at: Option<i64>,
    /// Whether something about it waits to be sent.
    pub waiting: bool,
    /// Whether something about it needs the user.
    pub parked: bool,
    /// 1 to 5 stars, or none.
    pub rating: Option<u8>,
    /// Picked, rejected, or neither.
    pub pick: Option<PickView>,
    /// `#rrggbb` to show before the bytes are there.
    pub dominant_color: Option<String>,
    /// Accessible name: an analysis' description, else `null` (the UI takes the prompt).
    pub description: Option<String>,
    /// Prompt of its request, if that is known.
    pub prompt: Option<String>,
    /// Files on this machine; a variant that is missing is not in the list.
    pub available: Vec<MediaVariantView>,
    /// Content hash of the original, in media URLs, so that a changed file is a new URL.
    pub hash: String,
    /// When it was made.
    pub created_at: i64,
}

/// Everything the lightbox tells about a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ImageDetailView {
    /// The picture.
    pub image: ImageView,
    /// The request with its parameters, unless it was deleted.
    pub generation: Option<GenerationView>,
    /// The seed it was painted with.
    pub seed: Option<i64>,
    /// Who painted it, such as `sketch`.
    pub provider: Option<String>,
    /// Ledger lines of its request.
    pub ledger: Vec<LedgerEntryView>,
    /// Tags, in the order of the alphabet.
    pub tags: Vec<String>,
}

/// Where pictures are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ShelfView {
    /// Everything that is not in the trash.
    Gallery,
    /// The favorites of it.
    Favorites,
    /// The trash.
    Trash,
}

/// Which pictures the gallery shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct GalleryQuery {
    /// Where.
    pub shelf: ShelfView,
}

/// A culling mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PickView {
    /// To be kept.
    Pick,
    /// To be sorted out.
    Reject,
}

/// A tag put on or taken off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TagChange {
    /// The tag, 1 to 64 characters; kept in lower case.
    pub tag: String,
    /// On or off.
    pub on: bool,
}

/// What changes about pictures: one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImageChangeView {
    /// Among the favorites, or not.
    Favorite(bool),
    /// Shown to everybody, or not.
    Public(bool),
    /// In the trash, or not.
    Trashed(bool),
    /// Removed for good; only what lies in the trash. `true`, or nothing happens.
    Deleted(bool),
    /// 1 to 5 stars, or none.
    Rating(Option<u8>),
    /// Picked, rejected, or neither.
    Pick(Option<PickView>),
    /// With a tag or without it.
    Tag(TagChange),
}

/// A change of some pictures, all of them or none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ImagesChange {
    /// Their ids, at most 1 000.
    pub ids: Vec<String>,
    /// The change.
    pub change: ImageChangeView,
}

/// A tag and how many pictures carry it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TagView {
    /// The tag.
    pub tag: String,
    /// Pictures outside the trash.
    pub images: i64,
}

/// The gallery's order as columns of equal length, newest first: enough to lay out every row before a
/// single picture is read, and small enough for 100 000 of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct GalleryIndex {
    /// Ids.
    pub ids: Vec<String>,
    /// Width ÷ height.
    pub ratios: Vec<f64>,
    /// When each was made.
    pub created_at: Vec<i64>,
    /// `#rrggbb`, or an empty text.
    pub colors: Vec<String>,
}

/// One picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ImageRef {
    /// Its id.
    pub id: String,
}

/// Several pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ImageIds {
    /// Their ids, at most 1 000; unknown ones are left out of the answer.
    pub ids: Vec<String>,
}

/// Putting a picture among the favorites or taking it out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SetFavorite {
    /// The picture.
    pub id: String,
    /// Whether it shall be a favorite.
    pub favorite: bool,
}

impl From<ShelfView> for Shelf {
    fn from(shelf: ShelfView) -> Self {
        match shelf {
            ShelfView::Gallery => Self::Gallery,
            ShelfView::Favorites => Self::Favorites,
            ShelfView::Trash => Self::Trash,
        }
    }
}

impl From<Pick> for PickView {
    fn from(pick: Pick) -> Self {
        match pick {
            Pick::Pick => Self::Pick,
            Pick::Reject => Self::Reject,
        }
    }
}

impl From<PickView> for Pick {
    fn from(pick: PickView) -> Self {
        match pick {
            PickView::Pick => Self::Pick,
            PickView::Reject => Self::Reject,
        }
    }
}

impl From<MediaVariant> for MediaVariantView {
    fn from(variant: MediaVariant) -> Self {
        match variant {
            MediaVariant::W256 => Self::W256,
            MediaVariant::W512 => Self::W512,
            MediaVariant::W768 => Self::W768,
            MediaVariant::Original => Self::Original,
        }
    }
}

impl From<Image> for ImageView {
    fn from(image: Image) -> Self {
        let hash = image
            .file(MediaVariant::Original)
            .map(|file| file.blake3.clone());
        Self {
            id: image.id.to_string(),
            generation_id: image.generation_id.map(|id| id.to_string()),
            width: image.width,
            height: image.height,
            format: image.format,
            size_bytes: image.size_bytes,
            is_favorite: image.is_favorite,
            favorite_waiting: false,
            is_public: image.is_public,
            is_trashed: image.is_trashed,
            trashed_at: image.trashed_at.map(|at| at.timestamp_millis()),
            waiting: false,
            parked: false,
            rating: None,
            pick: None,
            dominant_color: image.dominant_color,
            description: image.vision_description,
            prompt: None,
            available: Vec::new(),
            hash: hash.unwrap_or_default(),
            created_at: image.created_at.timestamp_millis(),
        }
    }
}
