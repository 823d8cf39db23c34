//! Nothing is charged twice, nothing above the price that was seen.

use amethyst_engine::Error;
use amethyst_model::{GenerationStatus, IntentState, ParkReason};
use amethyst_testkit::{Fault, TestBackend};
use amethyst_tests::{TestClient, eventually, quick_draft};

async fn usages(backend: &TestBackend) -> i64 {
    sqlx::query_scalar("select count(*) from public.credit_transactions where type = 'usage'")
        .fetch_one(backend.pool())
        .await
        .unwrap()
}

async fn parked(client: &TestClient) -> (amethyst_model::IntentId, ParkReason) {
    eventually("a parked intent", async || {
        client
            .core()
            .outbox()
            .await
            .unwrap()
            .into_iter()
            .find_map(|queued| match queued.state {
                IntentState::Parked { reason, .. } => Some((queued.id, reason)),
                IntentState::Waiting { .. } => None,
            })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_repeated_and_paid_once() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let client = TestClient::signed_up(&backend, "lost@example.org").await?;
    // The server does the work; the answer never arrives.
    backend.faults().inject(
        "POST",
        "/rest/v1/rpc/request_generation",
        Fault::DropAnswer,
        1,
    );
    let generation = client.request(&quick_draft("une baleine")).await?;
    client
        .reaches(generation.id, GenerationStatus::Pending)
        .await;
    client.up_to_date().await;
    assert_eq!(usages(&backend).await, 1);
    assert!(client.core().outbox().await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_executed_twice_is_paid_once() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let client = TestClient::signed_up(&backend, "twice@example.org").await?;
    backend.faults().inject(
        "POST",
        "/rest/v1/rpc/request_generation",
        Fault::Duplicate,
        1,
    );
    let generation = client.request(&quick_draft("un château")).await?;
    client
        .reaches(generation.id, GenerationStatus::Pending)
        .await;
    client.up_to_date().await;
    assert_eq!(usages(&backend).await, 1);
    // A repeated answer is no news of the balance; the feed brings that.
    eventually("the balance", async || {
        let account = client.core().account().await.unwrap().unwrap();
        (account.profile.credits_balance == 99).then_some(())
    })
    .await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_rose_meanwhile_is_not_paid_without_consent() -> anyhow::Result<()> {
    let mut backend = TestBackend::start().await?;
    let client = TestClient::signed_up(&backend, "price@example.org").await?;
    backend.stop().await?;
    client.offline().await;
    let generation = client.request(&quick_draft("un volcan")).await?;
    backend
        .start_again_after(async |pool| {
            sqlx::query("update public.models set credits_cost = 5 where id = 'sketch'")
                .execute(pool)
                .await?;
            Ok(())
        })
        .await?;
    let (intent, reason) = parked(&client).await;
    assert_eq!(reason, ParkReason::PriceChanged);
    assert_eq!(usages(&backend).await, 0);
    client.core().retry_intent(intent, Some(5)).await?;
    client
        .reaches(generation.id, GenerationStatus::Pending)
        .await;
    client.up_to_date().await;
    assert_eq!(
        client
            .core()
            .account()
            .await?
            .unwrap()
            .profile
            .credits_balance,
        95
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn too_few_credits_are_told_before_anything_is_written() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let client = TestClient::signed_up(&backend, "poor@example.org").await?;
    sqlx::query(
        "insert into public.credit_transactions (user_id, amount, type, idempotency_key)
         select id, -100, 'usage', 'spent:' || id from public.profiles",
    )
    .execute(backend.pool())
    .await?;
    eventually("an empty balance", async || {
        client.core().sync_now().await.unwrap();
        let account = client.core().account().await.unwrap().unwrap();
        (account.profile.credits_balance == 0).then_some(())
    })
    .await;
    let refused = client
        .core()
        .request_generation(&quick_draft("une île"), 1)
        .await;
    assert!(
        matches!(refused, Err(Error::InsufficientCredits { missing: 1 })),
        "{refused:?}"
    );
    assert!(client.core().generations(false, 10).await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_request_stops_only_its_own_lane() -> anyhow::Result<()> {
    let mut backend = TestBackend::start().await?;
    let client = TestClient::signed_up(&backend, "lanes@example.org").await?;
    backend.stop().await?;
    client.offline().await;
    let dear = client.request(&quick_draft("un aigle")).await?;
    client
        .core()
        .change_settings(amethyst_model::AccountSettings {
            language: Some(amethyst_model::Language::En),
            ..amethyst_model::AccountSettings::default()
        })
        .await?;
    backend
        .start_again_after(async |pool| {
            sqlx::query("update public.models set is_active = false where id = 'sketch'")
                .execute(pool)
                .await?;
            Ok(())
        })
        .await?;
    let (intent, reason) = parked(&client).await;
    assert_eq!(reason, ParkReason::ModelUnavailable);
    eventually("the language at the server", async || {
        let language: String = sqlx::query_scalar("select language from public.profiles")
            .fetch_one(backend.pool())
            .await
            .unwrap();
        (language == "en").then_some(())
    })
    .await;
    client.core().discard_intent(intent).await?;
    assert!(client.core().outbox().await?.is_empty());
    assert_eq!(
        client.core().generation(dear.id).await?.status,
        GenerationStatus::Cancelled
    );
    assert_eq!(usages(&backend).await, 0);
    Ok(())
}
