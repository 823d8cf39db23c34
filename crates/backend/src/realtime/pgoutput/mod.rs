//! PostgreSQL's logical replication messages (`pgoutput`, protocol version 1), read from bytes.
//!
//! Pure: bytes in, messages out. Where the bytes come from is the business of `slot`, what they mean
//! for subscribers that of `feed`. Messages that change no row (origin, type, truncate, logical
//! messages) are recognized and handed on as [`Message::Other`].

mod message;
mod reader;

#[cfg(test)]
pub(crate) use message::RelationColumn;
pub(crate) use message::{Message, Relation, Tuple, TupleValue, decode};
pub(crate) use reader::DecodeError;
