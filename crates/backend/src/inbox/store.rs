//! Writing and reading mail. The table lies outside the exposed schemas.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;

/// A mail.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct Mail {
    /// Order of arrival.
    pub id: i64,
    /// Whom it went to.
    pub recipient: String,
    /// `confirmation` or `recovery`.
    pub kind: String,
    /// Subject line.
    pub subject: String,
    /// Six digits to type.
    pub code: String,
    /// Link to follow instead.
    pub link: String,
    /// When.
    pub sent_at: DateTime<Utc>,
}

/// Makes the table.
pub(crate) async fn lay(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "create schema if not exists amethyst_local;
         create table if not exists amethyst_local.mail (
           id bigint generated always as identity primary key,
           recipient text not null, kind text not null, subject text not null,
           code text not null, link text not null, sent_at timestamptz not null default now());",
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Puts a mail into the inbox.
pub(crate) async fn deliver(
    pool: &PgPool,
    recipient: &str,
    kind: &str,
    code: &str,
    link: &str,
) -> Result<(), sqlx::Error> {
    let subject = match kind {
        "recovery" => "Amethyst — nouveau mot de passe / new password",
        _ => "Amethyst — confirmez votre adresse / confirm your address",
    };
    sqlx::query(
        "insert into amethyst_local.mail (recipient, kind, subject, code, link)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(recipient)
    .bind(kind)
    .bind(subject)
    .bind(code)
    .bind(link)
    .execute(pool)
    .await?;
    Ok(())
}

/// The latest two hundred mails, newest first.
pub(crate) async fn all(pool: &PgPool) -> Result<Vec<Mail>, sqlx::Error> {
    sqlx::query_as("select * from amethyst_local.mail order by id desc limit 200")
        .fetch_all(pool)
        .await
}
