//! The files of pictures: what the server lists, what of it is here, what is wanted here, and when to try
//! the rest again.

mod arrival;
mod list;
mod room;

pub(crate) use list::{contents_of, keep_unreferenced, replace};

use std::collections::{HashMap, HashSet};

use amethyst_model::{ImageId, LONGEST_WAIT, MediaFile, MediaVariant};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder, SqliteConnection};
use uuid::Uuid;

use super::CHUNK;
use crate::Store;
use crate::convert::micros;
use crate::error::{Error, Result};

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

impl Store {
    /// Files to fetch now: what the user opened, latest first; then, unless `only_opened`, the thumbnails of
    /// all pictures, newest picture first, then the originals that the storage policy wants. Of pictures that
    /// share a content only one is named; fetching it serves them all.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn media_to_fetch(
        &self,
        now: DateTime<Utc>,
        limit: u32,
        only_opened: bool,
    ) -> Result<Vec<WantedFile>> {
        let mut db = self.reader().await?;
        let mut rows: Vec<FileRow> = sqlx::query_as(
            "select image_id, variant, path, bytes, width, height, blake3, attempts
               from media_file
              where present = 0 and wanted = 1 and used_at is not null
                and (not_before is null or not_before <= ? or not_before > ?)
              order by used_at desc, image_id, variant limit ?",
        )
        .bind(micros(now))
        .bind(micros(now + LONGEST_WAIT))
        .bind(limit)
        .fetch_all(&mut *db)
        .await?;
        if !only_opened {
            let others: Vec<FileRow> = sqlx::query_as(
                "select image_id, variant, path, bytes, width, height, blake3, attempts
                   from media_file
                  where present = 0 and wanted = 1 and (not_before is null or not_before <= ? or not_before > ?)
                  order by turn, created_at desc, image_id, variant limit ?",
            )
            .bind(micros(now))
            .bind(micros(now + LONGEST_WAIT))
            .bind(limit)
            .fetch_all(&mut *db)
            .await?;
            rows.extend(others);
        }
        let mut contents = HashSet::new();
        rows.into_iter()
            .filter(|row| contents.insert(row.blake3.clone()))
            .take(limit as usize)
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
