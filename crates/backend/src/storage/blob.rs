//! The bytes of objects on disk.
//!
//! A file is named by the object's id and version, both made by the server, never by anything a client
//! sent. A version's bytes never change: a replaced object gets a new version and the old file goes
//! after the commit. Bytes are received into `incoming/`, brought to the disk and only then renamed, so
//! that a row is never committed before its file stands whole. What a crash leaves behind (`incoming/`
//! and files without a row) is cleared at the next start, see `sweep`.

use std::io;
use std::path::{Path, PathBuf};

use fs_err::tokio as fs;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

/// One version of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct BlobId {
    /// The row's id, which stays when the object is replaced.
    pub(crate) object: Uuid,
    /// The version, new with every upload.
    pub(crate) version: Uuid,
}

impl BlobId {
    /// Reads back a name that [`BlobId::file_name`] made.
    pub(crate) fn from_file_name(name: &str) -> Option<Self> {
        let (object, version) = name.split_once('.')?;
        Some(Self {
            object: object.parse().ok()?,
            version: version.parse().ok()?,
        })
    }

    fn file_name(self) -> String {
        format!("{}.{}", self.object, self.version)
    }

    /// Two hexadecimal digits, so that no folder holds all files.
    fn shelf(self) -> String {
        let mut shelf = self.object.simple().to_string();
        shelf.truncate(2);
        shelf
    }
}

/// The folder that holds the bytes of all objects of one database.
#[derive(Debug)]
pub(crate) struct BlobStore {
    root: PathBuf,
    durable: bool,
}

impl BlobStore {
    /// Opens or makes the folder and empties its `incoming/`. With `durable` false nothing waits for
    /// the disk, which only throw-away backends of tests want.
    ///
    /// # Errors
    /// When the folder cannot be made or cleared.
    pub(crate) async fn open(root: PathBuf, durable: bool) -> io::Result<Self> {
        let store = Self { root, durable };
        let incoming = store.incoming();
        match fs::remove_dir_all(&incoming).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir_all(&incoming).await?,
        }
        // The data folder may be passable for the account that PostgreSQL runs as; people's images are
        // nobody else's.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::Permissions::from_mode(0o700);
            fs::set_permissions(&store.root, mode).await?;
        }
        Ok(store)
    }

    /// Begins to receive bytes of an object that may or may not come to stand.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub(crate) async fn receive(&self, version: Uuid) -> io::Result<Incoming> {
        let path = self.incoming().join(version.to_string());
        let file = fs::File::create(&path).await?;
        Ok(Incoming {
            file,
            leftover: Leftover(Some(path)),
            hash: blake3::Hasher::new(),
            size: 0,
        })
    }

    /// Gives received bytes their final place. After this the row may be committed.
    ///
    /// # Errors
    /// When the file cannot be moved; the received bytes are then gone.
    pub(crate) async fn settle(&self, received: &mut Received, id: BlobId) -> io::Result<()> {
        let Some(from) = received.leftover.0.clone() else {
            return Err(io::Error::other("these bytes were settled before"));
        };
        let shelf = self.root.join(id.shelf());
        fs::create_dir_all(&shelf).await?;
        fs::rename(&from, shelf.join(id.file_name())).await?;
        received.leftover.0 = None;
        if self.durable {
            sync_folder(shelf).await?;
        }
        Ok(())
    }

    /// Opens a version for reading. The reader keeps its bytes even if the version is removed
    /// meanwhile.
    ///
    /// # Errors
    /// `NotFound` when the version is gone, or any error of the disk.
    pub(crate) async fn read(&self, id: BlobId) -> io::Result<fs::File> {
        fs::File::open(self.path(id)).await
    }

    /// Removes a version. Failing to is no error for the caller, whose commit already stands: the
    /// next start sweeps what stayed.
    pub(crate) async fn remove(&self, id: BlobId) {
        match fs::remove_file(self.path(id)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "a removed object stays on disk until the next start");
            }
            _ => {}
        }
    }

    /// The folders that hold settled files.
    ///
    /// # Errors
    /// When the root cannot be listed.
    pub(crate) async fn shelves(&self) -> io::Result<Vec<PathBuf>> {
        let mut shelves = Vec::new();
        let mut entries = fs::read_dir(&self.root).await?;
        while let Some(entry) = entries.next_entry().await? {
            if entry.file_name().len() == 2 && entry.file_type().await?.is_dir() {
                shelves.push(entry.path());
            }
        }
        Ok(shelves)
    }

    fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    fn path(&self, id: BlobId) -> PathBuf {
        self.root.join(id.shelf()).join(id.file_name())
    }
}

/// Bytes on their way in. Dropped before the end, they leave nothing on disk.
pub(crate) struct Incoming {
    file: fs::File,
    leftover: Leftover,
    hash: blake3::Hasher,
    size: u64,
}

