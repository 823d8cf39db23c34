//! Fetching what changed on the server: one puller, woken by timers, nudges and the user.

mod apply;
mod nudge;
mod pull;

pub(crate) use apply::forward_changes;
pub(crate) use nudge::nudge_loop;
pub(crate) use pull::{ResolveEndpoint, pull_loop, pull_once};
