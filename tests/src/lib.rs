//! Builders of whole clients for the journeys: the real core on a temporary folder, talking to a real
//! local backend.

#![expect(
    clippy::unwrap_used,
    reason = "test support: a failure here is a failed test"
)]

pub mod chaos;
mod client;
mod program;
mod wait;

pub use client::{PASSWORD, TestClient, quick_draft};
pub use program::program;
pub use wait::eventually;
