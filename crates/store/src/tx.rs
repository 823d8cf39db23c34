//! The only way to write: one transaction that gathers what it changes and tells of it once committed.

use sqlx::{Sqlite, SqliteConnection, Transaction};

use crate::change::{Entity, Notes};
use crate::error::Result;
use crate::store::Store;
use crate::table::{media_file, sync_state};

/// A write transaction. Dropping it undoes everything it did; after an error that is the only thing left
/// to do with it.
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
        self.store.publish(self.notes);
        self.store.media().forget(orphans).await;
        Ok(())
    }

    pub(crate) fn db(&mut self) -> &mut SqliteConnection {
        &mut self.inner
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn note(&mut self, entity: Entity, id: &impl ToString) {
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

#[cfg(test)]
mod tests {
    use amethyst_model::{GenerationDraft, GenerationId, IntentId};
    use chrono::DateTime;
    use tempfile::tempdir;
    use uuid::Uuid;

    use crate::{Error, Store};

    /// A database that may not grow answers as one on a full disk does.
    #[tokio::test]
    async fn a_full_disk_changes_nothing_and_the_same_call_works_later() {
        let folder = tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap().store;
        let writer = store.writer().unwrap();
        sqlx::query("pragma max_page_count = 1")
            .fetch_one(writer)
            .await
            .unwrap();
        let long = GenerationDraft {
            prompt: "é".repeat(4000),
            ..Default::default()
        };
        let (id, now) = (Uuid::from_u128(1), DateTime::UNIX_EPOCH);

        let mut full = None;
        for number in 0..100 {
            let mut tx = store.begin().await.unwrap();
            let (intent, generation) = (
                IntentId(Uuid::from_u128(number)),
                GenerationId(Uuid::from_u128(number)),
            );
            let written = tx
                .request_generation(intent, generation, &long, 1, now)
                .await;
            let written = match written {
                Ok(()) => tx.commit().await,
                Err(error) => Err(error),
            };
            if let Err(error) = written {
                full = Some((number, error));
                break;
            }
        }
        let (kept, error) = full.unwrap();
        assert!(matches!(error, Error::DiskFull), "{error}");
        let counts = store.counts().await.unwrap();
        assert_eq!(
            (counts.to_send, counts.active_generations),
            (kept as u64, kept as u64)
        );

        // Freed: the connection that was refused is replaced, and its limit with it.
        let mut tx = store.begin().await.unwrap();
        let id = Uuid::from_u128(id.as_u128() + 1000);
        tx.request_generation(IntentId(id), GenerationId(id), &long, 1, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.counts().await.unwrap().to_send, kept as u64 + 1);
    }
}
