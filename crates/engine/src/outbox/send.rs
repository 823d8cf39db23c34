//! The send loop: heads of the lanes, a few at a time, then wait for a reason to look again.

use std::sync::Arc;
use std::time::Duration;

use amethyst_model::{Intent, QueuedIntent, RetryClass};
use futures_util::StreamExt;
use futures_util::stream;

use super::deliver::deliver;
use super::outcome::{Outcome, settle};
use crate::Error;
use crate::library::{Library, Step};

/// Lanes served at once.
const PARALLEL: usize = 4;
/// Looks at the outbox at least this often, should a wake-up ever be missed.
const IDLE: Duration = Duration::from_secs(30);

/// Sends whatever may go, for as long as the library is open.
pub(crate) async fn send_loop(library: Arc<Library>) {
    loop {
        library.reach.wait_until_not_offline().await;
        match send_ready(&library, usize::MAX).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                library.step_failed(Step::Send, &error);
                library.clock.sleep(Duration::from_secs(1)).await;
            }
        }
        let pause = pause(&library).await;
        tokio::select! {
            () = library.reach.send.notified() => {}
            () = library.clock.sleep(pause) => {}
        }
    }
}

async fn pause(library: &Library) -> Duration {
    let next = match library.store.next_send_at(library.clock.now()).await {
        Ok(next) => next,
        Err(error) => {
            tracing::warn!(%error, "the outbox cannot be read");
            None
        }
    };
    let next = [next, library.hold.until()].into_iter().flatten().min();
    next.map_or(IDLE, |at| {
        (at - library.clock.now())
            .to_std()
            .unwrap_or_default()
            .min(IDLE)
    })
}

/// Sends the heads of lanes that may go now, `most` of them at most; `true` when at least one was settled
/// for good, so that the next in its lane can follow at once.
pub(crate) async fn send_ready(library: &Library, most: usize) -> Result<bool, Error> {
    let mut ready = library.store.sendable(library.clock.now()).await?;
    if library.is_held().await? {
        ready.retain(|queued| !matches!(queued.intent, Some(Intent::CreateGeneration { .. })));
    }
    ready.truncate(most);
    if ready.is_empty() {
        return Ok(false);
    }
    let outcomes: Vec<Result<bool, Error>> = stream::iter(ready)
        .map(|queued| send_one(library, queued))
        .buffer_unordered(PARALLEL)
        .collect()
        .await;
    let mut progressed = false;
    for outcome in outcomes {
        progressed |= outcome?;
    }
    Ok(progressed)
}

/// Sends one intent and writes down what became of it.
async fn send_one(library: &Library, queued: QueuedIntent) -> Result<bool, Error> {
    library.store.mark_in_flight(queued.id);
    let result = attempt(library, &queued).await;
    let settled = match result {
        Ok(outcome) => {
            library.reach.answered();
            settle(library, &queued, outcome).await
        }
        Err(error) => {
            library.reach.failed(&error);
            match error.retry() {
                // The queue rests; the puller finds out when the server is back, or the user signs in.
                RetryClass::Offline | RetryClass::Auth => {
                    tracing::debug!(kind = kind(&queued), %error, "not sent yet");
                    Ok(false)
                }
                _ => settle(library, &queued, Outcome::from_failure(&queued, &error)).await,
            }
        }
    };
    library.store.clear_in_flight(queued.id);
    library.tell(crate::Event::Sync);
    settled
}

/// One try; an access token that is refused is refreshed once.
async fn attempt(library: &Library, queued: &QueuedIntent) -> Result<Outcome, Error> {
    let token = library.session.access_token().await?;
    match deliver(library, &token, queued).await {
        Err(error) if error.retry() == RetryClass::Auth => {
            let token = library.session.refresh(&token).await?;
            deliver(library, &token, queued).await
        }
        answer => answer,
    }
}

fn kind(queued: &QueuedIntent) -> &'static str {
    queued.intent.as_ref().map_or("unknown", Intent::kind)
}
