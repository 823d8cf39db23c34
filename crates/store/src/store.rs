//! The open library: its connections, the intents in flight and the notices.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use amethyst_model::IntentId;
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqlitePool};
use tokio::sync::broadcast;

use crate::change::{Change, Notes};
use crate::error::{Error, Result};
use crate::media::MediaFolder;
use crate::open::FileLock;

/// Notices kept for a slow listener before it is told that it missed some.
const NOTICES: usize = 1024;

/// The library of one account. Cheap to clone; the clones are one.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    /// One connection, so that writers wait in line instead of failing with `SQLITE_BUSY_SNAPSHOT`,
    /// which no timeout cures. `None` in a library opened for reading.
    writer: Option<SqlitePool>,
    readers: SqlitePool,
    media: MediaFolder,
    changes: broadcast::Sender<Change>,
    /// Lost with the process on purpose: what was in flight then simply waits again.
    in_flight: Mutex<HashMap<IntentId, Flight>>,
    lock: Option<FileLock>,
}

/// An intent on its way to the server.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flight {
    /// The feed has told of what it is about since it left.
    pub(crate) overtaken: bool,
    /// The feed has told of the balance since it left.
    pub(crate) balance_told: bool,
}

impl Store {
    pub(crate) fn new(
        writer: Option<SqlitePool>,
        readers: SqlitePool,
        media: MediaFolder,
        lock: Option<FileLock>,
    ) -> Self {
        Self(Arc::new(Inner {
            writer,
            readers,
            media,
            changes: broadcast::Sender::new(NOTICES),
            in_flight: Mutex::default(),
            lock,
        }))
    }

    /// What is committed from now on. A receiver that lags must take everything as changed.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.0.changes.subscribe()
    }

    /// The files of pictures.
    #[must_use]
    pub fn media(&self) -> &MediaFolder {
        &self.0.media
    }

    /// Marks an intent as being sent: until cleared nothing replaces it and nothing else of its lane is
    /// sendable. Kept in memory; after a restart it waits again.
    pub fn mark_in_flight(&self, id: IntentId) {
        self.in_flight().insert(id, Flight::default());
    }

    /// Ends [`Store::mark_in_flight`]; harmless when it was not marked.
    pub fn clear_in_flight(&self, id: IntentId) {
        self.in_flight().remove(&id);
    }

    pub(crate) fn is_in_flight(&self, id: IntentId) -> bool {
        self.in_flight().contains_key(&id)
    }

    /// Notes that the feed tells of what these intents are about.
    pub(crate) fn overtake(&self, about: impl Fn(IntentId) -> bool) {
        for (id, flight) in self.in_flight().iter_mut() {
            flight.overtaken |= about(*id);
        }
    }

    /// Notes that the feed tells of the balance.
    pub(crate) fn tell_balance(&self) {
        for flight in self.in_flight().values_mut() {
            flight.balance_told = true;
        }
    }

    /// What has been told since an intent left.
    pub(crate) fn flight(&self, id: IntentId) -> Flight {
        self.in_flight().get(&id).copied().unwrap_or_default()
    }

    fn in_flight(&self) -> MutexGuard<'_, HashMap<IntentId, Flight>> {
        // A set of ids is whole whatever panicked beside it.
        self.0
            .in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) async fn reader(&self) -> Result<PoolConnection<Sqlite>> {
        Ok(self.0.readers.acquire().await?)
    }

    pub(crate) fn writer(&self) -> Result<&SqlitePool> {
        self.0.writer.as_ref().ok_or(Error::ReadOnly)
    }

    pub(crate) fn publish(&self, notes: Notes) {
        for change in notes.into_changes() {
            // No receiver is no failure.
            let _receivers = self.0.changes.send(change);
        }
    }

    /// Writes everything back into the one file, closes it and lets other processes own the library.
    /// Waits for transactions under way. Later calls on any clone fail.
    pub async fn close(&self) {
        self.0.readers.close().await;
        if let Some(writer) = &self.0.writer {
            // Merely tidier: the log would be replayed at the next opening.
            if let Err(error) = sqlx::query("pragma wal_checkpoint(truncate)")
                .execute(writer)
                .await
            {
                tracing::warn!(%error, "the library's log was not written back");
            }
            writer.close().await;
        }
        if let Some(lock) = &self.0.lock {
            lock.release();
        }
    }
}
