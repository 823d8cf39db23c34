//! The folder of finished files.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use amethyst_model::MediaFile;

use super::partial::Partial;
use crate::error::{Error, Result};
use crate::whole_file::{self, off_thread};

/// The media folder of one account. Cheap to clone.
#[derive(Clone, Debug)]
pub struct MediaFolder {
    root: PathBuf,
    claims: Claims,
}

/// Contents being written by this process: two writers of one file would spoil it.
type Claims = Arc<Mutex<HashSet<String>>>;

impl MediaFolder {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self {
            root,
            claims: Claims::default(),
        }
    }

    /// Where the file lies, or will lie. The name comes from the content's hash alone, never from what
    /// the server calls it.
    #[must_use]
    pub fn path_of(&self, file: &MediaFile) -> PathBuf {
        self.path_of_content(&content_name(file))
    }

    fn path_of_content(&self, content: &str) -> PathBuf {
        self.root.join(&content[..2]).join(content)
    }

    fn path_of_partial(&self, content: &str) -> PathBuf {
        self.root.join("partial").join(content)
    }

    /// Whether the file is here with the announced size. The content is checked when it is read.
    ///
    /// # Errors
    /// When the folder cannot be looked into.
    pub async fn contains(&self, file: &MediaFile) -> Result<bool> {
        match fs_err::tokio::metadata(self.path_of(file)).await {
            Ok(found) => Ok(found.len() == file.bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The file's bytes; `None` when it is not here. A file that was changed or damaged on the disk is
    /// deleted and counts as not here: see [`crate::Tx::media_lost`].
    ///
    /// # Errors
    /// When it is here and cannot be read.
    pub async fn read(&self, file: &MediaFile) -> Result<Option<Vec<u8>>> {
        let path = self.path_of(file);
        let file = file.clone();
        off_thread(move || {
            let bytes = match fs_err::read(&path) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            if blake3::hash(&bytes).to_hex().as_str() == file.blake3 {
                return Ok(Some(bytes));
            }
            tracing::warn!(
                variant = file.variant.as_str(),
                "a file was damaged on the disk"
            );
            fs_err::remove_file(&path)?;
            Ok(None)
        })
        .await
    }

    /// Copies the file to `to`, replacing what is there; `false` when it is not here. The copy appears
    /// whole or not at all.
    ///
    /// # Errors
    /// [`Error::DiskFull`], or the file system's refusal.
    pub async fn export_copy(&self, file: &MediaFile, to: &Path) -> Result<bool> {
        let Some(bytes) = self.read(file).await? else {
            return Ok(false);
        };
        whole_file::write(to.to_owned(), bytes).await?;
        Ok(true)
    }

    /// Begins or resumes the writing of a file.
    ///
    /// # Errors
    /// [`Error::Busy`] while the same content is being written; [`Error::DiskFull`]; the file system's
    /// refusal.
    pub async fn open_partial(&self, file: &MediaFile) -> Result<Partial> {
        let content = content_name(file);
        let claim = Claim::take(&self.claims, &content)?;
        let target = self.path_of_content(&content);
        Partial::open(file, self.path_of_partial(&content), target, claim).await
    }

    /// Deletes a file to make room, unless it is being written or not here. Follow it by
    /// [`crate::Tx::media_evicted`].
    ///
    /// # Errors
    /// When the file system refuses.
    pub async fn evict(&self, file: &MediaFile) -> Result<()> {
        let (folder, content) = (self.clone(), content_name(file));
        off_thread(move || folder.forget_one(&content)).await
    }

    /// Deletes contents that no picture lists any more. Best effort: what stays behind costs room and
    /// nothing else.
    pub(crate) async fn forget(&self, contents: Vec<String>) {
        if contents.is_empty() {
            return;
        }
        let folder = self.clone();
        let deleted = off_thread(move || {
            for content in contents.iter().filter(|content| is_content_hash(content)) {
                folder.forget_one(content)?;
            }
            Ok(())
        })
        .await;
        if let Err(error) = deleted {
            tracing::info!(%error, "files without a picture stay behind");
        }
    }

    fn forget_one(&self, content: &str) -> Result<()> {
        // Being written at this moment: it will be listed, or stay behind.
        let Ok(_claim) = Claim::take(&self.claims, content) else {
            return Ok(());
        };
        for path in [self.path_of_content(content), self.path_of_partial(content)] {
            match fs_err::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The exclusive right to write one content; given back when dropped.
#[derive(Debug)]
pub(super) struct Claim {
    claims: Claims,
    content: String,
}

impl Claim {
    fn take(claims: &Claims, content: &str) -> Result<Self> {
        let mut taken = claims.lock().unwrap_or_else(PoisonError::into_inner);
        if !taken.insert(content.to_owned()) {
            return Err(Error::Busy);
        }
        Ok(Self {
            claims: Arc::clone(claims),
            content: content.to_owned(),
        })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.claims
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.content);
    }
}

/// Whether `text` is a BLAKE3 hash as the server writes it.
pub(crate) fn is_content_hash(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The name of a content. A hash that is none gets a name that no content can satisfy, so that nothing a
/// server says can lead out of the folder.
fn content_name(file: &MediaFile) -> String {
    if is_content_hash(&file.blake3) {
        file.blake3.clone()
    } else {
        blake3::hash(file.blake3.as_bytes()).to_hex().to_string()
    }
}
