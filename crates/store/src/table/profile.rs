//! The signed-in user's profile and balance. A library holds one.

use amethyst_model::{Language, Profile, Theme, UserId};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use crate::change::Entity;
use crate::convert::{from_word, instant, micros, word};
use crate::error::Result;
use crate::{Store, Tx};

#[derive(FromRow)]
struct ProfileRow {
    user_id: Uuid,
    email: String,
    full_name: Option<String>,
    credits_balance: i64,
    subscription_tier: String,
    total_generations: i64,
    language: String,
    theme: String,
    ai_safety_level: String,
    server_updated_at: i64,
}

impl ProfileRow {
    fn into_profile(self) -> Result<Profile> {
        Ok(Profile {
            id: UserId(self.user_id),
            email: self.email,
            full_name: self.full_name,
            credits_balance: self.credits_balance,
            subscription_tier: self.subscription_tier,
            total_generations: self.total_generations,
            language: from_word(self.language, "language")?,
            theme: from_word(self.theme, "theme")?,
            ai_safety_level: self.ai_safety_level,
            updated_at: instant(self.server_updated_at)?,
        })
    }
}

impl Store {
    /// The profile, with unsent changes of language and theme; `None` before the first pull.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn profile(&self) -> Result<Option<Profile>> {
        let mut db = self.reader().await?;
        let row: Option<ProfileRow> = sqlx::query_as(
            "select user_id, email, full_name, credits_balance, subscription_tier,
                    total_generations, language, theme, ai_safety_level, server_updated_at
               from profile limit 1",
        )
        .fetch_optional(&mut *db)
        .await?;
        row.map(ProfileRow::into_profile).transpose()
    }
}

/// Takes in the server's row. Language and theme are new base values; what is shown follows from
/// [`show`].
pub(crate) async fn write_base(tx: &mut Tx, profile: &Profile) -> Result<()> {
    let (language, theme) = (word(&profile.language)?, word(&profile.theme)?);
    sqlx::query(
        "insert into profile
           (user_id, email, full_name, credits_balance, subscription_tier, total_generations,
            language, theme, base_language, base_theme, ai_safety_level, server_updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?7, ?8, ?9, ?10)
         on conflict (user_id) do update set
           email = excluded.email, full_name = excluded.full_name,
           credits_balance = excluded.credits_balance,
           subscription_tier = excluded.subscription_tier,
           total_generations = excluded.total_generations,
           base_language = excluded.base_language, base_theme = excluded.base_theme,
           ai_safety_level = excluded.ai_safety_level,
           server_updated_at = excluded.server_updated_at",
    )
    .bind(profile.id.0)
    .bind(&profile.email)
    .bind(&profile.full_name)
    .bind(profile.credits_balance)
    .bind(&profile.subscription_tier)
    .bind(profile.total_generations)
    .bind(language)
    .bind(theme)
    .bind(&profile.ai_safety_level)
    .bind(micros(profile.updated_at))
    .execute(tx.db())
    .await?;
    tx.note(Entity::Account, &profile.id);
    Ok(())
}

/// The server's language and theme.
pub(crate) async fn base(db: &mut SqliteConnection) -> Result<Option<(UserId, Language, Theme)>> {
    let row: Option<(Uuid, String, String)> =
        sqlx::query_as("select user_id, base_language, base_theme from profile limit 1")
            .fetch_optional(db)
            .await?;
    row.map(|(id, language, theme)| {
        Ok((
            UserId(id),
            from_word(language, "language")?,
            from_word(theme, "theme")?,
        ))
    })
    .transpose()
}

/// Moves the server's language and theme, as a confirmed change does.
pub(crate) async fn set_base(tx: &mut Tx, language: Language, theme: Theme) -> Result<()> {
    sqlx::query("update profile set base_language = ?, base_theme = ?")
        .bind(word(&language)?)
        .bind(word(&theme)?)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Sets what is shown.
pub(crate) async fn show(tx: &mut Tx, id: UserId, language: Language, theme: Theme) -> Result<()> {
    let changed = sqlx::query(
        "update profile set language = ?1, theme = ?2
          where user_id = ?3 and (language <> ?1 or theme <> ?2)",
    )
    .bind(word(&language)?)
    .bind(word(&theme)?)
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
