//! `/auth/v1` against the contract of Supabase Auth, over HTTP: what auth-js and our client rely on.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod accounts;
mod ask;
mod mail;
mod sessions;
mod surface;
#[path = "../wire/mod.rs"]
mod wire;
