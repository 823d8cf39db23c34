//! Pictures, and the gallery's order.

use std::collections::HashMap;

use amethyst_model::{GenerationId, Image, ImageId, ImageState, MediaFile};
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};
use uuid::Uuid;

use super::{CHUNK, ROWS, media_file};
use crate::change::Entity;
use crate::convert::{from_json, instant, json, micros};
use crate::error::Result;
use crate::{Store, Tx};

/// Where pictures are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shelf {
    /// Everything that is not in the trash.
    #[default]
    Gallery,
    /// The favorites of it.
    Favorites,
    /// The trash.
    Trash,
}

/// Which pictures the gallery shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GalleryFilter {
    /// Where.
    pub shelf: Shelf,
}

/// What the gallery needs to lay out a picture before anything else of it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GalleryEntry {
    /// The picture.
    pub id: ImageId,
    /// Width of the original in pixels.
    pub width: i64,
    /// Height of the original in pixels.
    pub height: i64,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_at_ms: i64,
    /// `#rrggbb` to show before the bytes are there.
    pub dominant_color: Option<String>,
}

#[derive(FromRow)]
struct ImageRow {
    id: Uuid,
    generation_id: Option<Uuid>,
    width: i64,
    height: i64,
    format: String,
    size_bytes: i64,
    created_at: i64,
    is_favorite: bool,
    is_public: bool,
    place: i64,
    trashed_at: Option<i64>,
    vision_description: Option<String>,
    dominant_color: Option<String>,
    technical_metadata: String,
    server_updated_at: i64,
}

impl ImageRow {
    fn into_image(self, files: Vec<MediaFile>) -> Result<Image> {
        Ok(Image {
            id: ImageId(self.id),
            generation_id: self.generation_id.map(GenerationId),
            width: self.width,
            height: self.height,
            format: self.format,
            size_bytes: self.size_bytes,
            created_at: instant(self.created_at)?,
            is_favorite: self.is_favorite,
            is_public: self.is_public,
            is_trashed: self.place == TRASH,
            trashed_at: self.trashed_at.map(instant).transpose()?,
            vision_description: self.vision_description,
            dominant_color: self.dominant_color,
            files,
            technical_metadata: from_json(&self.technical_metadata, "image")?,
            updated_at: instant(self.server_updated_at)?,
        })
    }
}

const COLUMNS: &str = "select id, generation_id, width, height, format, size_bytes, created_at,
        is_favorite, is_public, place, trashed_at, vision_description, dominant_color,
        technical_metadata, server_updated_at
   from image where place < 2 and ";

/// Values of the column `place`.
const GALLERY: i64 = 0;
const TRASH: i64 = 1;
const NOWHERE: i64 = 2;

impl Store {
    /// One picture.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn image(&self, id: ImageId) -> Result<Option<Image>> {
        Ok(self.images(&[id]).await?.pop())
    }

    /// Pictures in the order asked for; unknown ones are left out.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn images(&self, ids: &[ImageId]) -> Result<Vec<Image>> {
        let mut db = self.reader().await?;
        let mut found = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push("id in (");
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(id.0);
            }
            query.push(")");
            for image in fetch(&mut db, query).await? {
                found.insert(image.id, image);
            }
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Pictures of one request that are not in the trash, in the order they were painted.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn images_of(&self, generation: GenerationId) -> Result<Vec<Image>> {
        let mut db = self.reader().await?;
        let mut query = QueryBuilder::new(COLUMNS);
        query
            .push("place = 0 and generation_id = ")
            .push_bind(generation.0);
        query.push(" order by created_at, position, id");
        fetch(&mut db, query).await
    }

    /// The gallery, newest first. Read from an index alone.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn gallery(&self, filter: GalleryFilter) -> Result<Vec<GalleryEntry>> {
        let sql = match filter.shelf {
            Shelf::Gallery => {
                "select id, width, height, created_at, dominant_color from image
                  where place = 0 order by created_at desc, position, id"
            }
            Shelf::Favorites => {
                "select id, width, height, created_at, dominant_color from image
                  where place = 0 and is_favorite = 1 order by created_at desc, position, id"
            }
            Shelf::Trash => {
                "select id, width, height, created_at, dominant_color from image
                  where place = 1 order by created_at desc, position, id"
            }
        };
        let mut db = self.reader().await?;
        let rows: Vec<(Uuid, i64, i64, i64, Option<String>)> =
            sqlx::query_as(sql).fetch_all(&mut *db).await?;
        Ok(rows
            .into_iter()
            .map(
                |(id, width, height, created_at, dominant_color)| GalleryEntry {
                    id: ImageId(id),
                    width,
                    height,
                    created_at_ms: created_at.div_euclid(1000),
                    dominant_color,
                },
            )
            .collect())
    }
}

async fn fetch(db: &mut SqliteConnection, mut query: QueryBuilder<Sqlite>) -> Result<Vec<Image>> {
    let rows: Vec<ImageRow> = query.build_query_as().fetch_all(&mut *db).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut files = media_file::files_of(db, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let files = files.remove(&row.id).unwrap_or_default();
            row.into_image(files)
        })
        .collect()
}

