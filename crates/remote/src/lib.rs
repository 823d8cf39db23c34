//! Typed client of a Supabase project: auth, rest, storage, realtime.
//!
//! [`Remote`] is where a call starts. Everything that comes back is either an entity of
//! `amethyst-model` or an [`Error`] that knows what it means for a queue ([`Error::retry`]). Nothing is
//! kept here but the server's address and connections: no session, no cursor, no retry loop; those are
//! the engine's. No token, prompt or e-mail address reaches a `Debug`, a `Display` or the log.

mod auth;
mod debug;
mod endpoint;
mod error;
mod failure;
mod http;
mod jwt;
mod project;
mod realtime;
mod remote;
mod rest;
mod retry;
mod storage;
mod wire;

pub use auth::{Auth, Health, Session, SignOutScope, SignUp, VerifyKind};
pub use endpoint::Endpoint;
pub use error::{Error, Mismatch};
pub use realtime::{Realtime, RealtimeChannel, RealtimeEvent};
pub use remote::Remote;
pub use rest::{
    Act, Answered, MergedModel, MergedPreferences, Requested, Rest, Suggested, Switched, Worded,
    WordingState,
};
pub use storage::{Download, Storage};
