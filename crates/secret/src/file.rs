//! The sealed file on disk: whole or absent, readable by its owner only.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use amethyst_model::SecretError;

/// Where the sealed session lies.
#[derive(Debug)]
pub(crate) struct SealedFile {
    folder: PathBuf,
    path: PathBuf,
}

impl SealedFile {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            path: folder.join("session.sealed"),
        }
    }

    /// The content, `None` when there is no file.
    pub(crate) fn read(&self) -> Result<Option<Vec<u8>>, SecretError> {
        match fs_err::read(&self.path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io(&error)),
        }
    }

    /// Replaces the content: after a crash at any point the old or the new one is there.
    pub(crate) fn write(&self, content: &[u8]) -> Result<(), SecretError> {
        fs_err::create_dir_all(&self.folder).map_err(|error| io(&error))?;
        // Made with access for the owner only; on Windows the user's folder sees to that.
        let mut file = tempfile::Builder::new()
            .prefix(".session.")
            .tempfile_in(&self.folder)
            .map_err(|error| io(&error))?;
        file.write_all(content).map_err(|error| io(&error))?;
        file.as_file().sync_all().map_err(|error| io(&error))?;
        file.persist(&self.path).map_err(|error| io(&error.error))?;
        self.sync_folder()
    }

    /// Deletes it; having none is fine.
    pub(crate) fn delete(&self) -> Result<(), SecretError> {
        match fs_err::remove_file(&self.path) {
            Ok(()) => self.sync_folder(),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(io(&error)),
        }
    }

    /// Makes the file's name as durable as its content. Windows does so by itself.
    fn sync_folder(&self) -> Result<(), SecretError> {
        if cfg!(unix) {
            let folder = fs_err::File::open(&self.folder).map_err(|error| io(&error))?;
            folder.sync_all().map_err(|error| io(&error))?;
        }
        Ok(())
    }
}

fn io(error: &std::io::Error) -> SecretError {
    SecretError::Io(error.to_string())
}
