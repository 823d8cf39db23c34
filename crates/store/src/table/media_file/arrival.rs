//! What becomes of a file on this machine: it arrives, fails to, is opened, or is lost.

use amethyst_model::{ImageId, MediaVariant};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::Tx;
use crate::change::Entity;
use crate::convert::micros;
use crate::error::Result;

/// A file opened again within this time is not noted again: looking must not cost writing.
const NOTED_FOR: TimeDelta = TimeDelta::minutes(10);

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

    /// Notes that the user opened a file: it is fetched first if it is not here, whatever the storage policy
    /// says, and goes last when room is needed.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn media_opened(
        &mut self,
        image: ImageId,
        variant: MediaVariant,
        now: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query(
            "update media_file set used_at = ?1, wanted = 1, not_before = null
              where image_id = ?2 and variant = ?3
                and (wanted = 0 or used_at is null or used_at < ?4)",
        )
        .bind(micros(now))
        .bind(image.0)
        .bind(variant.as_str())
        .bind(micros(now - NOTED_FOR))
        .execute(self.db())
        .await?;
        Ok(())
    }
}
