//! What is found out about images: a real worker on the real backend, outside services played on this machine.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod again;
mod broken;
mod elsewhere;
mod here;
mod support;
mod trouble;
