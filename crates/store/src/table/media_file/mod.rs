//! The files of pictures: what the server lists, what of it is here, and when to try the rest again.

use std::collections::{HashMap, HashSet};

use amethyst_model::{Image, ImageId, MediaFile, MediaVariant};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder, SqliteConnection};
use uuid::Uuid;

use crate::change::Entity;
use crate::convert::micros;
use crate::error::{Error, Result};
use crate::media::is_content_hash;
use crate::{Store, Tx};

/// A file that is listed but not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedFile {
    /// The picture it belongs to.
    pub image: ImageId,
    /// What to fetch.
    pub file: MediaFile,
    /// Failed attempts so far.
    pub attempts: u32,
}

#[derive(FromRow)]
struct FileRow {
    image_id: Uuid,
    variant: String,
    path: String,
    bytes: i64,
    width: i64,
    height: i64,
    blake3: String,
    attempts: i64,
}

impl FileRow {
    fn into_wanted(self) -> Result<WantedFile> {
        Ok(WantedFile {
            image: ImageId(self.image_id),
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            file: MediaFile {
                variant: parse(&self.variant)?,
                path: self.path,
                bytes: u64::try_from(self.bytes).map_err(|_| Error::Unreadable("file size"))?,
                width: self.width,
                height: self.height,
                blake3: self.blake3,
            },
        })
    }
}

fn parse(variant: &str) -> Result<MediaVariant> {
    MediaVariant::parse(variant).ok_or(Error::Unreadable("variant"))
}

/// Ids per statement; SQLite takes 32 766.
const CHUNK: usize = 500;

impl Store {
    /// Files to fetch now: the thumbnails of all pictures, newest picture first, then the originals.
    /// Of pictures that share a content only one is named; fetching it serves them all.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn media_to_fetch(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<WantedFile>> {
        let mut db = self.reader().await?;
        let rows: Vec<FileRow> = sqlx::query_as(
            "select image_id, variant, path, bytes, width, height, blake3, attempts
               from media_file
              where present = 0 and (not_before is null or not_before <= ?)
              order by turn, created_at desc, image_id, variant limit ?",
        )
        .bind(micros(now))
        .bind(limit)
        .fetch_all(&mut *db)
        .await?;
        let mut contents = HashSet::new();
        rows.into_iter()
            .filter(|row| contents.insert(row.blake3.clone()))
            .map(FileRow::into_wanted)
            .collect()
    }

    /// Which files of these pictures are on this machine; a picture without any is left out.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn media_present(
        &self,
        images: &[ImageId],
    ) -> Result<HashMap<ImageId, Vec<MediaVariant>>> {
        let mut db = self.reader().await?;
        let mut present: HashMap<ImageId, Vec<MediaVariant>> = HashMap::new();
        for chunk in images.chunks(CHUNK) {
            let mut query = QueryBuilder::new(
                "select image_id, variant from media_file where present = 1 and image_id in (",
            );
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(id.0);
            }
            query.push(")");
            let rows: Vec<(Uuid, String)> = query.build_query_as().fetch_all(&mut *db).await?;
            for (image, variant) in rows {
                present
                    .entry(ImageId(image))
                    .or_default()
                    .push(parse(&variant)?);
            }
        }
        present
            .values_mut()
            .for_each(|variants| variants.sort_unstable());
        Ok(present)
    }
}

impl Tx {
    /// Notes that a file is here; call it after its content was verified. All pictures that list the
    /// same content have it then.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn media_fetched(&mut self, image: ImageId, variant: MediaVariant) -> Result<()> {
        let sql = "update media_file set present = 1, attempts = 0, not_before = null
                    where present = 0 and blake3 =
                      (select blake3 from media_file where image_id = ? and variant = ?)
                returning image_id";
        let images: Vec<Uuid> = sqlx::query_scalar(sql)
            .bind(image.0)
            .bind(variant.as_str())
            .fetch_all(self.db())
            .await?;
        for image in images {
            self.note(Entity::Media, &image);
        }
        Ok(())
    }

    /// Notes a failed attempt; the file is not wanted again before `not_before`.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn media_failed(
        &mut self,
        image: ImageId,
        variant: MediaVariant,
        not_before: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query(
            "update media_file set attempts = attempts + 1, not_before = ?
              where image_id = ? and variant = ? and present = 0",
        )
        .bind(micros(not_before))
        .bind(image.0)
        .bind(variant.as_str())
        .execute(self.db())
        .await?;
        Ok(())
    }

    /// Notes that a file that was here is not any more (deleted by hand, or found damaged): it is wanted
    /// again.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn media_lost(&mut self, image: ImageId, variant: MediaVariant) -> Result<()> {
        let sql = "update media_file set present = 0, attempts = 0, not_before = null
                    where present = 1 and blake3 =
                      (select blake3 from media_file where image_id = ? and variant = ?)
                returning image_id";
        let images: Vec<Uuid> = sqlx::query_scalar(sql)
            .bind(image.0)
            .bind(variant.as_str())
            .fetch_all(self.db())
            .await?;
        for image in images {
            self.note(Entity::Media, &image);
        }
        Ok(())
    }
}

