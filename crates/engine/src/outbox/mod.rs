//! Sending what the user did: one sender, lanes in order, each intent safe to send twice.

mod deliver;
mod outcome;
mod send;

pub(crate) use send::{send_loop, send_ready};
