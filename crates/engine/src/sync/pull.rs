//! The pull loop: page after page from the change feed, then wait.
//!
//! It is also the one that keeps knocking while the server is away; the sender and the downloader rest
//! until it reports an answer.

use std::sync::Arc;
use std::time::Duration;

use amethyst_model::{Backoff, RetryClass};

use super::apply::apply_page;
use crate::Error;
use crate::library::{Library, Step};

/// Re-reads the server's address and gives it to the remote; `false` when none is known.
pub(crate) type ResolveEndpoint =
    Arc<dyn Fn() -> std::pin::Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

/// Rows per page; the server allows 2 000.
const PAGE: u32 = 500;
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

/// Pulls until nothing more is there; answers whether the feed is behind.
async fn pull_all(library: &Library, resolve: &ResolveEndpoint) -> Result<bool, Error> {
    if !resolve().await {
        return Err(Error::NoServer);
    }
    let mut cursor = library.store.cursor().await?;
    loop {
        let page = pull_page(library, cursor.as_deref()).await?;
        library.reach.answered();
        if page.resync_required {
            tracing::info!("the server asks for a full reconciliation");
            let mut tx = library.store.begin().await?;
            tx.begin_resync().await?;
            tx.commit().await?;
            cursor = None;
            continue;
        }
        if page.has_more || !page.changes.is_empty() {
            library.set_pulling(true);
        }
        apply_page(library, &page).await?;
        cursor.clone_from(&page.cursor);
        if !page.has_more {
            library.pulled_all().await?;
            return Ok(page.behind);
        }
    }
}

/// One page; an access token that is refused is refreshed once.
async fn pull_page(
    library: &Library,
    cursor: Option<&str>,
) -> Result<amethyst_model::ChangePage, Error> {
    let token = library.session.access_token().await?;
    match library.remote.rest(&token).pull_changes(cursor, PAGE).await {
        Err(error) if error.retry() == RetryClass::Auth => {
            let token = library.session.refresh(&token).await?;
            Ok(library
                .remote
                .rest(&token)
                .pull_changes(cursor, PAGE)
                .await?)
        }
        answer => Ok(answer?),
    }
}
