//! Files that only their owner may read, written whole or not at all.

use std::io::Write;
use std::path::Path;

/// Replaces `path` with `bytes`, mode 0600.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    // Created with mode 0600 on Unix by `tempfile` itself.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
