//! How looking at an image ends: with a finding, or with a miss and whether it is worth another attempt.

use std::time::Duration;

use serde_json::{Value, json};

use super::job::Lease;

/// What an analyser found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    /// The analyser and its version.
    pub(super) version: String,
    /// As `complete_analyses` takes it.
    pub(super) result: Value,
}

/// Why nothing was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Miss {
    /// For administrators.
    pub(super) code: String,
    pub(super) again: Again,
}

/// Whether another attempt is worth it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Again {
    /// It would end the same.
    Never,
    /// A few more, in case it was chance.
    Counted,
    /// After a while, and as often as it takes: it was not the image's fault.
    After(Duration),
}

impl Miss {
    pub(super) fn never(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            again: Again::Never,
        }
    }

    /// As `fail_analyses` takes it.
    pub(super) fn told(&self, lease: &Lease) -> Value {
        let wait = match self.again {
            Again::After(wait) => json!(wait.as_secs_f64()),
            Again::Never | Again::Counted => Value::Null,
        };
        lease.with(json!({
            "error": self.code,
            "retryable": self.again != Again::Never,
            "wait_seconds": wait,
        }))
    }
}
