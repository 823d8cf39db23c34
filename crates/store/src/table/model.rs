//! The cached catalog.

use amethyst_model::GenerationModel;
use sqlx::FromRow;

use crate::change::Entity;
use crate::convert::{from_json, json};
use crate::error::Result;
use crate::{Store, Tx};

#[derive(FromRow)]
struct ModelRow {
    id: String,
    name: String,
    description: Option<String>,
    provider: String,
    version: String,
    is_active: bool,
    credits_cost: i64,
    metadata: String,
}

impl ModelRow {
    fn into_model(self) -> Result<GenerationModel> {
        Ok(GenerationModel {
            metadata: from_json(&self.metadata, "model")?,
            id: self.id,
            name: self.name,
            description: self.description,
            provider: self.provider,
            version: self.version,
            is_active: self.is_active,
            credits_cost: self.credits_cost,
        })
    }
}

impl Store {
    /// The catalog, by name.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn models(&self) -> Result<Vec<GenerationModel>> {
        let mut db = self.reader().await?;
        let rows: Vec<ModelRow> = sqlx::query_as(
            "select id, name, description, provider, version, is_active, credits_cost, metadata
               from model order by name collate nocase, id",
        )
        .fetch_all(&mut *db)
        .await?;
        rows.into_iter().map(ModelRow::into_model).collect()
    }

    /// One model of the catalog.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn model(&self, id: &str) -> Result<Option<GenerationModel>> {
        let mut db = self.reader().await?;
        let row: Option<ModelRow> = sqlx::query_as(
            "select id, name, description, provider, version, is_active, credits_cost, metadata
               from model where id = ?",
        )
        .bind(id)
        .fetch_optional(&mut *db)
        .await?;
        row.map(ModelRow::into_model).transpose()
    }
}

pub(crate) async fn write(tx: &mut Tx, model: &GenerationModel) -> Result<()> {
    let seen = tx.epoch().await?;
    sqlx::query(
        "insert into model
           (id, name, description, provider, version, is_active, credits_cost, metadata, seen)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do update set
           name = excluded.name, description = excluded.description, provider = excluded.provider,
           version = excluded.version, is_active = excluded.is_active,
           credits_cost = excluded.credits_cost, metadata = excluded.metadata, seen = excluded.seen",
    )
    .bind(&model.id)
    .bind(&model.name)
    .bind(&model.description)
    .bind(&model.provider)
    .bind(&model.version)
    .bind(model.is_active)
    .bind(model.credits_cost)
    .bind(json(&model.metadata)?)
    .bind(seen)
    .execute(tx.db())
    .await?;
    tx.note(Entity::Model, &model.id);
    Ok(())
}

pub(crate) async fn remove(tx: &mut Tx, id: &str) -> Result<()> {
    sqlx::query("delete from model where id = ?")
        .bind(id)
        .execute(tx.db())
        .await?;
    tx.note(Entity::Model, &id);
    Ok(())
}

/// Removes the models that the reconciliation `epoch` did not see.
pub(crate) async fn remove_unseen(tx: &mut Tx, epoch: i64) -> Result<()> {
    let sql = "delete from model where seen < ? returning id";
    let gone: Vec<String> = sqlx::query_scalar(sql)
        .bind(epoch)
        .fetch_all(tx.db())
        .await?;
    for id in gone {
        tx.note(Entity::Model, &id);
    }
    Ok(())
}
