//! Payments against the real schema and a double of Stripe: pages, events, credits, refusals.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod credits;
mod orphans;
mod pages;
mod refused;
mod shop;
mod status;
mod subscribed;
