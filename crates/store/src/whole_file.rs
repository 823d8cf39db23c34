//! Files that appear whole or not at all: written beside their place, flushed to the disk, renamed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::Result;

/// Replaces the file at `path`.
pub(crate) async fn write(path: PathBuf, bytes: Vec<u8>) -> Result<()> {
    off_thread(move || {
        fill(&path, |file| file.write_all(&bytes))?;
        Ok(())
    })
    .await
}

/// Writes a temporary neighbor through `content`, then renames it to `path`. On failure nothing is left
/// behind.
pub(crate) fn fill(
    path: &Path,
    content: impl FnOnce(&mut fs_err::File) -> io::Result<()>,
) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let partial = path.with_file_name(name);
    let written = fs_err::File::create(&partial).and_then(|mut file| {
        content(&mut file)?;
        file.sync_all()
    });
    if let Err(error) = written.and_then(|()| put_in_place(&partial, path)) {
        let _already_gone = fs_err::remove_file(&partial);
        return Err(error);
    }
    Ok(())
}

/// Renames a finished, flushed file to its place and makes the rename itself survive a power cut.
pub(crate) fn put_in_place(from: &Path, to: &Path) -> io::Result<()> {
    fs_err::rename(from, to)?;
    #[cfg(unix)]
    if let Some(folder) = to.parent() {
        fs_err::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Runs blocking file work away from the async threads.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(io::Error::other(error).into()),
    }
}
