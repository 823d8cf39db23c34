//! Opening a library: the lock, the database, its form, and what to do when the file is damaged.

mod carve;
mod connect;
mod library;
mod lock;
mod rebuild;
mod record;
mod salvage;

pub use library::OpenedLibrary;
pub use lock::FileLock;
pub use rebuild::Salvage;
