//! The core behind the window, started when it can be.

use std::time::Duration;

use amethyst_api::ApiError;
use amethyst_engine::{Config, Core};
use tokio::sync::Mutex;

/// Holds the core. One that could not start, because the disk is full or a folder may not be written, is
/// tried again whenever the window asks, so that its user can mend the cause and go on.
pub(crate) struct Client {
    config: Config,
    core: Mutex<Option<Core>>,
}

impl Client {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            config,
            core: Mutex::new(None),
        }
    }

    /// The running core, started if it is not.
    ///
    /// # Errors
    /// Why it cannot start.
    pub(crate) async fn core(&self) -> Result<Core, ApiError> {
        let mut slot = self.core.lock().await;
        if let Some(core) = slot.as_ref() {
            return Ok(core.clone());
        }
        let core = Core::start(self.config.clone()).await.map_err(|error| {
            let error = ApiError::from(error);
            tracing::error!(report_id = %error.report_id, message = error.message, "cannot start");
            error
        })?;
        Ok(slot.insert(core).clone())
    }

    /// Ends the core, if there is one.
    pub(crate) async fn shutdown(&self, deadline: Duration) {
        if let Some(core) = self.core.lock().await.take() {
            core.shutdown(deadline).await;
        }
    }
}
