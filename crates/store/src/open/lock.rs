//! Locks between processes: one owns a library, one at a time refreshes the session.

use std::fs::TryLockError;
use std::path::Path;

use crate::error::{Error, Result};

/// A lock on a file, held by the operating system and so gone with the process, however it ends.
#[derive(Debug)]
pub struct FileLock(fs_err::File);

impl FileLock {
    /// Takes the lock on `path`, which is made if need be.
    ///
    /// # Errors
    /// [`Error::InUse`] at once while somebody else has it; the file system's refusal.
    pub fn take(path: &Path) -> Result<Self> {
        let file = fs_err::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        match file.file().try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Error::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Gives it back before it is dropped.
    pub(crate) fn release(&self) {
        if let Err(error) = self.0.file().unlock() {
            tracing::warn!(%error, "a lock was not released");
        }
    }
}
