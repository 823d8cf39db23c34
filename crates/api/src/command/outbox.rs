//! What waits to be sent and what needs the user.

use amethyst_engine::Core;

use super::parse_id;
use crate::ApiError;
use crate::view::{IntentRef, IntentView};

pub(crate) async fn outbox_list(core: &Core, (): ()) -> Result<Vec<IntentView>, ApiError> {
    Ok(core
        .outbox()
        .await?
        .into_iter()
        .map(IntentView::from)
        .collect())
}

pub(crate) async fn outbox_retry(core: &Core, request: IntentRef) -> Result<(), ApiError> {
    Ok(core
        .retry_intent(parse_id(&request.id)?, request.max_cost)
        .await?)
}

pub(crate) async fn outbox_discard(core: &Core, request: IntentRef) -> Result<(), ApiError> {
    Ok(core.discard_intent(parse_id(&request.id)?).await?)
}
