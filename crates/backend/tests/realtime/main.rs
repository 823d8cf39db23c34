//! Realtime over WebSocket against the running server, with the policies of the hosted schema and two
//! users.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod changes;
mod client;
mod manners;
mod tokens;
#[path = "../wire/mod.rs"]
mod wire;
