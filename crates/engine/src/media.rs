//! Downloading the files of images, thumbnails first, and reading them.

use std::sync::Arc;
use std::time::Duration;

use amethyst_imaging::Format;
use amethyst_model::{Backoff, ImageId, MediaVariant, RetryClass};
use amethyst_store::{Change, Entity, WantedFile};
use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::Error;
use crate::library::{Library, Step};
use crate::room;

/// Files downloaded at once.
const PARALLEL: usize = 4;
/// Files taken from the list at a time, so that a new thumbnail never waits behind many originals.
const BATCH: u32 = 16;
/// Looks at the list at least this often.
const IDLE: Duration = Duration::from_secs(30);
/// Waits before a file that failed is tried again.
const AGAIN: Backoff = Backoff {
    base: Duration::from_secs(2),
    cap: Duration::from_secs(300),
};

/// The bytes of one file.
#[derive(Clone, Debug)]
pub struct MediaBytes {
    /// Content.
    pub bytes: Vec<u8>,
    /// MIME type, from the content itself.
    pub mime: &'static str,
    /// BLAKE3 of the content, the entity tag.
    pub hash: String,
}

/// Downloads what is missing, for as long as the library is open.
pub(crate) async fn fetch_loop(library: Arc<Library>) {
    // Subscribed before the first look, so that no change can fall between a look and the wait.
    let mut changes = library.store.changes();
    loop {
        library.reach.wait_until_not_offline().await;
        match look_after_files(&library).await {
            Ok(arrived) => {
                library.step_succeeded(Step::Fetch);
                if arrived {
                    continue;
                }
            }
            Err(error) => {
                library.step_failed(Step::Fetch, &error);
                library.clock.sleep(Duration::from_secs(5)).await;
            }
        }
        tokio::select! {
            () = library.reach.fetch.notified() => {}
            () = wait_for_images(&mut changes) => {}
            () = library.clock.sleep(IDLE) => {}
        }
    }
}

/// Completes when rows of images changed: new files may be wanted.
async fn wait_for_images(changes: &mut Receiver<Change>) {
    loop {
        match changes.recv().await {
            Ok(change) if change.entity == Entity::Image => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// One turn: decides what is wanted if that is open, makes room if there is too much, and downloads one
/// batch; `true` when something arrived and more may follow.
pub(crate) async fn look_after_files(library: &Library) -> Result<bool, Error> {
    room::keep_to_policy(library).await?;
    fetch_batch(library).await
}

async fn fetch_batch(library: &Library) -> Result<bool, Error> {
    let only_opened = room::is_paused(library).await?;
    let wanted = library
        .store
        .media_to_fetch(library.clock.now(), BATCH, only_opened)
        .await?;
    if wanted.is_empty() {
        return Ok(false);
    }
    let results: Vec<Result<bool, Error>> = stream::iter(wanted)
        .map(|file| fetch_one(library, file))
        .buffer_unordered(PARALLEL)
        .collect()
        .await;
    let mut arrived = false;
    for result in results {
        arrived |= result?;
    }
    Ok(arrived)
}

/// Downloads one file and writes down what became of it. Errors are those that stop the others too.
async fn fetch_one(library: &Library, wanted: WantedFile) -> Result<bool, Error> {
    let result = download(library, &wanted).await;
    let (image, variant) = (wanted.image, wanted.file.variant);
    match result {
        Ok(()) => {
            library.reach.answered();
            let mut tx = library.store.begin().await?;
            tx.media_fetched(image, variant).await?;
            tx.commit().await?;
            Ok(true)
        }
        Err(error) => {
            library.reach.failed(&error);
            match error.retry() {
                RetryClass::Offline | RetryClass::Auth => Ok(false),
                _ if matches!(error, Error::Store(amethyst_store::Error::DiskFull)) => Err(error),
                class => {
                    let after = match class {
                        RetryClass::Transient(after) => after,
                        _ => None,
                    };
                    tracing::info!(variant = variant.as_str(), %error, "a file did not arrive");
                    let wait = AGAIN.wait(wanted.attempts, rand::random(), after);
                    let mut tx = library.store.begin().await?;
                    tx.media_failed(image, variant, library.clock.now() + wait)
                        .await?;
                    tx.commit().await?;
                    Ok(false)
                }
            }
        }
    }
}

/// Fetches the bytes, resuming what an earlier attempt left. The file appears under its hash only when
/// size and BLAKE3 are right.
async fn download(library: &Library, wanted: &WantedFile) -> Result<(), Error> {
    if library.store.media().contains(&wanted.file).await? {
        return Ok(());
    }
    let token = library.session.access_token().await?;
    let mut partial = library.store.media().open_partial(&wanted.file).await?;
    let storage = library.remote.storage(&token);
    let mut answer = match storage.download(&wanted.file.path, partial.offset()).await {
        Err(error) if error.retry() == RetryClass::Auth => {
            let token = library.session.refresh(&token).await?;
            library
                .remote
                .storage(&token)
                .download(&wanted.file.path, partial.offset())
                .await?
        }
        answer => answer?,
    };
    if !answer.resumed {
        partial.restart().await?;
    }
    while let Some(chunk) = answer.next_chunk().await? {
        partial.write(&chunk).await?;
    }
    partial.finish().await?;
    Ok(())
}

/// A file that was here and is gone or spoiled is fetched again.
async fn forget_lost(
    library: &Library,
    image: ImageId,
    variant: MediaVariant,
) -> Result<(), Error> {
    let present = library.store.media_present(&[image]).await?;
    let listed = present
        .get(&image)
        .is_some_and(|variants| variants.contains(&variant));
    if listed && !library.read_only {
        let mut tx = library.store.begin().await?;
        tx.media_lost(image, variant).await?;
        tx.commit().await?;
        library.reach.fetch.notify_one();
    }
    Ok(())
}

/// What the user looks at is fetched first, and goes last when room is needed.
pub(crate) async fn note_opened(
    library: &Library,
    image: ImageId,
    variant: MediaVariant,
) -> Result<(), Error> {
    if library.read_only {
        return Ok(());
    }
    let mut tx = library.store.begin().await?;
    tx.media_opened(image, variant, library.clock.now()).await?;
    tx.commit().await?;
    library.reach.fetch.notify_one();
    Ok(())
}

/// Reads one file of an image from this machine; `None` when it is not here (yet).
pub(crate) async fn read(
    library: &Library,
    image: ImageId,
    variant: MediaVariant,
) -> Result<Option<MediaBytes>, Error> {
    let image = library
        .store
        .image(image)
        .await?
        .ok_or(Error::NotFound("image"))?;
    let Some(file) = image.file(variant) else {
        return Ok(None);
    };
    let bytes = library.store.media().read(file).await?;
    if bytes.is_none() {
        forget_lost(library, image.id, variant).await?;
    }
    if bytes.is_none() || variant == MediaVariant::Original {
        note_opened(library, image.id, variant).await?;
    }
    let Some(bytes) = bytes else {
        return Ok(None);
    };
    let mime = Format::sniff(&bytes).map_or("application/octet-stream", Format::mime);
    Ok(Some(MediaBytes {
        bytes,
        mime,
        hash: file.blake3.clone(),
    }))
}
