//! What is found out about every image: colors and technical measures, description and labels, style, safety, and
//! the vector by which images are compared.
//!
//! [`service`] knows who finds out what: [`measure`] looks at pixels, [`scene`] reads what the sketch painter painted,
//! [`vector`] hashes words, [`remote`] asks OpenAI where there is a key. Jobs that nobody here can serve are not even
//! claimed. A batch of jobs is claimed at once, the jobs of one image are done together and told in one call, and
//! telling twice counts once. A service that is away or asks for patience costs no job an attempt.
//!
//! Not here: which jobs there are and which wait for which (SQL), what a prompt may say before it is painted
//! (`openai::moderation`).

mod batch;
mod job;
mod measure;
mod outcome;
mod pause;
mod remote;
mod rerun;
mod scene;
mod service;
mod vector;
mod vocabulary;

use std::time::Duration;

use amethyst_model::Backoff;
use tokio_util::sync::CancellationToken;

pub use job::AnalysisKind;
pub use rerun::{RequeueError, Requeued, requeue};

use crate::config::Config;
use crate::hosted::Hosted;
use crate::metrics::Metrics;
use crate::openai::OpenAi;
use remote::Remote;
use service::Service;

/// Jobs that are claimed at once: five images' worth.
const BATCH: u32 = 25;

/// An empty queue is looked at this many times more rarely than that of generations: nobody waits for an analysis
/// with the picture not yet there.
const PATIENCE: u32 = 3;

const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(500),
    cap: Duration::from_secs(30),
};

/// Analyses until `stop`; then finishes what is in hand, or gives it back at `hurry`.
pub(crate) async fn analyze(
    hosted: Hosted,
    config: Config,
    name: String,
    metrics: Metrics,
    stop: CancellationToken,
    hurry: CancellationToken,
) {
    let remote = config
        .openai
        .as_ref()
        .and_then(|openai| match OpenAi::new(openai) {
            Ok(openai) => Some(Remote::new(openai)),
            Err(error) => {
                tracing::error!(%error, "OpenAI is not used");
                None
            }
        });
    let service = Service::new(hosted.clone(), remote, metrics);
    let mut misses = 0;
    while !stop.is_cancelled() {
        let (wanted, undescribed) = service.wanted();
        // Not raced against `stop`: a claim whose answer is dropped would keep its jobs from everyone.
        let claim = tokio::select! {
            claim = hosted.claim_analyses(&name, BATCH, config.lease, &wanted, &undescribed) => claim,
            () = hurry.cancelled() => return,
        };
        let wait = match claim {
            Ok(claim) if !claim.is_empty() => {
                misses = 0;
                batch::work(&service, &hosted, config.lease, claim, &hurry).await;
                continue;
            }
            Ok(_) => {
                misses = 0;
                config.poll * PATIENCE
            }
            Err(error) => {
                if misses == 0 {
                    tracing::warn!(%error, "cannot claim analyses; trying again");
                }
                misses += 1;
                let wait = BACKOFF.wait(misses, rand::random(), error.retry_after());
                wait.max(config.poll)
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}
