//! The library through its public API, on real files in temporary folders.
//!
//! One test binary: linking SQLite several times costs more than all of these tests.

#![expect(
    clippy::unwrap_used,
    reason = "in a test a failed step is a failed test, in its helpers too"
)]

mod device;
mod feed;
mod forms;
mod gallery;
mod invariant;
mod media;
mod notices;
mod opening;
mod outbox;
mod reads;
mod resync;
mod salvage;
mod settling;
mod shown;
mod suggestions;
mod support;
mod withdrawal;
