//! The time of day.

use chrono::{DateTime, Utc};

/// The present instant.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where system time enters"
)]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}