impl Incoming {
    /// Bytes received so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Appends a piece.
    ///
    /// # Errors
    /// Any error of the disk; `StorageFull` when it is full.
    pub(crate) async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece).await?;
        self.hash.update(piece);
        self.size += piece.len() as u64;
        Ok(())
    }

    /// Ends the bytes and, in a durable store, waits until the disk has them.
    ///
    /// # Errors
    /// Any error of the disk: late ones of earlier writes come up here.
    pub(crate) async fn finish(mut self, store: &BlobStore) -> io::Result<Received> {
        self.file.flush().await?;
        if store.durable {
            self.file.sync_all().await?;
        }
        let mut digest = self.hash.finalize().to_hex().to_string();
        digest.truncate(32);
        Ok(Received {
            etag: format!("\"{digest}\""),
            size: self.size,
            leftover: self.leftover,
        })
    }
}

/// Bytes that came in whole and wait for their row.
pub(crate) struct Received {
    /// The entity tag, with its quotes: it follows from the bytes alone.
    pub(crate) etag: String,
    /// Length in bytes.
    pub(crate) size: u64,
    leftover: Leftover,
}

/// Removes the file it names when dropped.
struct Leftover(Option<PathBuf>);

impl Drop for Leftover {
    fn drop(&mut self) {
        if let Some(path) = self.0.take()
            && let Err(error) = fs_err::remove_file(&path)
        {
            tracing::warn!(%error, "an unfinished upload stays on disk until the next start");
        }
    }
}

/// Brings a rename to the disk. Only Unix lets a folder be synced; elsewhere the file system journals
/// the rename itself.
async fn sync_folder(folder: PathBuf) -> io::Result<()> {
    if cfg!(unix) {
        let folder: &Path = &folder;
        fs::File::open(folder).await?.sync_all().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt as _;

    fn id() -> BlobId {
        BlobId {
            object: Uuid::new_v4(),
            version: Uuid::new_v4(),
        }
    }

    async fn store(folder: &tempfile::TempDir) -> BlobStore {
        BlobStore::open(folder.path().join("objects"), true)
            .await
            .unwrap()
    }

    fn files(folder: &Path) -> usize {
        let mut count = 0;
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            count += if path.is_dir() { files(&path) } else { 1 };
        }
        count
    }

    #[tokio::test]
    async fn settled_bytes_are_read_back_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (store, id) = (store(&folder).await, id());
        let mut incoming = store.receive(id.version).await.unwrap();
        incoming.write(b"hello ").await.unwrap();
        incoming.write(b"world").await.unwrap();
        let mut received = incoming.finish(&store).await.unwrap();
        assert_eq!(received.size, 11);
        assert!(store.read(id).await.is_err());
        store.settle(&mut received, id).await.unwrap();
        drop(received);

        let mut text = String::new();
        store
            .read(id)
            .await
            .unwrap()
            .read_to_string(&mut text)
            .await
            .unwrap();
        assert_eq!(text, "hello world");
        store.remove(id).await;
        store.remove(id).await;
        assert_eq!(files(folder.path()), 0);
    }

    #[tokio::test]
    async fn unfinished_bytes_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let mut incoming = store.receive(Uuid::new_v4()).await.unwrap();
        incoming.write(b"half").await.unwrap();
        drop(incoming);
        let finished = store
            .receive(Uuid::new_v4())
            .await
            .unwrap()
            .finish(&store)
            .await
            .unwrap();
        drop(finished);
        assert_eq!(files(folder.path()), 0);
    }

    #[tokio::test]
    async fn opening_clears_what_a_crash_left_incoming() {
        let folder = tempfile::tempdir().unwrap();
        let incoming = store(&folder).await.incoming();
        fs_err::write(incoming.join("left"), b"half").unwrap();
        store(&folder).await;
        assert_eq!(files(folder.path()), 0);
    }

    #[test]
    fn names_are_read_back() {
        let id = id();
        assert_eq!(BlobId::from_file_name(&id.file_name()), Some(id));
        assert_eq!(BlobId::from_file_name("lost+found"), None);
        assert!(id.object.simple().to_string().starts_with(&id.shelf()));
    }

    #[tokio::test]
    async fn equal_bytes_have_equal_tags() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let mut tags = Vec::new();
        for text in ["a", "a", "b"] {
            let mut incoming = store.receive(Uuid::new_v4()).await.unwrap();
            incoming.write(text.as_bytes()).await.unwrap();
            tags.push(incoming.finish(&store).await.unwrap().etag.clone());
        }
        assert_eq!(tags[0], tags[1]);
        assert_ne!(tags[0], tags[2]);
    }
}
