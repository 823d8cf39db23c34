//! The gallery and single pictures.

use std::collections::{HashMap, HashSet};

use amethyst_engine::Core;
use amethyst_model::{GenerationId, Image, ImageId, Intent, MediaVariant};

use super::generation::generation_view;
use super::parse_id;
use crate::view::{
    GalleryIndex, GalleryQuery, ImageDetailView, ImageIds, ImageRef, ImageView, LedgerEntryView,
    SetFavorite,
};
use crate::{ApiError, ErrorCode, Retry};

/// Pictures that one call may ask for.
const MOST_AT_ONCE: usize = 1000;

pub(crate) async fn gallery_index(
    core: &Core,
    query: GalleryQuery,
) -> Result<GalleryIndex, ApiError> {
    let mut index = GalleryIndex::default();
    for entry in core.gallery(query.favorites_only).await? {
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
    })
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
    let waiting = waiting_favorites(core).await?;
    let prompts = prompts_of(core, &images).await?;
    let view = |image: Image| {
        let id = image.id;
        let prompt = image.generation_id.and_then(|id| prompts.get(&id).cloned());
        let variants = present.get(&id).map(Vec::as_slice).unwrap_or_default();
        let available = MediaVariant::ALL
            .into_iter()
            .filter(|v| variants.contains(v));
        ImageView {
            favorite_waiting: waiting.contains(&id),
            prompt,
            available: available.map(Into::into).collect(),
            ..ImageView::from(image)
        }
    };
    Ok(images.into_iter().map(view).collect())
}

async fn waiting_favorites(core: &Core) -> Result<HashSet<ImageId>, ApiError> {
    let outbox = core.outbox().await?;
    let waiting = outbox.into_iter().filter_map(|queued| match queued.intent {
        Some(Intent::SetFavorite { image, .. }) => Some(image),
        _ => None,
    });
    Ok(waiting.collect())
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
