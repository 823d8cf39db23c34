//! What every route of Storage works with.

use std::sync::Arc;

use tokio::sync::OnceCell;

use super::blob::BlobStore;
use super::error::StorageError;
use super::sweep;
use crate::app::App;

/// The service: the database beside the folder of bytes. Clones share both.
#[derive(Clone)]
pub(crate) struct Storage {
    app: App,
    blobs: Arc<OnceCell<BlobStore>>,
}

impl Storage {
    /// A service over the app's database and data folder. Neither is touched yet.
    pub(crate) fn new(app: App) -> Self {
        Self {
            app,
            blobs: Arc::default(),
        }
    }

    /// The state shared by all parts of the server.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// The bytes. The first call opens the folder and clears what a crash left there, before any
    /// request can put something in.
    ///
    /// # Errors
    /// When the folder cannot be opened; the next call tries again.
    pub(crate) async fn blobs(&self) -> Result<&BlobStore, StorageError> {
        self.blobs.get_or_try_init(|| self.open()).await
    }

    async fn open(&self) -> Result<BlobStore, StorageError> {
        // The folder belongs to one database: with another one behind the same data folder the sweep
        // would take every file for an orphan.
        let database: String = sqlx::query_scalar(
            "select format('%s-%s', c.system_identifier, d.oid)
             from pg_control_system() c, pg_catalog.pg_database d
             where d.datname = current_database()",
        )
        .fetch_one(self.app.pool())
        .await?;
        let root = self.app.config().data_dir.join("objects").join(database);
        let blobs = BlobStore::open(root, self.app.config().durable)
            .await
            .map_err(|error| StorageError::disk(&error, "opening the folder of objects"))?;
        sweep::sweep(self.app.pool(), &blobs).await?;
        Ok(blobs)
    }
}
