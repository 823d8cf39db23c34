//! Every file of `supabase/tests`, each in a database of its own. A file fails by a failed assertion.

use futures_util::future::join_all;
use sqlx::{Connection, PgConnection};

use crate::support::{Own, folder, framed, read, run, scripts};

#[tokio::test(flavor = "multi_thread")]
async fn every_script_of_the_schema_passes() {
    let own = Own::start().await;
    let scripts = scripts();
    assert!(!scripts.is_empty());
    let mut urls = Vec::new();
    for number in 0..scripts.len() {
        urls.push(own.server.copy(&format!("script_{number}")).await.unwrap());
    }
    let runs = scripts.iter().zip(&urls).map(async |(script, url)| {
        let outcome = run(url, framed(&read(script))).await;
        outcome.err().map(|error| format!("{script}: {error}\n"))
    });
    let failures: String = join_all(runs).await.into_iter().flatten().collect();
    assert!(failures.is_empty(), "{failures}");
    own.stop().await;
}

/// Whoever forgets an assertion's `assert` writes a script that cannot fail, and so does whoever loses credits.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_noticed() {
    let own = Own::start().await;
    let url = own.server.copy("wrong").await.unwrap();
    let told = "do $$ begin assert (select count(*) from public.models) = -1, 'told'; end $$;";
    let error = run(&url, framed(told)).await.unwrap_err();
    assert!(error.to_string().contains("told"), "{error}");
    let lost =
        "select pg_temp.sign_up('a@example.test'); update public.profiles set credits_balance = 7;";
    let error = run(&url, framed(lost)).await.unwrap_err();
    assert!(error.to_string().contains("disagrees"), "{error}");
    own.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_are_recorded_as_the_cli_does() {
    let own = Own::start().await;
    let url = own.server.copy("recorded").await.unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let recorded: Vec<(String, String)> = sqlx::query_as(
        "select version, name from supabase_migrations.schema_migrations order by version",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut files: Vec<String> = fs_err::read_dir(folder().join("../migrations"))
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
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(published, ["public.sync_changes"]);
    connection.close().await.unwrap();
    own.stop().await;
}
