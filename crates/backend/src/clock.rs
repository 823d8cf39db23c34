//! Time for the server: the system's own.

use std::pin::Pin;
use std::time::Duration;

use amethyst_model::Clock;
use chrono::{DateTime, Utc};

/// [`Clock`] over the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// The present instant.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where system time enters"
)]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}
