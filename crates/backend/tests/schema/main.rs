//! The hosted schema, tested where it runs. Scripts and tests that can share a server get a database of their
//! own on one; those that hold transactions open or measure the feed get a server: its horizon is the server's.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod document;
mod matrix;
mod older;
mod publication;
mod races;
mod scripts;
mod suggestion;
mod support;
mod upgrade;
