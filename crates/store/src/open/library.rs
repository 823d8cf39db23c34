//! The two ways to open an account's folder.

use std::path::Path;

use super::connect::{Connections, connect, connect_read_only};
use super::lock::FileLock;
use super::rebuild::{Salvage, finish_interrupted, rebuild};
use crate::Store;
use crate::error::{Error, Result};
use crate::media::MediaFolder;

/// A library as it was found.
pub struct OpenedLibrary {
    /// The library.
    pub store: Store,
    /// Set when the file was damaged and has been rebuilt.
    pub salvage: Option<Salvage>,
}

pub(super) const DATABASE: &str = "library.db";
const LOCK: &str = "library.lock";

impl Store {
    /// Opens the library in `folder`, one account's own, and owns it until closed. A missing one is made.
    /// A damaged one is moved aside and rebuilt: the outbox is carried over as far as it can be read, the
    /// rest comes back by pulling.
    ///
    /// # Errors
    /// [`Error::InUse`] when another process owns it, [`Error::Newer`] when a newer program has changed
    /// its form, [`Error::DiskFull`], or the file system's refusal.
    pub async fn open(folder: &Path) -> Result<OpenedLibrary> {
        fs_err::tokio::create_dir_all(folder).await?;
        let lock = FileLock::take(&folder.join(LOCK))?;
        finish_interrupted(folder)?;
        let path = folder.join(DATABASE);
        let (connections, salvage) = match connect(&path).await {
            Ok(connections) => (connections, None),
            Err(Error::Damaged) => {
                let salvage = rebuild(folder).await?;
                (connect(&path).await?, Some(salvage))
            }
            Err(error) => return Err(error),
        };
        let Connections { writer, readers } = connections;
        let store = Self::new(Some(writer), readers, media_folder(folder), Some(lock));
        Ok(OpenedLibrary { store, salvage })
    }

    /// Opens a library that another process owns, for reading. It is told of no changes.
    ///
    /// # Errors
    /// [`Error::InUse`] while its owner is still making it; [`Error::Newer`]; the database's refusal.
    pub async fn open_read_only(folder: &Path) -> Result<Self> {
        let readers = connect_read_only(&folder.join(DATABASE)).await?;
        Ok(Self::new(None, readers, media_folder(folder), None))
    }
}

pub(super) fn media_folder(folder: &Path) -> MediaFolder {
    MediaFolder::new(folder.join("media"))
}
