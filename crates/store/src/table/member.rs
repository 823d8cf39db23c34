//! Pictures in collections.

use std::collections::BTreeMap;

use amethyst_model::{CollectionId, ImageId, pair_id};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::change::Entity;
use crate::error::Result;
use crate::{Store, Tx};

impl Store {
    /// Pictures of a collection in their order, without those in the trash.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn collected(&self, id: CollectionId) -> Result<Vec<ImageId>> {
        let mut db = self.reader().await?;
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "select m.image_id from collection_image m join image i on i.id = m.image_id
              where m.collection_id = ? and m.shown = 1 and i.place = 0
              order by m.position, m.image_id",
        )
        .bind(id.0)
        .fetch_all(&mut *db)
        .await?;
        Ok(ids.into_iter().map(ImageId).collect())
    }
}

/// Pictures about which what is shown and the server's word differ.
pub(crate) async fn unsettled(
    db: &mut SqliteConnection,
    collection: CollectionId,
) -> Result<BTreeMap<ImageId, bool>> {
    let sql =
        "select image_id, base from collection_image where collection_id = ? and base <> shown";
    let rows: Vec<(Uuid, bool)> = sqlx::query_as(sql).bind(collection.0).fetch_all(db).await?;
    Ok(rows
        .into_iter()
        .map(|(image, base)| (ImageId(image), base))
        .collect())
}

/// Whether the server has the picture in the collection.
pub(crate) async fn base(
    db: &mut SqliteConnection,
    collection: CollectionId,
    image: ImageId,
) -> Result<bool> {
    let sql = "select base from collection_image where collection_id = ? and image_id = ?";
    let base: Option<bool> = sqlx::query_scalar(sql)
        .bind(collection.0)
        .bind(image.0)
        .fetch_optional(db)
        .await?;
    Ok(base.unwrap_or(false))
}

/// Takes in the server's row; what is shown follows from [`show`].
pub(crate) async fn write_base(
    tx: &mut Tx,
    id: Uuid,
    collection: CollectionId,
    image: ImageId,
    position: f64,
) -> Result<()> {
    let seen = tx.epoch().await?;
    sqlx::query(
        "insert into collection_image (collection_id, image_id, id, position, base, shown, seen)
         values (?, ?, ?, ?, 1, 0, ?)
         on conflict (collection_id, image_id) do update set
           id = excluded.id, position = excluded.position, base = 1, seen = excluded.seen",
    )
    .bind(collection.0)
    .bind(image.0)
    .bind(id)
    .bind(position)
    .bind(seen)
    .execute(tx.db())
    .await?;
    tx.note(Entity::Collection, &collection);
    Ok(())
}

/// Moves the server's word, as a confirmed act does.
pub(crate) async fn set_base(
    tx: &mut Tx,
    collection: CollectionId,
    image: ImageId,
    base: bool,
) -> Result<()> {
    let sql = "update collection_image set base = ? where collection_id = ? and image_id = ?";
    sqlx::query(sql)
        .bind(base)
        .bind(collection.0)
        .bind(image.0)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// The collection and picture of a row that the server has deleted.
pub(crate) async fn forget(tx: &mut Tx, id: Uuid) -> Result<Option<(CollectionId, ImageId)>> {
    let sql = "update collection_image set base = 0 where id = ? returning collection_id, image_id";
    let row: Option<(Uuid, Uuid)> = sqlx::query_as(sql).bind(id).fetch_optional(tx.db()).await?;
    Ok(row.map(|(collection, image)| (CollectionId(collection), ImageId(image))))
}

/// Sets what is shown. A picture that is on its way in stands after those that are there.
pub(crate) async fn show(
    tx: &mut Tx,
    collection: CollectionId,
    image: ImageId,
    base: bool,
    shown: bool,
) -> Result<()> {
    let changed = if !base && !shown {
        let sql = "delete from collection_image where collection_id = ? and image_id = ?";
        sqlx::query(sql)
            .bind(collection.0)
            .bind(image.0)
            .execute(tx.db())
            .await?
    } else {
        let seen = tx.epoch().await?;
        sqlx::query(
            "insert into collection_image
               (collection_id, image_id, id, position, base, shown, seen)
             values (?1, ?2, ?3,
               (select coalesce(max(position), 0) + 1 from collection_image where collection_id = ?1),
               0, ?4, ?5)
             on conflict (collection_id, image_id) do update set shown = excluded.shown
              where shown <> excluded.shown",
        )
        .bind(collection.0)
        .bind(image.0)
        .bind(pair_id(collection.0, &image.0.to_string()))
        .bind(shown)
        .bind(seen)
        .execute(tx.db())
        .await?
    };
    if changed.rows_affected() > 0 {
        tx.note(Entity::Collection, &collection);
    }
    Ok(())
}

/// Collections with pictures that the reconciliation `epoch` did not see.
pub(crate) async fn forget_unseen(tx: &mut Tx, epoch: i64) -> Result<Vec<CollectionId>> {
    let sql =
        "update collection_image set base = 0 where seen < ? and base = 1 returning collection_id";
    let mut ids: Vec<Uuid> = sqlx::query_scalar(sql)
        .bind(epoch)
        .fetch_all(tx.db())
        .await?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids.into_iter().map(CollectionId).collect())
}
