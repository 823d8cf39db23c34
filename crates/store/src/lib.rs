//! The local library: SQLite cache, outbox and content-addressed media files.
//!
//! One folder per account holds `library.db`, `media/` and `library.lock`; one process owns it. Everything
//! the user sees is read from here, everything the user does is written here first: the change and its
//! intent in one [`Tx`]. The server's rows arrive through [`Tx::apply`]; what is shown is always the
//! server's last word with the unsent intents on top. After each commit [`Store::changes`] tells which
//! rows changed.
//!
//! Not here: the network, the clock (instants are handed in) and every decision about when to send or
//! fetch.

mod apply;
mod change;
mod convert;
pub mod device;
mod error;
mod media;
mod open;
mod overlay;
mod resync;
mod store;
mod table;
mod tx;
mod whole_file;

pub use change::{Change, Entity};
pub use device::{DeviceSettings, ServerAddress};
pub use error::Error;
pub use media::{MediaFolder, Partial};
pub use open::{FileLock, OpenedLibrary, Salvage};
pub use store::Store;
pub use table::conflict::Conflict;
pub use table::counts::Counts;
pub use table::generation::GenerationFilter;
pub use table::image::{GalleryEntry, GalleryFilter, Shelf};
pub use table::media_file::WantedFile;
pub use table::outbox::Ack;
pub use tx::Tx;
