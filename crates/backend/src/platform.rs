//! The SQL of the project: what a hosted project has before our migrations, and the migrations.
//!
//! Embedded at compile time, so that the binary alone can lay a project. The migrations are the very
//! files that `supabase db push` sends; they are recorded where the Supabase CLI records them.

use anyhow::Context;
use include_dir::{Dir, include_dir};
use sqlx::PgPool;

static PLATFORM: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/platform");
static MIGRATIONS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../supabase/migrations");
const SEED: &str = include_str!("../../../supabase/seed.sql");

const RECORD: &str = "
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (
      version text primary key, statements text[], name text);";

/// Lays what is missing. Idempotent; each migration is one transaction with its record.
pub(crate) async fn lay(pool: &PgPool) -> anyhow::Result<()> {
    for (name, text) in files(&PLATFORM) {
        run(pool, text)
            .await
            .with_context(|| format!("platform/{name}"))?;
    }
    run(pool, RECORD).await?;
    for (file, text) in files(&MIGRATIONS) {
        let stem = file.trim_end_matches(".sql");
        let (version, name) = stem.split_once('_').unwrap_or((stem, ""));
        let known: bool = sqlx::query_scalar(
            "select exists (select from supabase_migrations.schema_migrations where version = $1)",
        )
        .bind(version)
        .fetch_one(pool)
        .await?;
        if known {
            continue;
        }
        let mut tx = pool.begin().await?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(text))
            .execute(&mut *tx)
            .await
            .with_context(|| file.clone())?;
        sqlx::query(
            "insert into supabase_migrations.schema_migrations (version, name, statements)
             values ($1, $2, array[$3])",
        )
        .bind(version)
        .bind(name)
        .bind(text)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
    }
    run(pool, SEED).await.context("seed.sql")
}

/// What a hosted project holds before the migrations, in order: file name and text.
#[must_use]
pub fn platform_sql() -> Vec<(String, &'static str)> {
    files(&PLATFORM)
}

/// The migrations in order: file name and text.
#[must_use]
pub fn migrations() -> Vec<(String, &'static str)> {
    files(&MIGRATIONS)
}

/// Every file with its text, in order: what a template cluster depends on.
pub(crate) fn all_sql() -> Vec<(String, &'static str)> {
    let mut all = files(&PLATFORM);
    all.extend(files(&MIGRATIONS));
    all.push(("seed.sql".to_owned(), SEED));
    all
}

async fn run(pool: &PgPool, text: &'static str) -> anyhow::Result<()> {
    let mut connection = pool.acquire().await?;
    sqlx::raw_sql(text).execute(&mut *connection).await?;
    // A file may have changed settings of its session.
    connection.close().await?;
    Ok(())
}

fn files(folder: &'static Dir<'static>) -> Vec<(String, &'static str)> {
    let mut files: Vec<(String, &'static str)> = folder
        .files()
        .filter_map(|file| {
            let name = file.path().file_name()?.to_str()?;
            name.ends_with(".sql")
                .then_some((name.to_owned(), file.contents_utf8()?))
        })
        .collect();
    files.sort();
    files
}
