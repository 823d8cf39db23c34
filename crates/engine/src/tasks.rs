//! Background tasks with a name, a common end and no silent death.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tasks of one owner. Ending the set ends them all.
#[derive(Clone, Debug, Default)]
pub(crate) struct TaskSet {
    tracker: TaskTracker,
    cancel: CancellationToken,
}

impl TaskSet {
    /// Runs `future` until it ends or the set does. A panic or an end before the set's is logged.
    pub(crate) fn spawn<F>(&self, name: &'static str, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let cancel = self.cancel.clone();
        let task = self.tracker.spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => true,
                () = future => cancel.is_cancelled(),
            }
        });
        self.tracker.spawn(async move {
            match task.await {
                Ok(true) => {}
                Ok(false) => tracing::error!(task = name, "background task ended early"),
                Err(error) => tracing::error!(task = name, %error, "background task died"),
            }
        });
    }

    /// Ends all tasks and waits for them, at most `deadline`. A task is dropped at its next `await`;
    /// a transaction that is dropped rolls back.
    pub(crate) async fn end(&self, deadline: Duration) {
        self.cancel.cancel();
        self.tracker.close();
        if tokio::time::timeout(deadline, self.tracker.wait())
            .await
            .is_err()
        {
            tracing::warn!("background tasks did not end in time");
        }
    }
}
