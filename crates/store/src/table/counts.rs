//! The numbers of the status line, read from indexes.

use sqlx::FromRow;

use crate::Store;
use crate::error::Result;

/// How much there is of everything that is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Intents waiting to be sent.
    pub to_send: u64,
    /// Intents that need the user.
    pub parked: u64,
    /// Files that are wanted and not here.
    pub to_fetch: u64,
    /// Their size in bytes.
    pub to_fetch_bytes: u64,
    /// Pictures.
    pub images: u64,
    /// Favorites among them.
    pub favorites: u64,
    /// Requests that have not ended.
    pub active_generations: u64,
}

#[derive(FromRow)]
struct CountsRow {
    to_send: i64,
    parked: i64,
    to_fetch: i64,
    to_fetch_bytes: i64,
    images: i64,
    favorites: i64,
    active_generations: i64,
}

impl Store {
    /// Counts everything, at one instant.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn counts(&self) -> Result<Counts> {
        let mut db = self.reader().await?;
        let row: CountsRow = sqlx::query_as(
            "select
               (select count(*) from outbox where state = 'waiting') as to_send,
               (select count(*) from outbox where state = 'parked') as parked,
               (select coalesce(sum(files), 0) from media_total where wanted = 1 and present = 0)
                 as to_fetch,
               (select coalesce(sum(bytes), 0) from media_total where wanted = 1 and present = 0)
                 as to_fetch_bytes,
               (select count(*) from image where place = 0) as images,
               (select count(*) from image where place = 0 and is_favorite = 1) as favorites,
               (select count(*) from generation
                 where status in ('to_send', 'parked', 'pending', 'processing'))
                 as active_generations",
        )
        .fetch_one(&mut *db)
        .await?;
        Ok(Counts {
            to_send: row.to_send.unsigned_abs(),
            parked: row.parked.unsigned_abs(),
            to_fetch: row.to_fetch.unsigned_abs(),
            to_fetch_bytes: row.to_fetch_bytes.unsigned_abs(),
            images: row.images.unsigned_abs(),
            favorites: row.favorites.unsigned_abs(),
            active_generations: row.active_generations.unsigned_abs(),
        })
    }
}
