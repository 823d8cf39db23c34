//! The state of synchronization.

use amethyst_engine::{Core, Problem, SyncInfo};

use crate::view::SyncView;
use crate::{ApiError, ErrorCode};

/// The view of the state.
pub(crate) fn sync_view(info: SyncInfo) -> SyncView {
    let problem = info.problem.map(|problem| match problem {
        Problem::DiskFull => ErrorCode::DiskFull,
        Problem::ServerTrouble => ErrorCode::ServerTrouble,
        Problem::WrongServer => ErrorCode::WrongServer,
        Problem::LibraryDamaged => ErrorCode::LibraryDamaged,
    });
    SyncView::new(&info, problem)
}

pub(crate) async fn sync_current(core: &Core, (): ()) -> Result<SyncView, ApiError> {
    Ok(sync_view(core.sync().await?))
}

pub(crate) async fn sync_now(core: &Core, (): ()) -> Result<SyncView, ApiError> {
    core.sync_now().await?;
    sync_current(core, ()).await
}
