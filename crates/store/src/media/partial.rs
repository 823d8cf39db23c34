//! A file on its way: written piece by piece, resumed after an interruption, checked at the end.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use amethyst_model::MediaFile;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use super::folder::Claim;
use crate::error::{Error, Result};
use crate::whole_file::{off_thread, put_in_place};

/// A file being written. Dropping it keeps what arrived for a later resumption.
#[derive(Debug)]
pub struct Partial {
    file: fs_err::tokio::File,
    hasher: blake3::Hasher,
    offset: u64,
    expected_bytes: u64,
    expected_hash: String,
    path: PathBuf,
    target: PathBuf,
    _claim: Claim,
}

impl Partial {
    pub(super) async fn open(
        file: &MediaFile,
        path: PathBuf,
        target: PathBuf,
        claim: Claim,
    ) -> Result<Self> {
        let expected_bytes = file.bytes;
        let opened = path.clone();
        let (std_file, hasher, offset) =
            off_thread(move || open_and_hash(opened, expected_bytes)).await?;
        Ok(Self {
            file: fs_err::tokio::File::from_std(std_file),
            hasher,
            offset,
            expected_bytes,
            expected_hash: file.blake3.clone(),
            path,
            target,
            _claim: claim,
        })
    }

    /// Bytes that are here already: fetch from here on.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Begins anew, for a server that sends the file from its start.
    ///
    /// # Errors
    /// The file system's refusal.
    pub async fn restart(&mut self) -> Result<()> {
        self.file.set_len(0).await?;
        self.file.seek(SeekFrom::Start(0)).await?;
        self.hasher.reset();
        self.offset = 0;
        Ok(())
    }

    /// Adds the next bytes.
    ///
    /// # Errors
    /// [`Error::HashMismatch`] when more comes than was announced: all of it is deleted then.
    /// [`Error::DiskFull`]; the file system's refusal. After these two drop it and open it again.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let offset = self.offset.saturating_add(bytes.len() as u64);
        if offset > self.expected_bytes {
            self.file.set_len(0).await?;
            fs_err::tokio::remove_file(&self.path).await?;
            return Err(Error::HashMismatch);
        }
        self.file.write_all(bytes).await?;
        self.hasher.update(bytes);
        self.offset = offset;
        Ok(())
    }

    /// Checks size and hash and puts the file in its place, flushed to the disk.
    ///
    /// # Errors
    /// [`Error::HashMismatch`]: what arrived is deleted, the next attempt begins anew.
    /// [`Error::DiskFull`]; the file system's refusal.
    pub async fn finish(mut self) -> Result<()> {
        self.file.flush().await?;
        let right = self.offset == self.expected_bytes
            && self.hasher.finalize().to_hex().as_str() == self.expected_hash;
        // Closed before it is renamed or deleted: Windows insists.
        let file = self.file.into_std().await;
        let (path, target) = (self.path, self.target);
        off_thread(move || {
            if !right {
                drop(file);
                fs_err::remove_file(&path)?;
                return Err(Error::HashMismatch);
            }
            file.sync_all()?;
            drop(file);
            if let Some(folder) = target.parent() {
                fs_err::create_dir_all(folder)?;
            }
            Ok(put_in_place(&path, &target)?)
        })
        .await
    }
}

fn open_and_hash(
    path: PathBuf,
    expected_bytes: u64,
) -> Result<(fs_err::File, blake3::Hasher, u64)> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    let mut file = fs_err::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    let mut hasher = blake3::Hasher::new();
    // One byte more tells that it is too long; how much too long is of no interest.
    let mut offset = io::copy(
        &mut (&mut file).take(expected_bytes.saturating_add(1)),
        &mut hasher,
    )?;
    if offset > expected_bytes {
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        hasher.reset();
        offset = 0;
    }
    Ok((file, hasher, offset))
}
