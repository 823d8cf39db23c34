//! The mail that would have been sent, kept in the database and shown at `/_/inbox`.

mod page;
mod store;

pub(crate) use page::router;
pub use store::Mail;
pub(crate) use store::{all, deliver, lay};
