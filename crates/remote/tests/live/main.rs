//! The remote against the real local backend: real PostgreSQL, the hosted schema, real sockets.
#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod accounts;
mod acts;
mod confirmation;
mod faults;
mod feed;
mod files;
mod nudge;
mod painter;
mod requests;
mod shapes;
mod suggestions;
mod world;
