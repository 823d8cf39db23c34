//! Providers the whole way: a request, the worker, a double that speaks the provider's documented language, storage
//! and ledger of the real backend.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod killed;
mod moderated;
mod money;
mod openai;
mod replicate;
mod robust;
mod shop;
mod stability;
#[path = "../queue/user.rs"]
mod user;
mod webhooks;
