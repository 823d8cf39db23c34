//! One file per table: its SQL beside the row it reads and writes.
//!
//! Functions on a connection serve readers and writers alike and keep no promise by themselves;
//! [`crate::Store`] and [`crate::Tx`] offer what the rest of the program may use.

pub(crate) mod counts;
pub(crate) mod generation;
pub(crate) mod image;
pub(crate) mod ledger;
pub(crate) mod media_file;
pub(crate) mod model;
pub(crate) mod outbox;
pub(crate) mod profile;
pub(crate) mod setting;
pub(crate) mod sync_state;
