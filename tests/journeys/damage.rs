//! Bad luck on this machine.

use amethyst_engine::{Core, Event, Shelf};
use amethyst_model::GenerationStatus;
use amethyst_testkit::TestBackend;
use amethyst_tests::{TestClient, quick_draft};

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_library_is_rebuilt_and_unsent_work_saved() -> anyhow::Result<()> {
    let mut backend = TestBackend::with_worker().await?;
    let mut client = TestClient::signed_up(&backend, "damage@example.org").await?;
    let first = client.request(&quick_draft("un phare")).await?;
    client.ended(first.id).await;
    client.up_to_date().await;
    backend.stop().await?;
    client.offline().await;
    let unsent = client.request(&quick_draft("une barque")).await?;
    client.quit().await;

    let user = client.folder().join("accounts");
    let library = fs_err::read_dir(&user)?
        .next()
        .unwrap()?
        .path()
        .join("library.db");
    let mut bytes = fs_err::read(&library)?;
    // The header: what a torn write or another program's mistake destroys most completely.
    bytes[..64].fill(0xAA);
    fs_err::write(&library, bytes)?;

    client.start().await?;
    assert!(client.core().session().await.user_id.is_some());
    backend.start_again().await?;
    client.up_to_date().await;
    assert_eq!(
        client.core().generation(first.id).await?.status,
        GenerationStatus::Completed
    );
    client.reaches(unsent.id, GenerationStatus::Completed).await;
    let moved = fs_err::read_dir(library.parent().unwrap())?
        .filter_map(Result::ok)
        .any(|entry| entry.file_name().to_string_lossy().contains("damaged"));
    assert!(moved, "the damaged file is kept beside the new one");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_reads_but_does_not_write() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    let client = TestClient::signed_up(&backend, "second@example.org").await?;
    let config = client.config();
    let second = Core::start(config).await?;
    assert_eq!(
        second.account().await?.unwrap().profile.credits_balance,
        100
    );
    let refused = second.request_generation(&quick_draft("un cerf"), 1).await;
    assert!(
        matches!(refused, Err(amethyst_engine::Error::ReadOnly)),
        "{refused:?}"
    );
    second.shutdown(std::time::Duration::from_secs(5)).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_deletions_empties_the_gallery() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let client = TestClient::signed_up(&backend, "gone@example.org").await?;
    let generation = client.request(&quick_draft("un arbre")).await?;
    client.ended(generation.id).await;
    client.up_to_date().await;
    let mut events = client.core().events();
    sqlx::query("delete from public.generated_images")
        .execute(backend.pool())
        .await?;
    amethyst_tests::eventually("an empty gallery", async || {
        client
            .core()
            .gallery(Shelf::Gallery)
            .await
            .unwrap()
            .is_empty()
            .then_some(())
    })
    .await;
    let told = std::iter::from_fn(|| events.try_recv().ok())
        .any(|event| matches!(event, Event::Changed(_)));
    assert!(told, "the change was told");
    Ok(())
}