/// The files of many pictures, smallest first.
pub(crate) async fn files_of(
    db: &mut SqliteConnection,
    images: &[Uuid],
) -> Result<HashMap<Uuid, Vec<MediaFile>>> {
    let mut files: HashMap<Uuid, Vec<MediaFile>> = HashMap::new();
    for chunk in images.chunks(CHUNK) {
        let mut query = QueryBuilder::new(
            "select image_id, variant, path, bytes, width, height, blake3, attempts
               from media_file where image_id in (",
        );
        let mut list = query.separated(", ");
        for id in chunk {
            list.push_bind(*id);
        }
        query.push(")");
        let rows: Vec<FileRow> = query.build_query_as().fetch_all(&mut *db).await?;
        for row in rows {
            let image = row.image_id;
            files
                .entry(image)
                .or_default()
                .push(row.into_wanted()?.file);
        }
    }
    files
        .values_mut()
        .for_each(|list| list.sort_unstable_by_key(|file| file.variant));
    Ok(files)
}

/// Brings the list of a picture's files in step with the server's. A file whose content did not change
/// keeps its state; a content that is here for another picture is here for this one.
pub(crate) async fn replace(tx: &mut Tx, image: &Image) -> Result<()> {
    let before: Vec<(String, String)> =
        sqlx::query_as("select variant, blake3 from media_file where image_id = ?")
            .bind(image.id.0)
            .fetch_all(tx.db())
            .await?;
    let listed: Vec<&MediaFile> = image
        .files
        .iter()
        .filter(|file| is_content_hash(&file.blake3))
        .collect();
    if listed.len() < image.files.len() {
        // Names of files on this machine are made from the hash: nothing else may pass.
        tracing::warn!(image = %image.id, "files without a valid hash are left out");
    }
    for (variant, content) in before {
        let stays = listed
            .iter()
            .any(|file| file.variant.as_str() == variant && file.blake3 == content);
        if !stays {
            sqlx::query("delete from media_file where image_id = ? and variant = ?")
                .bind(image.id.0)
                .bind(variant)
                .execute(tx.db())
                .await?;
            tx.orphan([content]);
            tx.note(Entity::Media, &image.id);
        }
    }
    for file in listed {
        write(tx, image, file).await?;
    }
    Ok(())
}

async fn write(tx: &mut Tx, image: &Image, file: &MediaFile) -> Result<()> {
    sqlx::query(
        "insert into media_file
           (image_id, variant, path, bytes, width, height, blake3, turn, created_at, present)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
           exists (select 1 from media_file where blake3 = ?7 and present = 1))
         on conflict (image_id, variant) do update set
           path = excluded.path, bytes = excluded.bytes, width = excluded.width,
           height = excluded.height, created_at = excluded.created_at",
    )
    .bind(image.id.0)
    .bind(file.variant.as_str())
    .bind(&file.path)
    .bind(i64::try_from(file.bytes).map_err(|_| Error::Unreadable("file size"))?)
    .bind(file.width)
    .bind(file.height)
    .bind(&file.blake3)
    .bind(i64::from(file.variant == MediaVariant::Original))
    .bind(micros(image.created_at))
    .execute(tx.db())
    .await?;
    Ok(())
}

pub(crate) async fn contents_of(
    db: &mut SqliteConnection,
    images: &[ImageId],
) -> Result<Vec<String>> {
    let mut query = QueryBuilder::new("select blake3 from media_file where image_id in (");
    let mut list = query.separated(", ");
    for id in images {
        list.push_bind(id.0);
    }
    query.push(")");
    Ok(query.build_query_scalar().fetch_all(db).await?)
}

/// Leaves in `contents` only those that no picture lists any more.
pub(crate) async fn keep_unreferenced(
    db: &mut SqliteConnection,
    contents: &mut Vec<String>,
) -> Result<()> {
    contents.sort_unstable();
    contents.dedup();
    let mut listed = HashSet::new();
    for chunk in contents.chunks(CHUNK) {
        let mut query = QueryBuilder::new("select blake3 from media_file where blake3 in (");
        let mut list = query.separated(", ");
        for content in chunk {
            list.push_bind(content.as_str());
        }
        query.push(")");
        let found: Vec<String> = query.build_query_scalar().fetch_all(&mut *db).await?;
        listed.extend(found);
    }
    contents.retain(|content| !listed.contains(content));
    Ok(())
}
