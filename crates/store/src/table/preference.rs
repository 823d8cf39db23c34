//! The five documents of preferences.

use amethyst_model::PreferenceKind;
use serde_json::{Map, Value};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::change::Entity;
use crate::convert::{from_json, json};
use crate::error::Result;
use crate::{Store, Tx};

impl Store {
    /// One document, with unsent changes; empty when nothing was ever set.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn preferences(&self, kind: PreferenceKind) -> Result<Map<String, Value>> {
        let mut db = self.reader().await?;
        read(
            &mut db,
            "select document from preference where kind = ?",
            kind,
        )
        .await
    }
}

async fn read(
    db: &mut SqliteConnection,
    sql: &'static str,
    kind: PreferenceKind,
) -> Result<Map<String, Value>> {
    let text: Option<String> = sqlx::query_scalar(sql)
        .bind(kind.as_str())
        .fetch_optional(db)
        .await?;
    text.map_or(Ok(Map::new()), |text| from_json(&text, "preferences"))
}

/// The server's document.
pub(crate) async fn base(
    db: &mut SqliteConnection,
    kind: PreferenceKind,
) -> Result<Map<String, Value>> {
    read(db, "select base from preference where kind = ?", kind).await
}

/// Moves the server's document; `id` is the key of its row, where that is known.
pub(crate) async fn write_base(
    tx: &mut Tx,
    id: Option<Uuid>,
    kind: PreferenceKind,
    base: &Map<String, Value>,
) -> Result<()> {
    let seen = tx.epoch().await?;
    sqlx::query(
        "insert into preference (kind, server_id, document, base, seen) values (?, ?, '{}', ?, ?)
         on conflict (kind) do update set
           server_id = coalesce(excluded.server_id, server_id), base = excluded.base,
           seen = excluded.seen",
    )
    .bind(kind.as_str())
    .bind(id)
    .bind(json(base)?)
    .bind(seen)
    .execute(tx.db())
    .await?;
    Ok(())
}

/// Which document a deleted row of the server was; it is empty there now.
pub(crate) async fn forget(tx: &mut Tx, id: Uuid) -> Result<Option<PreferenceKind>> {
    let sql = "update preference set base = '{}', server_id = null where server_id = ?
            returning kind";
    let kind: Option<String> = sqlx::query_scalar(sql)
        .bind(id)
        .fetch_optional(tx.db())
        .await?;
    Ok(kind.and_then(|kind| PreferenceKind::parse(&kind)))
}

/// Sets what is shown.
pub(crate) async fn show(
    tx: &mut Tx,
    kind: PreferenceKind,
    document: &Map<String, Value>,
) -> Result<()> {
    let seen = tx.epoch().await?;
    let changed = sqlx::query(
        "insert into preference (kind, document, base, seen) values (?, ?, '{}', ?)
         on conflict (kind) do update set document = excluded.document
          where document <> excluded.document",
    )
    .bind(kind.as_str())
    .bind(json(document)?)
    .bind(seen)
    .execute(tx.db())
    .await?;
    if changed.rows_affected() > 0 {
        tx.note(Entity::Preference, &kind.as_str());
    }
    Ok(())
}

/// Documents that the reconciliation `epoch` did not see; they are empty on the server.
pub(crate) async fn forget_unseen(tx: &mut Tx, epoch: i64) -> Result<Vec<PreferenceKind>> {
    let sql = "update preference set base = '{}', server_id = null
                where seen < ? and base <> '{}' returning kind";
    let kinds: Vec<String> = sqlx::query_scalar(sql)
        .bind(epoch)
        .fetch_all(tx.db())
        .await?;
    Ok(kinds
        .iter()
        .filter_map(|kind| PreferenceKind::parse(kind))
        .collect())
}
