//! `/realtime/v1`: changes of rows over WebSocket, in the Phoenix protocol.
//!
//! The way of a change: `slot` reads it from PostgreSQL's log through the publication, in order of
//! commit; `judge` asks whose filters and policies let it through; `payload` writes it as each role may
//! see it; `hub` knows the channels; `outlet` and `socket` bring it to the client. Nothing is stored:
//! who was not listening asks for what he missed. Broadcast and presence are not served.

mod change;
mod connect;
mod dispatch;
mod expiry;
mod feed;
mod filter;
mod frame;
mod hub;
mod join;
mod judge;
mod outlet;
mod payload;
mod pgoutput;
mod session;
mod slot;
mod socket;
mod subscribe;
mod table;
mod value;
mod visibility;

pub(crate) use connect::router;

/// What clients may listen to is what this publication holds.
const PUBLICATION: &str = "supabase_realtime";
