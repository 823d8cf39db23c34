//! Scheduled work of the schema, for projects without `pg_cron`: asked for once a minute. Several workers,
//! and `pg_cron` beside them, do no harm.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::hosted::Hosted;

const PAUSE: Duration = Duration::from_secs(60);

/// Calls what is due until `stop`.
pub(crate) async fn tasks(hosted: Hosted, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match hosted.run_due_task().await {
            Ok(run) => {
                if let Some(task) = run.task {
                    tracing::info!(task, result = %run.result, "scheduled work");
                }
                if run.more {
                    continue;
                }
            }
            Err(error) => tracing::debug!(%error, "cannot run scheduled work"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
