//! The one task that reads changes and hands them out, for as long as anybody listens.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::AbortOnDropHandle;

use super::dispatch::dispatch;
use super::hub::Hub;
use super::slot::{Slot, SlotError};
use crate::app::App;

/// How often the stream is read. The hosted server does the same.
const POLL: Duration = Duration::from_millis(100);
/// How long to wait before the slot is made again, at first and at most.
const RETRY: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));
const BROKEN: &str =
    "Unable to subscribe to changes: the replication stream broke and will be resumed";

/// Runs until the app stops. A slot that breaks is made anew; subscribers are told, because what was
/// committed in between never reaches them.
pub(crate) async fn run(app: App, hub: Arc<Hub>) {
    let mut pause = RETRY.0;
    let work = async {
        loop {
            hub.somebody().await;
            // A task of its own, so that a panic over one change does not end realtime for good.
            let listening =
                AbortOnDropHandle::new(tokio::spawn(listen(app.clone(), Arc::clone(&hub))));
            let cause = match listening.await {
                Ok(Ok(())) => {
                    pause = RETRY.0;
                    continue;
                }
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            };
            tracing::warn!(cause, "realtime is interrupted");
            hub.break_off(BROKEN);
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(RETRY.1);
        }
    };
    app.stopping().run_until_cancelled(work).await;
}

/// Reads one slot until nobody listens any more.
async fn listen(app: App, hub: Arc<Hub>) -> Result<(), SlotError> {
    let mut slot = Slot::open(app.pool()).await?;
    hub.go_live();
    let mut ticks = tokio::time::interval(POLL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !hub.rest_if_deserted() {
        if let Some(mut reading) = slot.read().await? {
            loop {
                let changes = reading.next().await?;
                if changes.is_empty() {
                    break;
                }
                dispatch(&app, &hub, &changes).await?;
            }
        }
        ticks.tick().await;
    }
    slot.close().await;
    Ok(())
}
