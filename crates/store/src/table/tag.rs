//! Tags of pictures.

use std::collections::{BTreeMap, HashMap};

use amethyst_model::{ImageId, pair_id};
use sqlx::{QueryBuilder, SqliteConnection};
use uuid::Uuid;

use super::CHUNK;
use crate::change::Entity;
use crate::error::Result;
use crate::{Store, Tx};

impl Store {
    /// Tags of these pictures, in the order of the alphabet; one without any is left out.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn tags(&self, images: &[ImageId]) -> Result<HashMap<ImageId, Vec<String>>> {
        let mut db = self.reader().await?;
        let mut found: HashMap<ImageId, Vec<String>> = HashMap::new();
        for chunk in images.chunks(CHUNK) {
            let mut query = QueryBuilder::new(
                "select image_id, tag from image_tag where shown = 1 and image_id in (",
            );
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(id.0);
            }
            query.push(") order by tag");
            let rows: Vec<(Uuid, String)> = query.build_query_as().fetch_all(&mut *db).await?;
            for (image, tag) in rows {
                found.entry(ImageId(image)).or_default().push(tag);
            }
        }
        Ok(found)
    }

    /// All tags with how many pictures carry them, most used first.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn all_tags(&self) -> Result<Vec<(String, u64)>> {
        let mut db = self.reader().await?;
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "select t.tag, count(*) from image_tag t join image i on i.id = t.image_id
              where t.shown = 1 and i.place = 0
              group by t.tag order by count(*) desc, t.tag",
        )
        .fetch_all(&mut *db)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(tag, images)| (tag, images.unsigned_abs()))
            .collect())
    }
}

/// Tags of which this library has a row, and whether the server has them.
pub(crate) async fn base(
    db: &mut SqliteConnection,
    image: ImageId,
) -> Result<BTreeMap<String, bool>> {
    let rows: Vec<(String, bool)> =
        sqlx::query_as("select tag, base from image_tag where image_id = ?")
            .bind(image.0)
            .fetch_all(db)
            .await?;
    Ok(rows.into_iter().collect())
}

/// Moves the server's word about a tag; what is shown follows from [`show`].
pub(crate) async fn write_base(
    tx: &mut Tx,
    id: Uuid,
    image: ImageId,
    tag: &str,
    base: bool,
) -> Result<()> {
    let seen = tx.epoch().await?;
    sqlx::query(
        "insert into image_tag (image_id, tag, id, base, shown, seen) values (?, ?, ?, ?, 0, ?)
         on conflict (image_id, tag) do update set
           id = excluded.id, base = excluded.base, seen = excluded.seen",
    )
    .bind(image.0)
    .bind(tag)
    .bind(id)
    .bind(base)
    .bind(seen)
    .execute(tx.db())
    .await?;
    Ok(())
}

/// The picture of a row that the server has deleted; the tag is no longer the server's.
pub(crate) async fn forget(tx: &mut Tx, id: Uuid) -> Result<Option<ImageId>> {
    let sql = "update image_tag set base = 0 where id = ? returning image_id";
    let image: Option<Uuid> = sqlx::query_scalar(sql)
        .bind(id)
        .fetch_optional(tx.db())
        .await?;
    Ok(image.map(ImageId))
}

/// Sets what is shown.
pub(crate) async fn show(
    tx: &mut Tx,
    image: ImageId,
    tag: &str,
    base: bool,
    shown: bool,
) -> Result<()> {
    let changed = if !base && !shown {
        let sql = "delete from image_tag where image_id = ? and tag = ?";
        sqlx::query(sql)
            .bind(image.0)
            .bind(tag)
            .execute(tx.db())
            .await?
    } else {
        let seen = tx.epoch().await?;
        sqlx::query(
            "insert into image_tag (image_id, tag, id, base, shown, seen) values (?, ?, ?, 0, ?, ?)
             on conflict (image_id, tag) do update set shown = excluded.shown
              where shown <> excluded.shown",
        )
        .bind(image.0)
        .bind(tag)
        .bind(pair_id(image.0, tag))
        .bind(shown)
        .bind(seen)
        .execute(tx.db())
        .await?
    };
    if changed.rows_affected() > 0 {
        tx.note(Entity::Image, &image);
    }
    Ok(())
}

/// Pictures with tags that the reconciliation `epoch` did not see; those are no longer the server's.
pub(crate) async fn forget_unseen(tx: &mut Tx, epoch: i64) -> Result<Vec<ImageId>> {
    let sql = "update image_tag set base = 0 where seen < ? and base = 1 returning image_id";
    let ids: Vec<Uuid> = sqlx::query_scalar(sql)
        .bind(epoch)
        .fetch_all(tx.db())
        .await?;
    Ok(ids.into_iter().map(ImageId).collect())
}
