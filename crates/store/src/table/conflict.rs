//! Fields that were changed on two devices, kept until the user has seen it.

use amethyst_model::{FieldConflict, Lane};
use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::change::Entity;
use crate::convert::{from_json, instant, json, micros};
use crate::error::Result;
use crate::{Store, Tx};

/// A conflict to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Local number.
    pub id: i64,
    /// Lane of what it is about: `preferences:<kind>` or `model:<id>`.
    pub lane: Lane,
    /// The field with both values.
    pub field: FieldConflict,
    /// When it was found.
    pub at: DateTime<Utc>,
}

#[derive(FromRow)]
struct ConflictRow {
    id: i64,
    lane: String,
    field: String,
    theirs: String,
    yours: String,
    at: i64,
}

impl ConflictRow {
    fn into_conflict(self) -> Result<Conflict> {
        Ok(Conflict {
            id: self.id,
            lane: Lane(self.lane),
            field: FieldConflict {
                field: self.field,
                theirs: from_json(&self.theirs, "conflict")?,
                yours: from_json(&self.yours, "conflict")?,
            },
            at: instant(self.at)?,
        })
    }
}

impl Store {
    /// Conflicts that the user has not seen, oldest first.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn conflicts(&self) -> Result<Vec<Conflict>> {
        let mut db = self.reader().await?;
        let rows: Vec<ConflictRow> =
            sqlx::query_as("select id, lane, field, theirs, yours, at from conflict order by id")
                .fetch_all(&mut *db)
                .await?;
        rows.into_iter().map(ConflictRow::into_conflict).collect()
    }
}

impl Tx {
    /// Forgets a conflict: the user has seen it. One that is gone is no error.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn settle_conflict(&mut self, id: i64) -> Result<()> {
        sqlx::query("delete from conflict where id = ?")
            .bind(id)
            .execute(self.db())
            .await?;
        self.note(Entity::Conflict, &id);
        Ok(())
    }

    /// Keeps conflicts to be told; a newer one about the same field replaces an older.
    pub(crate) async fn keep_conflicts(
        &mut self,
        lane: &Lane,
        conflicts: &[FieldConflict],
        at: DateTime<Utc>,
    ) -> Result<()> {
        for conflict in conflicts {
            let id: i64 = sqlx::query_scalar(
                "insert into conflict (lane, field, theirs, yours, at) values (?, ?, ?, ?, ?)
                 on conflict (lane, field) do update set
                   theirs = excluded.theirs, yours = excluded.yours, at = excluded.at
              returning id",
            )
            .bind(&lane.0)
            .bind(&conflict.field)
            .bind(json(&conflict.theirs)?)
            .bind(json(&conflict.yours)?)
            .bind(micros(at))
            .fetch_one(self.db())
            .await?;
            self.note(Entity::Conflict, &id);
        }
        Ok(())
    }
}
