//! A stand-in for secrets in `Debug` output.

use std::fmt;

/// Prints as `…`, whatever it stands for.
pub(crate) struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
