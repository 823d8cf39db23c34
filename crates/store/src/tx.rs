//! The only way to write: one transaction that gathers what it changes and tells of it once committed.

use sqlx::{Sqlite, SqliteConnection, Transaction};

use crate::change::{Entity, Notes};
use crate::error::Result;
use crate::store::Store;
use crate::table::{media_file, sync_state};

/// A write transaction. Dropping it undoes everything it did.
///
/// It holds the library's only writing connection: never keep one across the network.
#[must_use]
pub struct Tx {
    inner: Transaction<'static, Sqlite>,
    store: Store,
    notes: Notes,
    epoch: Option<i64>,
    /// Contents that may no longer belong to any picture.
    orphans: Vec<String>,
}

impl Store {
    /// Begins a transaction; waits while another one is open.
    ///
    /// # Errors
    /// [`crate::Error::ReadOnly`] for a library opened for reading; the database's refusal.
    pub async fn begin(&self) -> Result<Tx> {
        let inner = self.writer()?.begin_with("begin immediate").await?;
        let store = self.clone();
        Ok(Tx {
            inner,
            store,
            notes: Notes::default(),
            epoch: None,
            orphans: Vec::new(),
        })
    }
}

impl Tx {
    /// Makes everything lasting, then publishes the notices.
    ///
    /// # Errors
    /// [`crate::Error::DiskFull`] and the database's other refusals; nothing is changed then.
    pub async fn commit(mut self) -> Result<()> {
        let mut orphans = std::mem::take(&mut self.orphans);
        media_file::keep_unreferenced(&mut self.inner, &mut orphans).await?;
        self.inner.commit().await?;
        for content in orphans {
            self.store.media().forget(&content).await;
        }
        self.store.publish(self.notes);
        Ok(())
    }

    pub(crate) fn db(&mut self) -> &mut SqliteConnection {
        &mut self.inner
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn note(&mut self, entity: Entity, id: impl ToString) {
        self.notes.add(entity, id);
    }

    pub(crate) fn orphan(&mut self, contents: impl IntoIterator<Item = String>) {
        self.orphans.extend(contents);
    }

    /// The number to write into `seen`; read once per transaction.
    pub(crate) async fn epoch(&mut self) -> Result<i64> {
        if let Some(epoch) = self.epoch {
            return Ok(epoch);
        }
        let epoch = sync_state::epoch(self.db()).await?;
        self.epoch = Some(epoch);
        Ok(epoch)
    }

    pub(crate) fn set_epoch(&mut self, epoch: i64) {
        self.epoch = Some(epoch);
    }
}
