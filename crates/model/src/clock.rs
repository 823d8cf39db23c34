//! Time as a dependency: the only trait through which the client learns what time it is.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Where the time comes from. The real one reads the system; tests steer their own.
pub trait Clock: Send + Sync + 'static {
    /// The present instant, as this machine believes it. May be wrong by days; nothing that decides
    /// about money or sign-out relies on it alone.
    fn now(&self) -> DateTime<Utc>;

    /// Completes after `duration` of this clock's time.
    fn sleep(&self, duration: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;
}

impl dyn Clock {
    /// The present instant in milliseconds since the Unix epoch.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.now().timestamp_millis()
    }
}
