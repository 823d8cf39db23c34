//! The signed-in user's profile and balance. A library holds one.

use amethyst_model::{AccountSettings, Profile, UserId};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use crate::change::Entity;
use crate::convert::{from_json, instant, json, micros};
use crate::error::Result;
use crate::{Store, Tx};

#[derive(FromRow)]
struct ProfileRow {
    user_id: Uuid,
    email: String,
    credits_balance: i64,
    subscription_tier: String,
    total_generations: i64,
    settings: String,
    server_updated_at: i64,
}

impl ProfileRow {
    fn into_profile(self) -> Result<Profile> {
        Ok(Profile {
            id: UserId(self.user_id),
            email: self.email,
            credits_balance: self.credits_balance,
            subscription_tier: self.subscription_tier,
            total_generations: self.total_generations,
            settings: from_json(&self.settings, "profile")?,
            updated_at: instant(self.server_updated_at)?,
        })
    }
}

impl Store {
    /// The profile, with unsent changes; `None` before the first pull.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn profile(&self) -> Result<Option<Profile>> {
        let mut db = self.reader().await?;
        let row: Option<ProfileRow> = sqlx::query_as(
            "select user_id, email, credits_balance, subscription_tier, total_generations,
                    settings, server_updated_at
               from profile limit 1",
        )
        .fetch_optional(&mut *db)
        .await?;
        row.map(ProfileRow::into_profile).transpose()
    }
}

/// Takes in the server's row. Its editable fields are the new base; what is shown follows from [`show`].
pub(crate) async fn write_base(tx: &mut Tx, profile: &Profile) -> Result<()> {
    sqlx::query(
        "insert into profile
           (user_id, email, credits_balance, subscription_tier, total_generations, base, settings,
            server_updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)
         on conflict (user_id) do update set
           email = excluded.email, credits_balance = excluded.credits_balance,
           subscription_tier = excluded.subscription_tier,
           total_generations = excluded.total_generations,
           base = excluded.base, server_updated_at = excluded.server_updated_at",
    )
    .bind(profile.id.0)
    .bind(&profile.email)
    .bind(profile.credits_balance)
    .bind(&profile.subscription_tier)
    .bind(profile.total_generations)
    .bind(json(&profile.settings)?)
    .bind(micros(profile.updated_at))
    .execute(tx.db())
    .await?;
    tx.note(Entity::Account, &profile.id);
    Ok(())
}

/// The server's editable fields.
pub(crate) async fn base(db: &mut SqliteConnection) -> Result<Option<(UserId, AccountSettings)>> {
    let row: Option<(Uuid, String)> = sqlx::query_as("select user_id, base from profile limit 1")
        .fetch_optional(db)
        .await?;
    row.map(|(id, base)| Ok((UserId(id), from_json(&base, "profile")?)))
        .transpose()
}

/// Moves the server's editable fields, as a confirmed change does.
pub(crate) async fn set_base(tx: &mut Tx, base: &AccountSettings) -> Result<()> {
    sqlx::query("update profile set base = ?")
        .bind(json(base)?)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Sets what is shown.
pub(crate) async fn show(tx: &mut Tx, id: UserId, settings: &AccountSettings) -> Result<()> {
    let sql = "update profile set settings = ?1 where user_id = ?2 and settings <> ?1";
    let changed = sqlx::query(sql)
        .bind(json(settings)?)
        .bind(id.0)
        .execute(tx.db())
        .await?;
    if changed.rows_affected() > 0 {
        tx.note(Entity::Account, &id);
    }
    Ok(())
}

/// Sets the balance that an answer of the server named.
pub(crate) async fn set_balance(tx: &mut Tx, balance: i64) -> Result<()> {
    let sql =
        "update profile set credits_balance = ?1 where credits_balance <> ?1 returning user_id";
    let changed: Vec<Uuid> = sqlx::query_scalar(sql)
        .bind(balance)
        .fetch_all(tx.db())
        .await?;
    for id in changed {
        tx.note(Entity::Account, &id);
    }
    Ok(())
}

pub(crate) async fn remove(tx: &mut Tx, id: Uuid) -> Result<()> {
    sqlx::query("delete from profile where user_id = ?")
        .bind(id)
        .execute(tx.db())
        .await?;
    tx.note(Entity::Account, &id);
    Ok(())
}
