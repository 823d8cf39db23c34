//! What this device keeps.

use amethyst_engine::Core;

use crate::ApiError;
use crate::view::{StoragePolicyView, StorageView};

pub(crate) async fn storage_current(core: &Core, (): ()) -> Result<StorageView, ApiError> {
    let (policy, room) = core.storage().await?;
    Ok(StorageView::new(policy, room))
}

pub(crate) async fn storage_change(
    core: &Core,
    policy: StoragePolicyView,
) -> Result<StorageView, ApiError> {
    core.set_storage_policy(&policy.into()).await?;
    storage_current(core, ()).await
}
