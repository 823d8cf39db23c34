//! The credit ledger: the server's lines, only ever added to and read.

use amethyst_model::{GenerationId, LedgerEntry, LedgerEntryId, LedgerKind};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::ROWS;
use crate::change::Entity;
use crate::convert::{instant, micros};
use crate::error::{Error, Result};
use crate::{Store, Tx};

#[derive(FromRow)]
struct LedgerRow {
    id: Uuid,
    amount: i64,
    kind: String,
    description: Option<String>,
    reference_id: Option<Uuid>,
    created_at: i64,
}

impl LedgerRow {
    fn into_entry(self) -> Result<LedgerEntry> {
        Ok(LedgerEntry {
            id: LedgerEntryId(self.id),
            amount: self.amount,
            kind: LedgerKind::parse(&self.kind).ok_or(Error::Unreadable("ledger entry"))?,
            description: self.description,
            reference_id: self.reference_id,
            created_at: instant(self.created_at)?,
        })
    }
}

impl Store {
    /// The ledger, newest first, from the line after `before`.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn ledger(
        &self,
        before: Option<(DateTime<Utc>, LedgerEntryId)>,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>> {
        let (at, id) = match before {
            Some((at, id)) => (micros(at), id.0),
            None => (i64::MAX, Uuid::max()),
        };
        let mut db = self.reader().await?;
        let rows: Vec<LedgerRow> = sqlx::query_as(
            "select id, amount, kind, description, reference_id, created_at from ledger_entry
              where (created_at, id) < (?, ?)
              order by created_at desc, id desc limit ?",
        )
        .bind(at)
        .bind(id)
        .bind(limit)
        .fetch_all(&mut *db)
        .await?;
        rows.into_iter().map(LedgerRow::into_entry).collect()
    }

    /// The lines of one request, oldest first.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn ledger_of(&self, generation: GenerationId) -> Result<Vec<LedgerEntry>> {
        let mut db = self.reader().await?;
        let rows: Vec<LedgerRow> = sqlx::query_as(
            "select id, amount, kind, description, reference_id, created_at from ledger_entry
              where reference_id = ? order by created_at, id",
        )
        .bind(generation.0)
        .fetch_all(&mut *db)
        .await?;
        rows.into_iter().map(LedgerRow::into_entry).collect()
    }
}

pub(crate) async fn write(tx: &mut Tx, entries: &[&LedgerEntry]) -> Result<()> {
    let seen = tx.epoch().await?;
    for chunk in entries.chunks(ROWS) {
        let mut query = QueryBuilder::new(
            "insert into ledger_entry
               (id, amount, kind, description, reference_id, created_at, seen) ",
        );
        query.push_values(chunk, |mut row, entry| {
            row.push_bind(entry.id.0)
                .push_bind(entry.amount)
                .push_bind(entry.kind.as_str())
                .push_bind(&entry.description)
                .push_bind(entry.reference_id)
                .push_bind(micros(entry.created_at))
                .push_bind(seen);
        });
        query.push(
            " on conflict (id) do update set
               amount = excluded.amount, kind = excluded.kind, description = excluded.description,
               reference_id = excluded.reference_id, created_at = excluded.created_at,
               seen = excluded.seen",
        );
        query.build().execute(tx.db()).await?;
        for entry in chunk {
            tx.note(Entity::Ledger, &entry.id);
        }
    }
    Ok(())
}

pub(crate) async fn remove(tx: &mut Tx, id: Uuid) -> Result<()> {
    sqlx::query("delete from ledger_entry where id = ?")
        .bind(id)
        .execute(tx.db())
        .await?;
    tx.note(Entity::Ledger, &id);
    Ok(())
}

/// Removes the lines that the reconciliation `epoch` did not see.
pub(crate) async fn remove_unseen(tx: &mut Tx, epoch: i64) -> Result<()> {
    let sql = "delete from ledger_entry where seen < ? returning id";
    let gone: Vec<Uuid> = sqlx::query_scalar(sql)
        .bind(epoch)
        .fetch_all(tx.db())
        .await?;
    for id in gone {
        tx.note(Entity::Ledger, &id);
    }
    Ok(())
}
