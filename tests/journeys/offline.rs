//! The network away: everything readable, everything done is kept, everything arrives once.

use amethyst_engine::Shelf;
use amethyst_model::{GenerationStatus, MediaVariant, SyncPhase};
use amethyst_testkit::TestBackend;
use amethyst_tests::{TestClient, eventually, quick_draft};

async fn count(backend: &TestBackend, query: &'static str) -> i64 {
    sqlx::query_scalar(query)
        .fetch_one(backend.pool())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_there_offline_and_arrives_once_afterwards() -> anyhow::Result<()> {
    let mut backend = TestBackend::with_worker().await?;
    let mut client = TestClient::signed_up(&backend, "off@example.org").await?;
    let first = client
        .request(&quick_draft("un lac au coucher du soleil"))
        .await?;
    client.ended(first.id).await;
    let image = client.core().images_of(first.id).await?[0].id;
    client.has_all_files(image).await;
    client.up_to_date().await;

    client.quit().await;
    backend.stop().await?;
    client.start().await?;

    let core = client.core();
    assert_eq!(
        core.session().await.email.as_deref(),
        Some("off@example.org")
    );
    assert_eq!(core.gallery(Shelf::Gallery).await?.len(), 1);
    assert!(core.media(image, MediaVariant::W512).await?.is_some());
    assert!(core.media(image, MediaVariant::Original).await?.is_some());
    assert_eq!(core.account().await?.unwrap().profile.credits_balance, 99);
    assert_eq!(core.ledger(None, 10).await?.0.len(), 2);
    client.offline().await;

    assert!(core.set_favorite(image, true).await?.is_favorite);
    let second = client.request(&quick_draft("une ville la nuit")).await?;
    assert_eq!(second.status, GenerationStatus::ToSend);
    assert_eq!(core.quote(&quick_draft("x")).await?.balance_after, Some(97));
    let waiting = core.sync().await?;
    assert_eq!(waiting.state.to_send, 2);
    assert_eq!(waiting.state.phase(), SyncPhase::WaitingForNetwork);

    backend.start_again().await?;
    let ended = client.ended(second.id).await;
    assert_eq!(ended.status, GenerationStatus::Completed);
    client.up_to_date().await;
    assert_eq!(
        count(&backend, "select count(*) from public.user_favorites").await,
        1
    );
    assert_eq!(
        count(&backend, "select count(*) from public.prompts").await,
        2
    );
    assert_eq!(
        count(
            &backend,
            "select count(*) from public.credit_transactions where type = 'usage'"
        )
        .await,
        2
    );
    assert_eq!(
        client
            .core()
            .account()
            .await?
            .unwrap()
            .profile
            .credits_balance,
        98
    );
    assert!(client.core().image_detail(image).await?.image.is_favorite);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_of_many_toggles_wins_and_is_sent_once() -> anyhow::Result<()> {
    let mut backend = TestBackend::with_worker().await?;
    let client = TestClient::signed_up(&backend, "toggle@example.org").await?;
    let first = client.request(&quick_draft("a lighthouse")).await?;
    client.ended(first.id).await;
    client.up_to_date().await;
    let image = client.core().images_of(first.id).await?[0].id;
    backend.stop().await?;
    client.offline().await;
    for favorite in [true, false, true, false, true] {
        client.core().set_favorite(image, favorite).await?;
    }
    assert_eq!(client.core().outbox().await?.len(), 1);
    backend.start_again().await?;
    eventually("the favorite at the server", async || {
        (count(&backend, "select count(*) from public.user_favorites").await == 1).then_some(())
    })
    .await;
    client.up_to_date().await;
    assert!(client.core().image_detail(image).await?.image.is_favorite);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsent_request_can_be_cancelled_and_never_leaves() -> anyhow::Result<()> {
    let mut backend = TestBackend::start().await?;
    let client = TestClient::signed_up(&backend, "never@example.org").await?;
    backend.stop().await?;
    client.offline().await;
    let generation = client.request(&quick_draft("un désert")).await?;
    client.core().cancel_generation(generation.id).await?;
    assert!(client.core().outbox().await?.is_empty());
    backend.start_again().await?;
    client.up_to_date().await;
    assert_eq!(
        count(&backend, "select count(*) from public.prompts").await,
        0
    );
    Ok(())
}
