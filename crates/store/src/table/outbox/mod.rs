//! The outbox: what the user did and the server has not confirmed.
//!
//! Intents of one lane go out in order, lanes are independent; a parked intent stops its lane only. The
//! lane is also the mark of what is unsent: see `overlay`.

mod enqueue;
mod read;
pub(crate) mod row;
mod settle;

pub use settle::Ack;