/// Takes in the server's rows and their files; what is shown of those whose lane is not empty follows from
/// [`show`], of the others it is the server's word.
pub(crate) async fn write_bases(tx: &mut Tx, images: &[&Image]) -> Result<()> {
    let seen = tx.epoch().await?;
    for chunk in images.chunks(ROWS) {
        let mut query = QueryBuilder::new(
            "insert into image
               (id, generation_id, width, height, format, size_bytes, created_at, is_favorite,
                base_favorite, is_public, base_public, place, base_trashed, trashed_at,
                vision_description, dominant_color, technical_metadata, position,
                server_updated_at, seen) ",
        );
        let mut texts = Vec::with_capacity(chunk.len());
        for image in chunk {
            texts.push(json(&image.technical_metadata)?);
        }
        query.push_values(chunk.iter().zip(texts), |mut row, (image, text)| {
            row.push_bind(image.id.0)
                .push_bind(image.generation_id.map(|id| id.0))
                .push_bind(image.width)
                .push_bind(image.height)
                .push_bind(&image.format)
                .push_bind(image.size_bytes)
                .push_bind(micros(image.created_at))
                .push_bind(image.is_favorite)
                .push_bind(image.is_favorite)
                .push_bind(image.is_public)
                .push_bind(image.is_public)
                .push_bind(if image.is_trashed { TRASH } else { GALLERY })
                .push_bind(image.is_trashed)
                .push_bind(image.trashed_at.map(micros))
                .push_bind(&image.vision_description)
                .push_bind(&image.dominant_color)
                .push_bind(text)
                // Anything but a number counts as the first: others may write what they like.
                .push_bind(image.technical_metadata["index"].as_i64().unwrap_or(0))
                .push_bind(micros(image.updated_at))
                .push_bind(seen);
        });
        query.push(
            " on conflict (id) do update set
               generation_id = excluded.generation_id, width = excluded.width,
               height = excluded.height, format = excluded.format,
               size_bytes = excluded.size_bytes, created_at = excluded.created_at,
               is_favorite = excluded.is_favorite, base_favorite = excluded.base_favorite,
               is_public = excluded.is_public, base_public = excluded.base_public,
               place = excluded.place, base_trashed = excluded.base_trashed,
               trashed_at = excluded.trashed_at,
               vision_description = excluded.vision_description,
               dominant_color = excluded.dominant_color,
               technical_metadata = excluded.technical_metadata, position = excluded.position,
               server_updated_at = excluded.server_updated_at, gone = 0, seen = excluded.seen",
        );
        query.build().execute(tx.db()).await?;
        for image in chunk {
            tx.note(Entity::Image, &image.id);
        }
        media_file::replace(tx, chunk).await?;
    }
    Ok(())
}

/// The part of a picture that the outbox overlays.
pub(crate) struct Base {
    /// The server's word.
    pub(crate) state: ImageState,
    /// Whether the server has deleted it.
    pub(crate) gone: bool,
}

pub(crate) async fn base(db: &mut SqliteConnection, id: ImageId) -> Result<Option<Base>> {
    let sql = "select base_favorite, base_public, base_trashed, gone from image where id = ?";
    let row: Option<(bool, bool, bool, bool)> =
        sqlx::query_as(sql).bind(id.0).fetch_optional(db).await?;
    Ok(row.map(|(favorite, public, trashed, gone)| Base {
        state: ImageState {
            favorite,
            public,
            trashed,
            deleted: false,
        },
        gone,
    }))
}

/// Moves the server's word, as a confirmed act does.
pub(crate) async fn set_base(tx: &mut Tx, id: ImageId, state: ImageState) -> Result<()> {
    sqlx::query(
        "update image set base_favorite = ?, base_public = ?, base_trashed = ? where id = ?",
    )
    .bind(state.favorite)
    .bind(state.public)
    .bind(state.trashed)
    .bind(id.0)
    .execute(tx.db())
    .await?;
    Ok(())
}

/// Sets what is shown, and where.
pub(crate) async fn show(tx: &mut Tx, id: ImageId, state: ImageState, gone: bool) -> Result<()> {
    let place = match state {
        _ if gone || state.deleted => NOWHERE,
        _ if state.trashed => TRASH,
        _ => GALLERY,
    };
    let changed = sqlx::query(
        "update image set is_favorite = ?1, is_public = ?2, place = ?3
          where id = ?4 and (is_favorite <> ?1 or is_public <> ?2 or place <> ?3)",
    )
    .bind(state.favorite)
    .bind(state.public)
    .bind(place)
    .bind(id.0)
    .execute(tx.db())
    .await?;
    if changed.rows_affected() > 0 {
        tx.note(Entity::Image, &id);
    }
    Ok(())
}

/// Hides a picture that the server no longer has while intents about it wait.
pub(crate) async fn mark_gone(tx: &mut Tx, id: ImageId) -> Result<()> {
    sqlx::query("update image set gone = 1, place = 2 where id = ?")
        .bind(id.0)
        .execute(tx.db())
        .await?;
    tx.note(Entity::Image, &id);
    Ok(())
}

/// Removes pictures, their marks and tags, and after the commit those files nobody else refers to. Places in
/// collections belong to the collections; without a picture they do not show.
pub(crate) async fn remove(tx: &mut Tx, images: &[ImageId]) -> Result<()> {
    for chunk in images.chunks(CHUNK) {
        let contents = media_file::contents_of(tx.db(), chunk).await?;
        tx.orphan(contents);
        for sql in [
            "delete from image where id in (",
            "delete from image_mark where image_id in (",
            "delete from image_tag where image_id in (",
        ] {
            let mut query = QueryBuilder::new(sql);
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(id.0);
            }
            query.push(")").build().execute(tx.db()).await?;
        }
        for id in chunk {
            tx.note(Entity::Image, id);
        }
    }
    Ok(())
}

/// Pictures that the reconciliation `epoch` did not see.
pub(crate) async fn unseen(db: &mut SqliteConnection, epoch: i64) -> Result<Vec<ImageId>> {
    let sql = "select id from image where seen < ? and gone = 0";
    let ids: Vec<Uuid> = sqlx::query_scalar(sql).bind(epoch).fetch_all(db).await?;
    Ok(ids.into_iter().map(ImageId).collect())
}
