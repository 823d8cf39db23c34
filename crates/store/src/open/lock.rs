//! One process owns a library.

use std::fs::TryLockError;
use std::path::Path;

use crate::error::{Error, Result};

/// A lock on `library.lock`, held by the operating system and so gone with the process, however it ends.
pub(crate) struct LibraryLock(fs_err::File);

impl LibraryLock {
    /// Takes the lock or answers [`Error::InUse`] at once.
    pub(super) fn take(folder: &Path) -> Result<Self> {
        let file = fs_err::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join("library.lock"))?;
        match file.file().try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Error::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Gives it back before the last clone of the store is dropped.
    pub(crate) fn release(&self) {
        if let Err(error) = self.0.file().unlock() {
            tracing::warn!(%error, "the library's lock was not released");
        }
    }
}
