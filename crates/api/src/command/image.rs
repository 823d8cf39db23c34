//! The gallery and single pictures.

use std::collections::{HashMap, HashSet};

use amethyst_engine::{Core, ImageChange};
use amethyst_model::{GenerationId, Image, ImageId, Intent, MediaVariant};

use super::generation::generation_view;
use super::parse_id;
use crate::view::{
    GalleryIndex, GalleryQuery, ImageChangeView, ImageDetailView, ImageIds, ImageRef, ImageView,
    ImagesChange, LedgerEntryView, SetFavorite, TagChange, TagView,
};
use crate::{ApiError, ErrorCode, Retry};

/// Pictures that one call may ask for.
const MOST_AT_ONCE: usize = 1000;

pub(crate) async fn gallery_index(
    core: &Core,
    query: GalleryQuery,
) -> Result<GalleryIndex, ApiError> {
    let mut index = GalleryIndex::default();
    for entry in core.gallery(query.shelf.into()).await? {
        index.ids.push(entry.id.to_string());
        index
            .ratios
            .push(entry.width as f64 / entry.height.max(1) as f64);
        index.created_at.push(entry.created_at_ms);
        index.colors.push(entry.dominant_color.unwrap_or_default());
    }
    Ok(index)
}

pub(crate) async fn images_by_ids(
    core: &Core,
    request: ImageIds,
) -> Result<Vec<ImageView>, ApiError> {
    if request.ids.len() > MOST_AT_ONCE {
        return Err(ApiError::new(
            ErrorCode::Invalid,
            "more than 1000 ids",
            Retry::No,
        ));
    }
    let ids: Vec<ImageId> = request
        .ids
        .iter()
        .filter_map(|id| id.parse().ok())
        .collect();
    image_views(core, core.images(&ids).await?).await
}

/// Ids that all have to exist.
pub(super) fn parse_images(ids: &[String]) -> Result<Vec<ImageId>, ApiError> {
    if ids.len() > MOST_AT_ONCE {
        return Err(ApiError::new(
            ErrorCode::Invalid,
            "more than 1000 ids",
            Retry::No,
        ));
    }
    ids.iter().map(|id| parse_id(id)).collect()
}

pub(crate) async fn images_change(
    core: &Core,
    request: ImagesChange,
) -> Result<Vec<ImageView>, ApiError> {
    let ids = parse_images(&request.ids)?;
    let change = match request.change {
        ImageChangeView::Favorite(on) => ImageChange::Favorite(on),
        ImageChangeView::Public(on) => ImageChange::Public(on),
        ImageChangeView::Trashed(on) => ImageChange::Trashed(on),
        ImageChangeView::Deleted(true) => ImageChange::Deleted,
        ImageChangeView::Deleted(false) => {
            return image_views(core, core.images(&ids).await?).await;
        }
        ImageChangeView::Rating(rating) => ImageChange::Rating(rating),
        ImageChangeView::Pick(pick) => ImageChange::Pick(pick.map(Into::into)),
        ImageChangeView::Tag(TagChange { tag, on }) => ImageChange::Tag { tag, on },
    };
    core.change_images(&ids, change).await?;
    image_views(core, core.images(&ids).await?).await
}

pub(crate) async fn tag_list(core: &Core, (): ()) -> Result<Vec<TagView>, ApiError> {
    let tags = core.all_tags().await?;
    Ok(tags
        .into_iter()
        .map(|(tag, images)| TagView {
            tag,
            images: i64::try_from(images).unwrap_or(i64::MAX),
        })
        .collect())
}

pub(crate) async fn image_detail(
    core: &Core,
    request: ImageRef,
) -> Result<ImageDetailView, ApiError> {
    let detail = core.image_detail(parse_id(&request.id)?).await?;
    let provider = detail.image.technical_metadata.get("provider");
    let provider = provider.and_then(|value| value.as_str()).map(str::to_owned);
    let seed = detail.image.seed();
    let views = image_views(core, vec![detail.image]).await?;
    let image = views.into_iter().next();
    let image = image.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "no image", Retry::No))?;
    let generation = match detail.generation {
        Some(generation) => Some(generation_view(core, generation).await?),
        None => None,
    };
    let ledger = detail
        .ledger
        .into_iter()
        .map(LedgerEntryView::from)
        .collect();
    Ok(ImageDetailView {
        image,
        generation,
        seed,
        provider,
        ledger,
        tags: detail.tags,
    })
}

/// The user looks at a picture: its original is fetched if it is not here.
pub(crate) async fn image_open(core: &Core, request: ImageRef) -> Result<(), ApiError> {
    Ok(core.open_image(parse_id(&request.id)?).await?)
}

pub(crate) async fn image_set_favorite(
    core: &Core,
    request: SetFavorite,
) -> Result<ImageView, ApiError> {
    let image = core
        .set_favorite(parse_id(&request.id)?, request.favorite)
        .await?;
    let views = image_views(core, vec![image]).await?;
    let view = views.into_iter().next();
    view.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "no image", Retry::No))
}

/// Views of pictures with what the rows do not hold: files on this machine, waiting marks, prompts.
pub(crate) async fn image_views(
    core: &Core,
    images: Vec<Image>,
) -> Result<Vec<ImageView>, ApiError> {
    if images.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ImageId> = images.iter().map(|image| image.id).collect();
    let present = core.media_present(&ids).await?;
    let queued = queued_about(core).await?;
    let marks = core.marks(&ids).await?;
    let prompts = prompts_of(core, &images).await?;
    let view = |image: Image| {
        let id = image.id;
        let prompt = image.generation_id.and_then(|id| prompts.get(&id).cloned());
        let variants = present.get(&id).map(Vec::as_slice).unwrap_or_default();
        let available = MediaVariant::ALL
            .into_iter()
            .filter(|v| variants.contains(v));
        ImageView {
            favorite_waiting: queued.favorites.contains(&id),
            waiting: queued.waiting.contains(&id),
            parked: queued.parked.contains(&id),
            rating: marks.get(&id).and_then(|marks| marks.rating),
            pick: marks.get(&id).and_then(|marks| marks.pick).map(Into::into),
            prompt,
            available: available.map(Into::into).collect(),
            ..ImageView::from(image)
        }
    };
    Ok(images.into_iter().map(view).collect())
}

/// Images about which something is in the outbox.
#[derive(Default)]
struct Queued {
    favorites: HashSet<ImageId>,
    waiting: HashSet<ImageId>,
    parked: HashSet<ImageId>,
}

async fn queued_about(core: &Core) -> Result<Queued, ApiError> {
    let mut found = Queued::default();
    for queued in core.outbox().await? {
        let Some(image) = queued.intent.as_ref().and_then(Intent::image) else {
            continue;
        };
        match queued.waiting() {
            Some(Intent::SetFavorite { .. }) => {
                found.favorites.insert(image);
                found.waiting.insert(image);
            }
            Some(_) => {
                found.waiting.insert(image);
            }
            None => {
                found.parked.insert(image);
            }
        }
    }
    Ok(found)
}

async fn prompts_of(
    core: &Core,
    images: &[Image],
) -> Result<HashMap<GenerationId, String>, ApiError> {
    let wanted: HashSet<GenerationId> = images
        .iter()
        .filter_map(|image| image.generation_id)
        .collect();
    let mut prompts = HashMap::with_capacity(wanted.len());
    for id in wanted {
        match core.generation(id).await {
            Ok(generation) => {
                prompts.insert(id, generation.draft.prompt);
            }
            // Images may arrive before their request, or outlive it.
            Err(amethyst_engine::Error::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(prompts)
}
