//! Collections. What is in them is in [`super::member`].

use amethyst_model::{Collection, CollectionId, CollectionSheet};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::change::Entity;
use crate::convert::{from_json, json};
use crate::error::Result;
use crate::{Store, Tx};

impl Store {
    /// The collections in their order.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn collections(&self) -> Result<Vec<Collection>> {
        let mut db = self.reader().await?;
        let rows: Vec<(Uuid, String, i64)> = sqlx::query_as(
            "select c.id, c.sheet,
                    (select count(*) from collection_image m join image i on i.id = m.image_id
                      where m.collection_id = c.id and m.shown = 1 and i.place = 0)
               from collection c where c.sheet is not null
              order by c.sheet ->> 'position', c.sheet ->> 'name', c.id",
        )
        .fetch_all(&mut *db)
        .await?;
        rows.into_iter()
            .map(|(id, sheet, images)| {
                Ok(Collection {
                    id: CollectionId(id),
                    sheet: from_json(&sheet, "collection")?,
                    images: images.unsigned_abs(),
                })
            })
            .collect()
    }

    /// One collection; `None` when it is not there.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn collection(&self, id: CollectionId) -> Result<Option<CollectionSheet>> {
        let mut db = self.reader().await?;
        let sheet: Option<Option<String>> =
            sqlx::query_scalar("select sheet from collection where id = ?")
                .bind(id.0)
                .fetch_optional(&mut *db)
                .await?;
        sheet
            .flatten()
            .map(|sheet| from_json(&sheet, "collection"))
            .transpose()
    }
}

/// The server's word; `None` when it has never told of it.
pub(crate) async fn base(
    db: &mut SqliteConnection,
    id: CollectionId,
) -> Result<Option<CollectionSheet>> {
    let base: Option<Option<String>> =
        sqlx::query_scalar("select base from collection where id = ?")
            .bind(id.0)
            .fetch_optional(db)
            .await?;
    base.flatten()
        .map(|base| from_json(&base, "collection"))
        .transpose()
}

/// Moves the server's word; with `None` it has deleted the collection.
pub(crate) async fn write_base(
    tx: &mut Tx,
    id: CollectionId,
    base: Option<&CollectionSheet>,
) -> Result<()> {
    let seen = tx.epoch().await?;
    sqlx::query(
        "insert into collection (id, base, seen) values (?, ?, ?)
         on conflict (id) do update set base = excluded.base, seen = excluded.seen",
    )
    .bind(id.0)
    .bind(base.map(json).transpose()?)
    .bind(seen)
    .execute(tx.db())
    .await?;
    Ok(())
}

/// Sets what is shown. One that neither the server has nor anybody is about to make is dropped, with what
/// was in it.
pub(crate) async fn show(
    tx: &mut Tx,
    id: CollectionId,
    sheet: Option<CollectionSheet>,
) -> Result<()> {
    let seen = tx.epoch().await?;
    let shown = sheet.as_ref().map(json).transpose()?;
    let changed = sqlx::query(
        "insert into collection (id, sheet, seen) values (?, ?, ?)
         on conflict (id) do update set sheet = excluded.sheet where sheet is not excluded.sheet",
    )
    .bind(id.0)
    .bind(shown)
    .bind(seen)
    .execute(tx.db())
    .await?;
    let dropped =
        sqlx::query("delete from collection where id = ? and base is null and sheet is null")
            .bind(id.0)
            .execute(tx.db())
            .await?;
    if dropped.rows_affected() > 0 {
        // What the server deletes with it, it does not tell of one by one to whoever never had it.
        sqlx::query("delete from collection_image where collection_id = ?")
            .bind(id.0)
            .execute(tx.db())
            .await?;
    }
    if changed.rows_affected() + dropped.rows_affected() > 0 {
        tx.note(Entity::Collection, &id);
    }
    Ok(())
}

/// Collections that the reconciliation `epoch` did not see; they are no longer the server's.
pub(crate) async fn forget_unseen(tx: &mut Tx, epoch: i64) -> Result<Vec<CollectionId>> {
    let sql = "update collection set base = null where seen < ? and base is not null returning id";
    let ids: Vec<Uuid> = sqlx::query_scalar(sql)
        .bind(epoch)
        .fetch_all(tx.db())
        .await?;
    Ok(ids.into_iter().map(CollectionId).collect())
}
