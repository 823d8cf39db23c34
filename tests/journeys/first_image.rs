//! The main job: from a new account to files on this machine.

use amethyst_model::{GenerationStatus, LedgerKind, MediaVariant};
use amethyst_testkit::TestBackend;
use amethyst_tests::{TestClient, quick_draft};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_gets_its_first_image() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let client = TestClient::signed_up(&backend, "ada@example.org").await?;
    let account = client.core().account().await?.unwrap();
    assert_eq!(account.profile.credits_balance, 100);

    let mut draft = quick_draft("un renard dans la brume");
    draft.num_outputs = 2;
    let generation = client.request(&draft).await?;
    assert_eq!(generation.status, GenerationStatus::ToSend);
    let ended = client.ended(generation.id).await;
    assert_eq!(
        ended.status,
        GenerationStatus::Completed,
        "{:?}",
        ended.error_message
    );

    let images = client.core().images_of(generation.id).await?;
    assert_eq!(images.len(), 2);
    for image in &images {
        client.has_all_files(image.id).await;
        let original = client
            .core()
            .media(image.id, MediaVariant::Original)
            .await?
            .unwrap();
        assert_eq!(original.mime, "image/webp");
        assert_eq!((image.width, image.height), (256, 256));
        assert!(
            image.seed().is_some_and(|seed| seed >= 0),
            "the drawn seed is stored"
        );
    }
    client.up_to_date().await;
    let (ledger, _) = client.core().ledger(None, 10).await?;
    let lines: Vec<_> = ledger
        .iter()
        .map(|l| (l.entry.kind, l.entry.amount))
        .collect();
    assert_eq!(lines, [(LedgerKind::Usage, -2), (LedgerKind::Bonus, 100)]);
    assert_eq!(ledger[0].balance_after, Some(98));
    assert_eq!(ledger[1].balance_after, Some(100));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_can_be_cancelled_and_the_credits_return() -> anyhow::Result<()> {
    // No worker: the request stays in the queue until it is cancelled.
    let backend = TestBackend::start().await?;
    let client = TestClient::signed_up(&backend, "cancel@example.org").await?;
    let generation = client.request(&quick_draft("une forêt")).await?;
    client
        .reaches(generation.id, GenerationStatus::Pending)
        .await;
    client.core().cancel_generation(generation.id).await?;
    client
        .reaches(generation.id, GenerationStatus::Cancelled)
        .await;
    client.up_to_date().await;
    let account = client.core().account().await?.unwrap();
    assert_eq!(account.profile.credits_balance, 100);
    assert_eq!(client.core().refunded(generation.id).await?, 1);
    Ok(())
}
