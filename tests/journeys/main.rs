//! Whole clients against the whole backend: what must hold whatever happens.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod accounts;
mod chaos;
mod damage;
mod devices;
mod first_image;
mod money;
mod offline;
mod providers;
mod session;
mod storage;
mod suggestions;
mod time;
