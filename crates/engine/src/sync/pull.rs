//! The pull loop: page after page from the change feed, then wait.
//!
//! It is also the one that keeps knocking while the server is away; the sender and the downloader rest
//! until it reports an answer.

use std::sync::Arc;
use std::time::Duration;

use amethyst_model::{Backoff, ChangePage, RetryClass};

use super::apply::{apply_page, note_clock};
use crate::Error;
use crate::library::{Library, Step};

/// Re-reads the server's address and gives it to the remote; `false` when none is known.
pub(crate) type ResolveEndpoint =
    Arc<dyn Fn() -> std::pin::Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

/// Rows of a first page: few, so that what is new is seen at once.
const PAGE: u32 = 500;
/// Rows of the pages after it; the server allows 2 000. Two of them are in memory at a time.
const LARGE_PAGE: u32 = 1000;
/// A page that is too large to be taken is asked for again in smaller pieces, down to this.
const SMALLEST_PAGE: u32 = 10;
/// Pause between pulls when no nudge comes.
const IDLE: Duration = Duration::from_secs(20);
/// Pauses while entries above the feed's horizon wait for transactions in flight.
const BEHIND: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
];
/// Pauses between knocks at a silent server. The cap is short because a person is waiting.
const KNOCK: Backoff = Backoff {
    base: Duration::from_secs(1),
    cap: Duration::from_secs(15),
};

/// Pulls at start, on every wake-up and at intervals, for as long as the library is open.
pub(crate) async fn pull_loop(library: Arc<Library>, resolve: ResolveEndpoint) {
    let mut failures = 0_u32;
    let mut behind = 0_usize;
    loop {
        let outcome = pull_all(&library, &resolve).await;
        library.set_pulling(false);
        let pause = match outcome {
            Ok(false) => {
                (failures, behind) = (0, 0);
                library.step_succeeded(Step::Pull);
                IDLE
            }
            Ok(true) => {
                failures = 0;
                behind += 1;
                BEHIND[(behind - 1).min(BEHIND.len() - 1)]
            }
            Err(error) => {
                library.step_failed(Step::Pull, &error);
                let pause = pause_after(&error, failures);
                failures += 1;
                pause
            }
        };
        wait(&library, pause).await;
    }
}

/// Until the pause is over or somebody asks. While signed out of the server only asking helps.
async fn wait(library: &Library, pause: Duration) {
    tokio::select! {
        () = library.clock.sleep(pause) => {}
        () = library.reach.pull.notified() => {}
    }
}

fn pause_after(error: &Error, failures: u32) -> Duration {
    let random = rand::random::<f64>();
    match error.retry() {
        RetryClass::Transient(after) => KNOCK.wait(failures, random, after),
        RetryClass::Auth => IDLE,
        RetryClass::Offline | RetryClass::Conflict | RetryClass::Permanent => KNOCK
            .wait(failures, random, None)
            .max(Duration::from_millis(200)),
    }
}

/// Pulls until nothing more is there; answers whether the feed is behind. While a page is written to the
/// disk the next one is on its way.
async fn pull_all(library: &Library, resolve: &ResolveEndpoint) -> Result<bool, Error> {
    if !resolve().await {
        return Err(Error::NoServer);
    }
    let cursor = library.store.cursor().await?;
    let mut page = first_page(library, cursor).await?;
    loop {
        if !page.has_more {
            apply_page(library, &page).await?;
            return finish(library, &page).await;
        }
        library.set_pulling(true);
        let (applied, next) = tokio::join!(
            apply_page(library, &page),
            pull_page(library, page.cursor.as_deref(), LARGE_PAGE),
        );
        applied?;
        page = match next? {
            next if next.resync_required => start_over(library).await?,
            next => next,
        };
    }
}

/// Pulls one page and applies it; answers whether more is there. For whoever runs the client step by step.
pub(crate) async fn pull_once(library: &Library, limit: u32) -> Result<bool, Error> {
    let cursor = library.store.cursor().await?;
    let page = pull_page(library, cursor.as_deref(), limit).await?;
    let page = match page.resync_required {
        true => start_over(library).await?,
        false => page,
    };
    note_clock(library, &page).await?;
    apply_page(library, &page).await?;
    if page.has_more {
        return Ok(true);
    }
    finish(library, &page).await
}

async fn finish(library: &Library, page: &ChangePage) -> Result<bool, Error> {
    library.pulled_all().await?;
    Ok(page.behind)
}

/// The first page of a pull. When more follow, it is counted how many rows are to come, unless that was
/// done before an interruption.
async fn first_page(library: &Library, cursor: Option<String>) -> Result<ChangePage, Error> {
    let mut cursor = cursor;
    let mut page = pull_page(library, cursor.as_deref(), PAGE).await?;
    if page.resync_required {
        page = start_over(library).await?;
        cursor = None;
    }
    note_clock(library, &page).await?;
    if page.has_more && library.store.pull_progress().await?.is_none() {
        count(library, cursor.as_deref()).await?;
    }
    Ok(page)
}

/// A bar of progress is worth one question, and no failure.
async fn count(library: &Library, cursor: Option<&str>) -> Result<(), Error> {
    let token = library.session.access_token().await?;
    match library.remote.rest(&token).count_changes(cursor).await {
        Ok(expected) => {
            let mut tx = library.store.begin().await?;
            tx.begin_progress(expected).await?;
            tx.commit().await?;
        }
        Err(error) => tracing::debug!(%error, "what is to come was not counted"),
    }
    Ok(())
}

/// The server wants a full reconciliation: forgets the cursor and begins with the first page.
async fn start_over(library: &Library) -> Result<ChangePage, Error> {
    tracing::info!("the server asks for a full reconciliation");
    let mut tx = library.store.begin().await?;
    tx.begin_resync().await?;
    tx.commit().await?;
    let page = pull_page(library, None, PAGE).await?;
    match page.resync_required {
        // A cursor that does not exist cannot be too old.
        true => Err(amethyst_remote::Error::Decode("pull_changes").into()),
        false => Ok(page),
    }
}

/// One page; an access token that is refused is refreshed once.
async fn pull_page(
    library: &Library,
    cursor: Option<&str>,
    limit: u32,
) -> Result<ChangePage, Error> {
    let mut token = library.session.access_token().await?;
    let mut limit = limit;
    let mut refreshed = false;
    loop {
        let answer = library
            .remote
            .rest(&token)
            .pull_changes(cursor, limit)
            .await;
        match answer {
            Err(error) if error.retry() == RetryClass::Auth && !refreshed => {
                token = library.session.refresh(&token).await?;
                refreshed = true;
            }
            Err(amethyst_remote::Error::Decode(what)) if limit > SMALLEST_PAGE => {
                tracing::warn!(what, limit, "a page could not be read; asking for less");
                limit = (limit / 4).max(SMALLEST_PAGE);
            }
            Ok(page) => {
                library.reach.answered();
                return Ok(page);
            }
            Err(error) => return Err(error.into()),
        }
    }
}
