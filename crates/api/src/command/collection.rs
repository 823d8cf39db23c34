//! Collections and what is in them.

use amethyst_engine::Core;

use super::image::parse_images;
use super::parse_id;
use crate::ApiError;
use crate::view::{
    CollectRequest, CollectionChange, CollectionRef, CollectionSheetView, CollectionView,
};

pub(crate) async fn collection_list(core: &Core, (): ()) -> Result<Vec<CollectionView>, ApiError> {
    let collections = core.collections().await?;
    Ok(collections.into_iter().map(Into::into).collect())
}

pub(crate) async fn collection_images(
    core: &Core,
    request: CollectionRef,
) -> Result<Vec<String>, ApiError> {
    let images = core.collected(parse_id(&request.id)?).await?;
    Ok(images.iter().map(ToString::to_string).collect())
}

pub(crate) async fn collection_make(
    core: &Core,
    sheet: CollectionSheetView,
) -> Result<CollectionRef, ApiError> {
    let id = core.make_collection(sheet.try_into()?).await?;
    Ok(CollectionRef { id: id.to_string() })
}

pub(crate) async fn collection_change(
    core: &Core,
    change: CollectionChange,
) -> Result<(), ApiError> {
    let id = parse_id(&change.id)?;
    Ok(core.change_collection(id, change.sheet.try_into()?).await?)
}

pub(crate) async fn collection_delete(core: &Core, request: CollectionRef) -> Result<(), ApiError> {
    Ok(core.delete_collection(parse_id(&request.id)?).await?)
}

pub(crate) async fn collection_collect(
    core: &Core,
    request: CollectRequest,
) -> Result<(), ApiError> {
    let images = parse_images(&request.ids)?;
    Ok(core
        .collect(parse_id(&request.id)?, &images, request.on)
        .await?)
}
