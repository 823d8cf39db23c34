//! The worker against the real backend: real queue, real storage, real ledger, real bad luck.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod away;
mod crash;
mod done;
mod ended;
mod published;
mod served;
mod stop;
mod user;
mod wordings;
