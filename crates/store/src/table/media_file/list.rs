//! The list of a picture's files, as the server has it.

use std::collections::{HashMap, HashSet};

use amethyst_model::{Image, ImageId, MediaFile, MediaVariant};
use sqlx::{QueryBuilder, SqliteConnection};
use uuid::Uuid;

use super::super::{CHUNK, ROWS};
use super::room;
use crate::Tx;
use crate::change::Entity;
use crate::convert::micros;
use crate::error::{Error, Result};
use crate::media::is_content_hash;

/// Brings the lists of some pictures' files in step with the server's. A file whose content did not change
/// keeps its state; a content that is here for another picture is here for this one.
pub(crate) async fn replace(tx: &mut Tx, images: &[&Image]) -> Result<()> {
    let mut before = listed_before(tx.db(), images).await?;
    let mut files: Vec<(&Image, &MediaFile)> = Vec::with_capacity(images.len() * 4);
    for image in images {
        let listed: Vec<&MediaFile> = image
            .files
            .iter()
            .filter(|file| is_content_hash(&file.blake3))
            .collect();
        if listed.len() < image.files.len() {
            // Names of files on this machine are made from the hash: nothing else may pass.
            tracing::warn!(image = %image.id, "files without a valid hash are left out");
        }
        for (variant, content) in before.remove(&image.id).unwrap_or_default() {
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
        files.extend(listed.into_iter().map(|file| (*image, file)));
    }
    write(tx, &files).await
}

async fn listed_before(
    db: &mut SqliteConnection,
    images: &[&Image],
) -> Result<HashMap<ImageId, Vec<(String, String)>>> {
    let mut before: HashMap<ImageId, Vec<(String, String)>> = HashMap::new();
    for chunk in images.chunks(CHUNK) {
        let mut query = QueryBuilder::new(
            "select image_id, variant, blake3 from media_file where image_id in (",
        );
        let mut list = query.separated(", ");
        for image in chunk {
            list.push_bind(image.id.0);
        }
        query.push(")");
        let rows: Vec<(Uuid, String, String)> = query.build_query_as().fetch_all(&mut *db).await?;
        for (image, variant, content) in rows {
            before
                .entry(ImageId(image))
                .or_default()
                .push((variant, content));
        }
    }
    Ok(before)
}

async fn write(tx: &mut Tx, files: &[(&Image, &MediaFile)]) -> Result<()> {
    let policy = room::policy(tx.db()).await?;
    let contents: Vec<&str> = files.iter().map(|(_, file)| file.blake3.as_str()).collect();
    let here = here(tx.db(), &contents).await?;
    for chunk in files.chunks(ROWS) {
        let mut query = QueryBuilder::new(
            "insert into media_file
               (image_id, variant, path, bytes, width, height, blake3, turn, created_at, present,
                wanted) ",
        );
        let mut sizes = Vec::with_capacity(chunk.len());
        for (_, file) in chunk {
            sizes.push(i64::try_from(file.bytes).map_err(|_| Error::Unreadable("file size"))?);
        }
        query.push_values(
            chunk.iter().zip(sizes),
            |mut row, ((image, file), bytes)| {
                let original = file.variant == MediaVariant::Original;
                row.push_bind(image.id.0)
                    .push_bind(file.variant.as_str())
                    .push_bind(&file.path)
                    .push_bind(bytes)
                    .push_bind(file.width)
                    .push_bind(file.height)
                    .push_bind(&file.blake3)
                    .push_bind(i64::from(original))
                    .push_bind(micros(image.created_at))
                    .push_bind(here.contains(&file.blake3))
                    .push_bind(!original || room::is_wanted(&policy));
            },
        );
        query.push(
            " on conflict (image_id, variant) do update set
               path = excluded.path, bytes = excluded.bytes, width = excluded.width,
               height = excluded.height, created_at = excluded.created_at
              where path <> excluded.path or bytes <> excluded.bytes or width <> excluded.width
                 or height <> excluded.height or created_at <> excluded.created_at",
        );
        query.build().execute(tx.db()).await?;
    }
    Ok(())
}

/// Which of these contents are on this machine.
async fn here(db: &mut SqliteConnection, contents: &[&str]) -> Result<HashSet<String>> {
    let mut here = HashSet::new();
    for chunk in contents.chunks(CHUNK) {
        let mut query =
            QueryBuilder::new("select blake3 from media_file where present = 1 and blake3 in (");
        let mut list = query.separated(", ");
        for content in chunk {
            list.push_bind(*content);
        }
        query.push(")");
        let found: Vec<String> = query.build_query_scalar().fetch_all(&mut *db).await?;
        here.extend(found);
    }
    Ok(here)
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
