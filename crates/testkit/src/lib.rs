//! A real local backend, faults and secrets for tests. A dependency of tests only.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "test support: a failure here is a failed test"
)]

mod backend;
mod clock;
pub mod double;
mod secrets;

pub use amethyst_backend::{Fault, Faults, Mail};
pub use backend::TestBackend;
pub use clock::ManualClock;
pub use double::{OpenAiDouble, Reply, StripeAsked, StripeDouble};
pub use secrets::MemorySecrets;
