//! Which originals stay on this machine: the storage policy carried out.

use amethyst_model::{StoragePolicy, StorageUse};
use amethyst_store::WantedFile;

use crate::library::Library;
use crate::{Error, Event};

/// Files looked at in one turn.
const BATCH: u32 = 64;

/// Whether files that nobody opened rest because the connection is metered.
pub(crate) async fn is_paused(library: &Library) -> Result<bool, Error> {
    Ok(library.is_metered() && library.store.storage_policy().await?.pause_on_metered)
}

/// Decides anew which originals are wanted, if something changed, and removes what is too much.
pub(crate) async fn keep_to_policy(library: &Library) -> Result<(), Error> {
    // New pictures are wanted anyway where everything is.
    if library.takes_plan() && !library.store.storage_policy().await?.keeps_everything() {
        let mut tx = library.store.begin().await?;
        tx.plan_originals(library.clock.now()).await?;
        tx.commit().await?;
        library.tell(Event::Sync);
    }
    for file in library.store.media_to_evict(BATCH).await? {
        if let Err(error) = evict(library, &file).await {
            library.reach.failed(&error);
            tracing::info!(%error, "an original stays for now");
            break;
        }
    }
    Ok(())
}

/// Deletes an original from this machine, once the server has confirmed that it has it. One that the server
/// lacks is kept: it may be the last there is.
async fn evict(library: &Library, spare: &WantedFile) -> Result<(), Error> {
    let token = library.session.access_token().await?;
    let there = library
        .remote
        .storage(&token)
        .size(&spare.file.path)
        .await?;
    if there != Some(spare.file.bytes) {
        tracing::warn!(image = %spare.image, "the server does not have this original; it is kept");
        let mut tx = library.store.begin().await?;
        tx.media_opened(spare.image, spare.file.variant, library.clock.now())
            .await?;
        tx.commit().await?;
        return Ok(());
    }
    library.store.media().evict(&spare.file).await?;
    let mut tx = library.store.begin().await?;
    tx.media_evicted(&spare.file.blake3).await?;
    tx.commit().await?;
    Ok(())
}

/// What is kept here, and what each choice would take.
pub(crate) async fn storage(library: &Library) -> Result<(StoragePolicy, StorageUse), Error> {
    let store = &library.store;
    Ok((
        store.storage_policy().await?,
        store.storage_use(library.clock.now()).await?,
    ))
}

/// Chooses what is kept here.
pub(crate) async fn set_policy(library: &Library, policy: &StoragePolicy) -> Result<(), Error> {
    let mut tx = library.writable()?.begin().await?;
    tx.set_storage_policy(policy, library.clock.now()).await?;
    tx.commit().await?;
    library.reach.fetch.notify_one();
    library.tell(Event::Sync);
    Ok(())
}
