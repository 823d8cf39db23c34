//! The replication slot from which changes are read.
//!
//! It is temporary: PostgreSQL removes it with the connection that made it, so neither a crash nor a
//! forgotten slot ever holds back its log. It is read by polling through SQL, in order of commit, and
//! only what the publication names comes out.

use futures_util::TryStreamExt as _;
use futures_util::stream::BoxStream;
use sqlx::postgres::PgRow;
use sqlx::{Connection as _, PgConnection, PgPool, Row as _};

use super::change::{Assembler, Change};
use super::pgoutput::{self, DecodeError};

/// Changes handed on at once, so that a huge transaction is not held in memory as a whole.
const CHUNK: usize = 500;

/// Why a slot cannot be read any more; a new one is needed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SlotError {
    /// The database refused or went away.
    #[error("the replication slot failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The stream is not of the protocol.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// A slot and the connection it lives with.
pub(crate) struct Slot {
    connection: PgConnection,
    name: String,
    seen: String,
}

impl Slot {
    /// Makes a slot. Every change that commits after this returns will come out of it; waits for the
    /// transactions now writing to end, since the slot needs a moment between transactions.
    ///
    /// # Errors
    /// When the database refuses, for instance because its `wal_level` is not `logical`.
    pub(crate) async fn open(pool: &PgPool) -> Result<Self, SlotError> {
        let mut connection = pool.acquire().await?.detach();
        // Text forms must not depend on the server's settings. Every reading would also write two
        // lines to the server's log; at ten readings a second they would bury all others.
        sqlx::raw_sql(
            "set datestyle = 'ISO, YMD'; set timezone = 'UTC'; set intervalstyle = 'postgres';
             set bytea_output = 'hex'; set extra_float_digits = 1; set log_min_messages = 'fatal';
             set statement_timeout = 0; set idle_session_timeout = 0",
        )
        .execute(&mut connection)
        .await?;
        let name: String = sqlx::query_scalar(
            "select slot_name::text from pg_catalog.pg_create_logical_replication_slot(
               'amethyst_realtime_' || pg_backend_pid(), 'pgoutput', true)",
        )
        .fetch_one(&mut connection)
        .await?;
        Ok(Self {
            connection,
            name,
            seen: String::new(),
        })
    }

    /// Begins to read what committed since the last reading; nothing if the log did not grow at all.
    ///
    /// # Errors
    /// Any error ends this slot.
    pub(crate) async fn read(&mut self) -> Result<Option<Reading<'_>>, SlotError> {
        let flushed: String =
            sqlx::query_scalar("select pg_catalog.pg_current_wal_flush_lsn()::text")
                .fetch_one(&mut self.connection)
                .await?;
        if flushed == self.seen {
            return Ok(None);
        }
        self.seen = flushed;
        let rows = sqlx::query(
            "select data from pg_catalog.pg_logical_slot_get_binary_changes(
               $1, null, null, 'proto_version', '1', 'publication_names', $2)",
        )
        .bind(self.name.clone())
        .bind(super::PUBLICATION)
        .fetch(&mut self.connection);
        Ok(Some(Reading {
            rows,
            assembler: Assembler::default(),
        }))
    }

    /// Ends the connection and with it the slot.
    pub(crate) async fn close(self) {
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "the connection of the replication slot was gone already");
        }
    }
}

/// What one reading of the slot brings, to be taken piece by piece to its end.
pub(crate) struct Reading<'a> {
    rows: BoxStream<'a, Result<PgRow, sqlx::Error>>,
    assembler: Assembler,
}

impl Reading<'_> {
    /// The next changes, in order of commit; none at the end.
    ///
    /// # Errors
    /// Any error ends the slot.
    pub(crate) async fn next(&mut self) -> Result<Vec<Change>, SlotError> {
        let mut changes = Vec::new();
        while changes.len() < CHUNK {
            let Some(row) = self.rows.try_next().await? else {
                break;
            };
            let message = pgoutput::decode(row.try_get(0)?)?;
            changes.extend(self.assembler.take(message));
        }
        Ok(changes)
    }
}
