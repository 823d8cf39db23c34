//! Builders of whole clients for the journeys: the real core on a temporary folder, talking to a real
//! local backend.

mod client;
mod wait;

pub use client::{PASSWORD, TestClient, quick_draft};
pub use wait::eventually;
