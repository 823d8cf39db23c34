//! A real local backend, faults and secrets for tests. A dependency of tests only.

mod backend;
mod secrets;

pub use amethyst_backend::{Fault, Faults, Mail};
pub use backend::TestBackend;
pub use secrets::MemorySecrets;
