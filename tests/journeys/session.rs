//! Sessions do not die by accident.

use amethyst_engine::SessionStatus;
use amethyst_testkit::{Fault, TestBackend};
use amethyst_tests::{PASSWORD, TestClient, eventually, quick_draft};

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_server_never_sign_out() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let mut client = TestClient::signed_up(&backend, "calm@example.org").await?;
    let html = Fault::Answer {
        status: 500,
        content_type: "text/html".to_owned(),
        body: "<html><body>Bad gateway</body></html>".to_owned(),
    };
    backend.faults().inject("POST", "/", html, 1000);
    client.quit().await;
    client.start().await?;
    let generation = client.request(&quick_draft("un loup")).await?;
    eventually("a problem that is told", async || {
        client.core().sync().await.unwrap().problem.map(|_| ())
    })
    .await;
    assert_eq!(
        client.core().session().await.status,
        SessionStatus::SignedIn
    );
    backend.faults().clear();
    client.core().sync_now().await?;
    client
        .reaches(generation.id, amethyst_model::GenerationStatus::Pending)
        .await;
    client.up_to_date().await;
    eventually("no problem any more", async || {
        client
            .core()
            .sync()
            .await
            .unwrap()
            .problem
            .is_none()
            .then_some(())
    })
    .await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_refreshed_and_the_queue_goes_on() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let client = TestClient::signed_up(&backend, "expired@example.org").await?;
    let expired = Fault::Answer {
        status: 401,
        content_type: "application/json".to_owned(),
        body: r#"{"code":"PGRST303","message":"JWT expired","details":null,"hint":null}"#
            .to_owned(),
    };
    backend
        .faults()
        .inject("POST", "/rest/v1/rpc/request_generation", expired, 1);
    let before: i64 = sqlx::query_scalar("select count(*) from auth.refresh_tokens")
        .fetch_one(backend.pool())
        .await?;
    let generation = client.request(&quick_draft("une tempête")).await?;
    client
        .reaches(generation.id, amethyst_model::GenerationStatus::Pending)
        .await;
    let after: i64 = sqlx::query_scalar("select count(*) from auth.refresh_tokens")
        .fetch_one(backend.pool())
        .await?;
    assert_eq!(after, before + 1, "one refresh for the one refusal");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_servers_clear_word_asks_for_a_new_sign_in() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let mut client = TestClient::signed_up(&backend, "word@example.org").await?;
    sqlx::query("delete from auth.sessions")
        .execute(backend.pool())
        .await?;
    client.quit().await;
    client.secrets().age_session(chrono::Duration::hours(2));
    client.start().await?;
    let generation = client.request(&quick_draft("une cabane")).await?;
    eventually("the need to sign in", async || {
        let status = client.core().session().await.status;
        (status == SessionStatus::NeedsSignIn).then_some(())
    })
    .await;
    // The library stays readable and the unsent work stays.
    assert_eq!(client.core().outbox().await?.len(), 1);
    assert_eq!(
        client
            .core()
            .account()
            .await?
            .unwrap()
            .profile
            .credits_balance,
        100
    );
    client.core().sign_in("word@example.org", PASSWORD).await?;
    client
        .reaches(generation.id, amethyst_model::GenerationStatus::Pending)
        .await;
    Ok(())
}
