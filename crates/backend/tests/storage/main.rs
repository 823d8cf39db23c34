//! Storage over HTTP against the running server, with the policies of the hosted schema and two users.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod ask;
mod forms;
mod objects;
mod rights;
#[path = "../wire/mod.rs"]
mod wire;
