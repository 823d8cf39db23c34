//! Asks the database four times a minute how the queue is: for the metrics, and as a sign of life of the database.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Health;
use crate::hosted::Hosted;
use crate::metrics::Metrics;

const PAUSE: Duration = Duration::from_secs(15);

/// Longest wait for an answer: a database that needs more is not well.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks until `ended`, so that health is told while the worker stops, too.
pub(crate) async fn observe(
    hosted: Hosted,
    metrics: Metrics,
    health: Health,
    ended: CancellationToken,
) {
    while !ended.is_cancelled() {
        let answer = tokio::select! {
            answer = tokio::time::timeout(PATIENCE, hosted.queue_stats()) => answer,
            () = ended.cancelled() => return,
        };
        match answer {
            Ok(Ok(rows)) => {
                metrics.queue(Some(&rows));
                health.database_answered();
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "cannot read the queue's numbers");
                metrics.queue(None);
            }
            Err(_) => metrics.queue(None),
        }
        tokio::select! {
            () = ended.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
