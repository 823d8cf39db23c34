//! Signs of life: keeps the lease, carries progress, and learns that a job is lost or wanted no more.

use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::hosted::{CallError, Hosted};
use crate::provider::Progress;

/// Progress is stored at most once a second; telling it oftener is waste.
const PACE: Duration = Duration::from_millis(1050);

/// Why the work must end before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupted {
    /// The job is someone else's now, or over. Nothing may be written about it any more.
    Lost,
    /// The user cancelled.
    Cancelled,
}

/// Beats until the work must end. Meant to be raced against the work itself. `nudge` is told when a provider has
/// news, whichever worker its webhook reached.
pub(crate) async fn keep(
    hosted: &Hosted,
    prompt: Uuid,
    token: Uuid,
    lease: Duration,
    mut progress: watch::Receiver<Progress>,
    nudge: &Notify,
) -> Interrupted {
    let mut heard = Instant::now();
    // News from before the first answer are news too.
    let mut nudges = 0;
    loop {
        // News travel at the pace; without any, a third of the lease is soon enough, but a cancellation
        // should not have to wait for long.
        let quiet = (lease / 3).min(Duration::from_secs(3));
        let pause = async {
            sleep(PACE.min(lease / 3)).await;
            let news = progress.changed();
            let _ = tokio::time::timeout(quiet, news).await;
        };
        pause.await;
        let now = *progress.borrow_and_update();
        let value = serde_json::to_value(now).ok().filter(|_| now.images > 0);
        match hosted.extend(prompt, token, lease, value.as_ref()).await {
            Ok(answer) if !answer.held => return Interrupted::Lost,
            Ok(answer) if answer.cancel_requested => return Interrupted::Cancelled,
            Ok(answer) => {
                heard = Instant::now();
                if answer.nudges != nudges {
                    nudges = answer.nudges;
                    nudge.notify_one();
                }
            }
            Err(CallError::StaleLease) => return Interrupted::Lost,
            Err(error) => {
                tracing::warn!(%prompt, %error, "no answer to a sign of life");
                if heard.elapsed() > lease {
                    return Interrupted::Lost;
                }
            }
        }
    }
}
