//! The backend's own life: it starts, stops, and starts again as the same server.

use amethyst_testkit::TestBackend;

#[tokio::test(flavor = "multi_thread")]
async fn data_survives_a_restart_at_the_same_address() -> anyhow::Result<()> {
    let mut backend = TestBackend::start().await?;
    let (url, key) = (backend.url().to_owned(), backend.anon_key().to_owned());
    sqlx::query("update public.models set credits_cost = 7 where id = 'sketch'")
        .execute(backend.pool())
        .await?;
    backend.stop().await?;
    assert!(!backend.connection_file().exists());
    backend.start_again().await?;
    assert_eq!(
        (backend.url(), backend.anon_key()),
        (url.as_str(), key.as_str())
    );
    let cost: i32 =
        sqlx::query_scalar("select credits_cost from public.models where id = 'sketch'")
            .fetch_one(backend.pool())
            .await?;
    assert_eq!(cost, 7);
    assert!(backend.connection_file().exists());
    Ok(())
}
