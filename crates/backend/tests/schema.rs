//! The hosted schema, tested where it runs: every file of `supabase/tests` against the embedded server
//! with all migrations laid. A file fails by a failed assertion and leaves nothing behind.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

#[path = "wire/mod.rs"]
mod wire;

use std::path::{Path, PathBuf};

use sqlx::Connection;
use wire::Server;

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../supabase/tests");
    let entries = fs_err::read_dir(folder).unwrap();
    let mut scripts: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    scripts.sort();
    scripts
}

#[tokio::test(flavor = "multi_thread")]
async fn every_script_of_the_schema_passes() {
    let server = Server::start().await;
    let mut failures = String::new();
    let scripts = scripts();
    assert!(!scripts.is_empty());
    for script in scripts {
        let text = fs_err::read_to_string(&script).unwrap();
        // A connection of its own: a script that fails leaves its transaction broken.
        let mut connection = server.pool.acquire().await.unwrap().detach();
        if let Err(error) = sqlx::raw_sql(sqlx::AssertSqlSafe(text))
            .execute(&mut connection)
            .await
        {
            failures.push_str(&format!("{}: {error}\n", script.display()));
        }
        connection.close().await.unwrap();
    }
    assert!(failures.is_empty(), "{failures}");
    server.stop().await;
}

/// Whoever forgets an assertion's `assert` writes a script that cannot fail.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_assertion_is_noticed() {
    let server = Server::start().await;
    let wrong = "begin; do $$ begin assert (select count(*) from public.models) = -1, 'told'; end $$; rollback;";
    let mut connection = server.pool.acquire().await.unwrap().detach();
    let error = sqlx::raw_sql(wrong)
        .execute(&mut connection)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("told"), "{error}");
    connection.close().await.unwrap();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_are_recorded_as_the_cli_does() {
    let server = Server::start().await;
    let recorded: Vec<(String, String)> = sqlx::query_as(
        "select version, name from supabase_migrations.schema_migrations order by version",
    )
    .fetch_all(&server.pool)
    .await
    .unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../supabase/migrations");
    let mut files: Vec<String> = fs_err::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let recorded: Vec<String> = recorded
        .into_iter()
        .map(|(version, name)| format!("{version}_{name}.sql"))
        .collect();
    assert_eq!(recorded, files);
    let published: Vec<String> = sqlx::query_scalar(
        "select schemaname || '.' || tablename from pg_publication_tables where pubname = 'supabase_realtime'",
    )
    .fetch_all(&server.pool)
    .await
    .unwrap();
    assert_eq!(published, ["public.sync_changes"]);
    server.stop().await;
}
