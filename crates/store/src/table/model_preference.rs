//! What the user thinks of each model.

use amethyst_model::{ModelPreferenceChange, ModelPreferences};
use sqlx::{FromRow, SqliteConnection};

use crate::change::Entity;
use crate::convert::{from_json, instant, json, micros};
use crate::error::Result;
use crate::{Store, Tx};

#[derive(FromRow)]
struct ModelPreferenceRow {
    model_id: String,
    shown: String,
    use_count: i64,
    last_used_at: Option<i64>,
}

impl ModelPreferenceRow {
    fn into_preferences(self) -> Result<ModelPreferences> {
        let shown: ModelPreferenceChange = from_json(&self.shown, "preferences")?;
        Ok(ModelPreferences {
            model: self.model_id,
            is_favorite: shown.is_favorite.unwrap_or(false),
            default_settings: shown.default_settings,
            use_count: self.use_count,
            last_used_at: self.last_used_at.map(instant).transpose()?,
        })
    }
}

impl Store {
    /// What the user thinks of each model he has used or marked, with unsent changes.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn model_preferences(&self) -> Result<Vec<ModelPreferences>> {
        let mut db = self.reader().await?;
        let rows: Vec<ModelPreferenceRow> = sqlx::query_as(
            "select model_id, shown, use_count, last_used_at from model_preference
              order by model_id",
        )
        .fetch_all(&mut *db)
        .await?;
        rows.into_iter()
            .map(ModelPreferenceRow::into_preferences)
            .collect()
    }
}

/// The server's word, with no field absent.
pub(crate) async fn base(db: &mut SqliteConnection, model: &str) -> Result<ModelPreferenceChange> {
    let text: Option<String> =
        sqlx::query_scalar("select base from model_preference where model_id = ?")
            .bind(model)
            .fetch_optional(db)
            .await?;
    text.map_or_else(|| Ok(nothing()), |text| from_json(&text, "preferences"))
}

fn nothing() -> ModelPreferenceChange {
    ModelPreferenceChange {
        is_favorite: Some(false),
        ..ModelPreferenceChange::default()
    }
}

/// Takes in the server's row.
pub(crate) async fn write(tx: &mut Tx, preferences: &ModelPreferences) -> Result<()> {
    let base = ModelPreferenceChange {
        is_favorite: Some(preferences.is_favorite),
        default_settings: preferences.default_settings.clone(),
    };
    write_base(tx, &preferences.model, &base).await?;
    let sql = "update model_preference set use_count = ?, last_used_at = ? where model_id = ?";
    sqlx::query(sql)
        .bind(preferences.use_count)
        .bind(preferences.last_used_at.map(micros))
        .bind(&preferences.model)
        .execute(tx.db())
        .await?;
    tx.note(Entity::Model, &preferences.model);
    Ok(())
}

/// Moves the server's word; what is shown follows from [`show`].
pub(crate) async fn write_base(
    tx: &mut Tx,
    model: &str,
    base: &ModelPreferenceChange,
) -> Result<()> {
    let seen = tx.epoch().await?;
    sqlx::query(
        "insert into model_preference (model_id, shown, base, use_count, seen)
         values (?1, ?2, ?2, 0, ?3)
         on conflict (model_id) do update set base = excluded.base, seen = excluded.seen",
    )
    .bind(model)
    .bind(json(base)?)
    .bind(seen)
    .execute(tx.db())
    .await?;
    Ok(())
}

/// The server has no row about the model any more.
pub(crate) async fn forget(tx: &mut Tx, model: &str) -> Result<()> {
    sqlx::query(
        "update model_preference set base = ?, use_count = 0, last_used_at = null
          where model_id = ?",
    )
    .bind(json(&nothing())?)
    .bind(model)
    .execute(tx.db())
    .await?;
    Ok(())
}

/// Sets what is shown.
pub(crate) async fn show(tx: &mut Tx, model: &str, shown: &ModelPreferenceChange) -> Result<()> {
    let seen = tx.epoch().await?;
    let changed = sqlx::query(
        "insert into model_preference (model_id, shown, base, use_count, seen)
         values (?, ?, ?, 0, ?)
         on conflict (model_id) do update set shown = excluded.shown
          where shown <> excluded.shown",
    )
    .bind(model)
    .bind(json(shown)?)
    .bind(json(&nothing())?)
    .bind(seen)
    .execute(tx.db())
    .await?;
    if changed.rows_affected() > 0 {
        tx.note(Entity::Model, &model);
    }
    Ok(())
}

/// Models about which the reconciliation `epoch` did not see a row.
pub(crate) async fn unseen(db: &mut SqliteConnection, epoch: i64) -> Result<Vec<String>> {
    let sql = "select model_id from model_preference where seen < ?";
    Ok(sqlx::query_scalar(sql).bind(epoch).fetch_all(db).await?)
}
