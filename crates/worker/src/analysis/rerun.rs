//! Asking for analyses again, of all images: after a new model, new instructions or a repaired analyser.

use std::time::Duration;

use amethyst_model::Backoff;
use thiserror::Error;
use uuid::Uuid;

use super::job::AnalysisKind;
use crate::config::Config;
use crate::hosted::{CallError, Hosted};

/// Images of one call.
const PAGE: u32 = 500;

/// Tries for one page.
const TRIES: u32 = 8;

const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(500),
    cap: Duration::from_secs(30),
};

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requeued {
    /// Images that were looked at.
    pub images: u64,
    /// Jobs that were queued; those that wait or run already do not count.
    pub queued: u64,
    /// The last page begins behind this image: from where to go on after an interruption.
    pub after: Option<Uuid>,
}

/// Why it ended early. What was queued before stays queued.
#[derive(Debug, Error)]
pub enum RequeueError {
    /// The HTTP client cannot be built.
    #[error("no HTTP client: {0}")]
    Http(#[from] reqwest::Error),
    /// The server is away or refuses.
    #[error("{0}")]
    Call(String),
}

/// Queues the kinds again for every image that is not in the trash, behind all new images; workers then do them.
/// What `except_version` has found already is left out. `report` is told after each page. Safe to repeat, and to
/// stop: nothing is queued twice.
///
/// # Errors
/// [`RequeueError`].
pub async fn requeue(
    config: &Config,
    kinds: &[AnalysisKind],
    except_version: Option<&str>,
    mut report: impl FnMut(Requeued) + Send,
) -> Result<Requeued, RequeueError> {
    let hosted = Hosted::new(config)?;
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let mut sum = Requeued::default();
    loop {
        let mut tries = 0;
        let page = loop {
            tries += 1;
            match hosted
                .enqueue_analyses(&kinds, except_version, sum.after, PAGE)
                .await
            {
                Ok(page) => break page,
                Err(error) if error.is_passing() && tries < TRIES => {
                    let wait = BACKOFF.wait(tries, rand::random(), error.retry_after());
                    tokio::time::sleep(wait).await;
                }
                Err(error) => return Err(failed(&error)),
            }
        };
        sum.images += page.images;
        sum.queued += page.queued;
        sum.after = page.next;
        report(sum);
        if page.next.is_none() {
            return Ok(sum);
        }
    }
}

fn failed(error: &CallError) -> RequeueError {
    RequeueError::Call(error.to_string())
}
