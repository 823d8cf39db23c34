//! Which originals this device keeps: the storage policy, and what has to go when there is too much.

use amethyst_model::{RECENT_DAYS, StoragePolicy, StorageUse};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{FileRow, WantedFile};
use crate::change::Entity;
use crate::convert::{from_json, micros, value, word};
use crate::error::Result;
use crate::{Store, Tx};

const SETTING: &str = "storage_policy";
/// When the policy was chosen: what was opened before that is not kept for it.
const SINCE: &str = "storage_policy_since";

/// The originals that are kept, the one used last first, up to the cap. An original counts as used when it
/// was made, and each time it is opened.
const KEPT: &str = "
    select image_id from (
      select m.image_id,
             sum(m.bytes) over (order by max(coalesce(m.used_at, 0), m.created_at) desc, m.image_id
                                rows unbounded preceding) as total
        from media_file m join image i on i.id = m.image_id
       where m.turn = 1 and i.place < 2
         and (m.used_at >= ?4 or ?1 = 'all' or (?1 = 'favorites' and i.is_favorite = 1)
              or (?1 = 'recent' and m.created_at >= ?2))
    ) where total <= ?3";

/// The policy in force.
pub(super) async fn policy(db: &mut SqliteConnection) -> Result<StoragePolicy> {
    let text: Option<String> = sqlx::query_scalar("select value from setting where key = ?")
        .bind(SETTING)
        .fetch_optional(db)
        .await?;
    text.map_or_else(
        || Ok(StoragePolicy::default()),
        |text| from_json(&text, "setting"),
    )
}

async fn since(db: &mut SqliteConnection) -> Result<i64> {
    let text: Option<String> = sqlx::query_scalar("select value from setting where key = ?")
        .bind(SINCE)
        .fetch_optional(db)
        .await?;
    text.map_or(Ok(0), |text| from_json(&text, "setting"))
}

/// Whether the original of a picture that is new here is wanted. What the cap has to say comes with
/// [`Tx::plan_originals`]; until then nothing new is fetched beyond it.
pub(super) fn is_wanted(policy: &StoragePolicy) -> bool {
    policy.keeps_everything()
}

impl Store {
    /// The storage policy in force.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn storage_policy(&self) -> Result<StoragePolicy> {
        let mut db = self.reader().await?;
        policy(&mut db).await
    }

    /// What is here, and what each choice of originals would take.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn storage_use(&self, now: DateTime<Utc>) -> Result<StorageUse> {
        let mut db = self.reader().await?;
        let row: (i64, i64, i64, i64, i64) = sqlx::query_as(
            "select
               (select coalesce(sum(bytes), 0) from media_total where turn = 0 and present = 1),
               (select coalesce(sum(bytes), 0) from media_total where turn = 1 and present = 1),
               (select coalesce(sum(m.bytes), 0) from image i
                  join media_file m on m.image_id = i.id and m.variant = 'original'
                 where i.place = 0 and i.is_favorite = 1),
               (select coalesce(sum(m.bytes), 0) from image i
                  join media_file m on m.image_id = i.id and m.variant = 'original'
                 where i.place = 0 and i.created_at >= ?),
               (select coalesce(sum(bytes), 0) from media_total where turn = 1)",
        )
        .bind(recent_since(now))
        .fetch_one(&mut *db)
        .await?;
        Ok(StorageUse {
            thumbnails: row.0.unsigned_abs(),
            originals: row.1.unsigned_abs(),
            favorites: row.2.unsigned_abs(),
            recent: row.3.unsigned_abs(),
            all: row.4.unsigned_abs(),
        })
    }

    /// Originals that are here and no longer wanted, the one unused for longest first. A picture that the
    /// server has deleted is not among them: nobody could give its original back.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn media_to_evict(&self, limit: u32) -> Result<Vec<WantedFile>> {
        let mut db = self.reader().await?;
        let rows: Vec<FileRow> = sqlx::query_as(
            "select m.image_id, m.variant, m.path, m.bytes, m.width, m.height, m.blake3, m.attempts
               from media_file m join image i on i.id = m.image_id
              where m.present = 1 and m.wanted = 0 and i.gone = 0
                and not exists (select 1 from media_file o where o.blake3 = m.blake3 and o.wanted = 1)
              order by m.used_at, m.created_at, m.image_id limit ?",
        )
        .bind(limit)
        .fetch_all(&mut *db)
        .await?;
        rows.into_iter().map(FileRow::into_wanted).collect()
    }
}

impl Tx {
    /// Sets the storage policy and plans by it.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn set_storage_policy(
        &mut self,
        policy: &StoragePolicy,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.set_setting(SETTING, &value(policy)?).await?;
        self.set_setting(SINCE, &micros(now).into()).await?;
        self.plan_originals(now).await
    }

    /// Decides anew which originals are wanted here. Needed after pictures came, favorites changed or an
    /// original was opened, unless everything is kept anyway.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn plan_originals(&mut self, now: DateTime<Utc>) -> Result<()> {
        let policy = policy(self.db()).await?;
        let originals = word(&policy.originals)?;
        let since = since(self.db()).await?;
        let cap = policy
            .cap_bytes
            .map_or(i64::MAX, |cap| i64::try_from(cap).unwrap_or(i64::MAX));
        let changes = [
            format!(
                "update media_file set wanted = 1
                  where turn = 1 and wanted = 0 and image_id in ({KEPT})"
            ),
            format!(
                "update media_file set wanted = 0
                  where turn = 1 and wanted = 1 and image_id not in ({KEPT})"
            ),
        ];
        for sql in changes {
            sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(&originals)
                .bind(recent_since(now))
                .bind(cap)
                .bind(since)
                .execute(self.db())
                .await?;
        }
        Ok(())
    }

    /// Notes that a content was deleted from this machine. Call it after the deletion: a crash between the
    /// two leaves a file that is listed and not here, which reading finds out.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn media_evicted(&mut self, blake3: &str) -> Result<()> {
        let sql =
            "update media_file set present = 0, attempts = 0, not_before = null, used_at = null
                    where blake3 = ? and present = 1 and wanted = 0 returning image_id";
        let images: Vec<Uuid> = sqlx::query_scalar(sql)
            .bind(blake3)
            .fetch_all(self.db())
            .await?;
        for image in images {
            self.note(Entity::Media, &image);
        }
        Ok(())
    }
}

fn recent_since(now: DateTime<Utc>) -> i64 {
    micros(now - TimeDelta::days(RECENT_DAYS))
}
