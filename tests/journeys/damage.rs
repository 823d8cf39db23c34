//! Bad luck on this machine.

use amethyst_engine::{Core, Event, ImageChange, Shelf};
use amethyst_model::{AccountSettings, CollectionSheet, GenerationStatus, ImageId, PreferenceKind};
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
    let image = client.core().images_of(first.id).await?[0].id;
    fill_outbox(&client, image).await?;
    let waiting = client.core().outbox().await?;
    assert!(waiting.len() >= 40, "{}", waiting.len());
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
    let saved = client.core().outbox().await?;
    assert_eq!(
        saved
            .iter()
            .map(|one| (one.id, one.created_at))
            .collect::<Vec<_>>(),
        waiting
            .iter()
            .map(|one| (one.id, one.created_at))
            .collect::<Vec<_>>()
    );
    assert_eq!(
        client.core().collections().await?.len(),
        1,
        "it exists nowhere else"
    );
    backend.start_again().await?;
    client.up_to_date().await;
    assert_eq!(
        client.core().generation(first.id).await?.status,
        GenerationStatus::Completed
    );
    client.reaches(unsent.id, GenerationStatus::Completed).await;
    let marks = client.core().marks(&[image]).await?;
    assert_eq!(marks[&image].rating, Some(4));
    assert_eq!(client.core().tags(&[image]).await?[&image].len(), 35);
    let collection = &client.core().collections().await?[0];
    assert_eq!(
        (collection.sheet.name.as_str(), collection.images),
        ("Phares", 1)
    );
    let zoom = &client.core().preferences(PreferenceKind::Ui).await?["zoom"];
    assert_eq!(*zoom, serde_json::json!(3));
    let moved = fs_err::read_dir(library.parent().unwrap())?
        .filter_map(Result::ok)
        .any(|entry| entry.file_name().to_string_lossy().contains("damaged"));
    assert!(moved, "the damaged file is kept beside the new one");
    Ok(())
}

/// Something of every kind, and more than fits on one page of the file.
async fn fill_outbox(client: &TestClient, image: ImageId) -> anyhow::Result<()> {
    let core = client.core();
    core.set_favorite(image, true).await?;
    core.change_images(&[image], ImageChange::Rating(Some(4)))
        .await?;
    for number in 0..35 {
        let tag = format!("étiquette numéro {number}");
        core.change_images(&[image], ImageChange::Tag { tag, on: true })
            .await?;
    }
    let made = core
        .make_collection(CollectionSheet::manual("Phares"))
        .await?;
    core.collect(made, &[image], true).await?;
    let patch = serde_json::Map::from_iter([("zoom".to_owned(), serde_json::json!(3))]);
    core.change_preferences(PreferenceKind::Ui, patch).await?;
    let name = AccountSettings {
        full_name: Some("Léa".to_owned()),
        ..AccountSettings::default()
    };
    core.change_settings(name).await?;
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
