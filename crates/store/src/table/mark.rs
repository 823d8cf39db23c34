//! Stars and culling marks. A row without a base and without anything to show is not kept.

use std::collections::HashMap;

use amethyst_model::{ImageId, ImageMarks, Pick};
use sqlx::{FromRow, QueryBuilder, SqliteConnection};
use uuid::Uuid;

use super::CHUNK;
use crate::change::Entity;
use crate::convert::{from_word, word};
use crate::error::Result;
use crate::{Store, Tx};

#[derive(FromRow)]
struct MarkRow {
    image_id: Uuid,
    rating: Option<i64>,
    pick: Option<String>,
}

fn marks(rating: Option<i64>, pick: Option<String>) -> Result<ImageMarks> {
    Ok(ImageMarks {
        rating: rating.and_then(|stars| u8::try_from(stars).ok()),
        pick: pick.map(|pick| from_word(pick, "pick")).transpose()?,
    })
}

fn pick_word(pick: Option<Pick>) -> Result<Option<String>> {
    pick.as_ref().map(word).transpose()
}

impl Store {
    /// Marks of these pictures; one without any is left out.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn marks(&self, images: &[ImageId]) -> Result<HashMap<ImageId, ImageMarks>> {
        let mut db = self.reader().await?;
        let mut found = HashMap::new();
        for chunk in images.chunks(CHUNK) {
            let mut query = QueryBuilder::new(
                "select image_id, rating, pick from image_mark where image_id in (",
            );
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(id.0);
            }
            query.push(")");
            let rows: Vec<MarkRow> = query.build_query_as().fetch_all(&mut *db).await?;
            for row in rows {
                let marks = marks(row.rating, row.pick)?;
                if marks != ImageMarks::default() {
                    found.insert(ImageId(row.image_id), marks);
                }
            }
        }
        Ok(found)
    }
}

/// The server's marks; none where it has no row.
pub(crate) async fn base(db: &mut SqliteConnection, image: ImageId) -> Result<ImageMarks> {
    let row: Option<(Option<i64>, Option<String>)> =
        sqlx::query_as("select base_rating, base_pick from image_mark where image_id = ?")
            .bind(image.0)
            .fetch_optional(db)
            .await?;
    row.map_or(Ok(ImageMarks::default()), |(rating, pick)| {
        marks(rating, pick)
    })
}

/// Moves the server's marks; what is shown follows from [`show`].
pub(crate) async fn write_base(tx: &mut Tx, image: ImageId, base: ImageMarks) -> Result<()> {
    let seen = tx.epoch().await?;
    sqlx::query(
        "insert into image_mark (image_id, base_rating, base_pick, seen) values (?, ?, ?, ?)
         on conflict (image_id) do update set
           base_rating = excluded.base_rating, base_pick = excluded.base_pick, seen = excluded.seen",
    )
    .bind(image.0)
    .bind(base.rating)
    .bind(pick_word(base.pick)?)
    .bind(seen)
    .execute(tx.db())
    .await?;
    Ok(())
}

/// Sets what is shown.
pub(crate) async fn show(
    tx: &mut Tx,
    image: ImageId,
    base: ImageMarks,
    shown: ImageMarks,
) -> Result<()> {
    let changed = if base == ImageMarks::default() && shown == base {
        let sql = "delete from image_mark where image_id = ?";
        sqlx::query(sql).bind(image.0).execute(tx.db()).await?
    } else {
        let seen = tx.epoch().await?;
        sqlx::query(
            "insert into image_mark (image_id, rating, pick, seen) values (?, ?, ?, ?)
             on conflict (image_id) do update set rating = excluded.rating, pick = excluded.pick
              where rating is not excluded.rating or pick is not excluded.pick",
        )
        .bind(image.0)
        .bind(shown.rating)
        .bind(pick_word(shown.pick)?)
        .bind(seen)
        .execute(tx.db())
        .await?
    };
    if changed.rows_affected() > 0 {
        tx.note(Entity::Image, &image);
    }
    Ok(())
}

/// Pictures whose marks the reconciliation `epoch` did not see; those marks are no longer the server's.
pub(crate) async fn forget_unseen(tx: &mut Tx, epoch: i64) -> Result<Vec<ImageId>> {
    let sql = "update image_mark set base_rating = null, base_pick = null
                where seen < ? and (base_rating is not null or base_pick is not null)
            returning image_id";
    let ids: Vec<Uuid> = sqlx::query_scalar(sql)
        .bind(epoch)
        .fetch_all(tx.db())
        .await?;
    Ok(ids.into_iter().map(ImageId).collect())
}
