//! `/auth/v1`: Supabase Auth as far as the client needs it. What is not here answers 501.
//!
//! Tables and semantics follow GoTrue: refresh tokens of version 1, sessions as rows, one-time tokens
//! hashed. Mail goes to the inbox.

mod account;
mod body;
mod caller;
mod code;
mod error;
mod links;
mod password;
mod recover;
mod refresh;
mod routes;
mod session;
mod sign_in;
mod sign_out;
mod sign_up;
mod user;
mod verify;

pub(crate) use routes::router;
