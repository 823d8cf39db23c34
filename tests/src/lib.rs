//! Builders of whole clients for the journeys: the real core on a temporary folder, talking to a real
//! local backend.

#![expect(
    clippy::unwrap_used,
    reason = "test support: a failure here is a failed test"
)]

mod client;
mod wait;

pub use client::{PASSWORD, TestClient, quick_draft};
pub use wait::eventually;
