//! One file per table: its SQL beside the row it reads and writes.
//!
//! Functions on a connection serve readers and writers alike and keep no promise by themselves;
//! [`crate::Store`] and [`crate::Tx`] offer what the rest of the program may use.

pub(crate) mod collection;
pub(crate) mod conflict;
pub(crate) mod counts;
pub(crate) mod generation;
pub(crate) mod image;
pub(crate) mod ledger;
pub(crate) mod mark;
pub(crate) mod media_file;
pub(crate) mod member;
pub(crate) mod model;
pub(crate) mod model_preference;
pub(crate) mod outbox;
pub(crate) mod preference;
pub(crate) mod profile;
pub(crate) mod setting;
pub(crate) mod suggestion;
pub(crate) mod sync_state;
pub(crate) mod tag;

/// Ids per statement; SQLite takes 32 766 values.
pub(crate) const CHUNK: usize = 500;
/// Rows per inserting statement, so that its text is one of few and stays prepared.
pub(crate) const ROWS: usize = 64;
