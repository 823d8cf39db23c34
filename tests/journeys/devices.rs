//! Moments at which a program may die or somebody else may act, one by one; by chance in [`crate::chaos`].

use amethyst_engine::{Drive, Errand, ImageChange};
use amethyst_model::{CollectionSheet, GenerationStatus, ImageId, IntentState, PreferenceKind};
use amethyst_testkit::{Fault, TestBackend};
use amethyst_tests::{TestClient, quick_draft};
use serde_json::{Map, Value, json};

const EMAIL: &str = "devices@example.org";

async fn number(backend: &TestBackend, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql)
        .fetch_one(backend.pool())
        .await
        .unwrap()
}

/// A device that does nothing by itself, with one picture.
async fn with_picture(backend: &TestBackend) -> anyhow::Result<(TestClient, ImageId)> {
    let painter = TestClient::signed_up(backend, EMAIL).await?;
    let generation = painter.request(&quick_draft("un phare")).await?;
    painter.ended(generation.id).await;
    painter.up_to_date().await;
    let image = painter.core().images_of(generation.id).await?[0].id;
    let client = TestClient::another_of(backend, EMAIL, Drive::ByHand).await?;
    client.do_everything().await?;
    Ok((client, image))
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_act_and_the_sending() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let (mut client, image) = with_picture(&backend).await?;
    client.core().set_favorite(image, true).await?;
    let asked = client.request(&quick_draft("une île")).await?;
    client.die_and_start().await?;
    assert_eq!(client.core().outbox().await?.len(), 2);
    client.do_everything().await?;
    assert!(client.core().outbox().await?.is_empty());
    assert_eq!(
        number(&backend, "select count(*) from public.user_favorites").await,
        1
    );
    assert_eq!(
        number(&backend, "select count(*) from public.prompts").await,
        2
    );
    assert_ne!(
        client.core().generation(asked.id).await?.status,
        GenerationStatus::ToSend
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_sending_and_the_answer() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let (mut client, _) = with_picture(&backend).await?;
    let asked = client.request(&quick_draft("une île")).await?;
    let faults = backend.faults().clone();
    faults.inject("POST", "/rest/v1/rpc/request_generation", Fault::Hold, 1);
    let core = client.core().clone();
    let sending = tokio::spawn(async move { core.run(Errand::Send).await });
    faults.holds().await;
    sending.abort();
    let _aborted = sending.await;
    faults.release();
    client.die_and_start().await?;
    assert_eq!(
        client.core().generation(asked.id).await?.status,
        GenerationStatus::ToSend,
        "its fate is not known here"
    );
    client.do_everything().await?;
    assert_eq!(
        number(&backend, "select count(*) from public.prompts").await,
        2
    );
    let paid = "select count(*) from public.credit_transactions where type = 'usage'";
    assert_eq!(number(&backend, paid).await, 2, "paid once each");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn toggled_while_the_first_toggle_is_on_its_way() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let (client, image) = with_picture(&backend).await?;
    client.core().set_favorite(image, true).await?;
    let faults = backend.faults().clone();
    faults.inject("POST", "/rest/v1/rpc/set_favorite", Fault::Hold, 1);
    let core = client.core().clone();
    let sending = tokio::spawn(async move { core.run(Errand::Send).await });
    faults.holds().await;
    assert!(!client.core().set_favorite(image, false).await?.is_favorite);
    client.core().run(Errand::Pull(100)).await?;
    let shown = client.core().image_detail(image).await?.image;
    assert!(!shown.is_favorite, "a page does not undo what waits");
    faults.release();
    sending.await??;
    assert!(!client.core().image_detail(image).await?.image.is_favorite);
    client.do_everything().await?;
    assert_eq!(
        number(&backend, "select count(*) from public.user_favorites").await,
        0
    );
    Ok(())
}

/// The answer to a repetition is the first one; what became of the thing since must not be undone by it.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_act_does_not_set_back_what_another_device_did_since() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let (first, image) = with_picture(&backend).await?;
    let second = TestClient::another_of(&backend, EMAIL, Drive::ByHand).await?;
    second.do_everything().await?;
    let rate = |stars| ImageChange::Rating(Some(stars));
    first.core().change_images(&[image], rate(2)).await?;
    backend
        .faults()
        .inject("POST", "/rest/v1/rpc/set_rating", Fault::DropAnswer, 1);
    let _lost = first.core().run(Errand::Send).await;
    second.core().change_images(&[image], rate(5)).await?;
    second.do_everything().await?;
    first.core().run(Errand::Pull(100)).await?;
    first.do_everything().await?;
    for device in [&first, &second] {
        device.do_everything().await?;
        let marks = device.core().marks(&[image]).await?;
        assert_eq!(marks[&image].rating, Some(5));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_edit_one_document_and_are_told() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let (first, _) = with_picture(&backend).await?;
    let second = TestClient::another_of(&backend, EMAIL, Drive::ByHand).await?;
    second.do_everything().await?;
    let kind = PreferenceKind::Ui;
    let patch = |zoom: i64, other: &str| {
        Map::from_iter([
            ("zoom".to_owned(), json!(zoom)),
            (other.to_owned(), json!(true)),
        ])
    };
    first
        .core()
        .change_preferences(kind, patch(2, "dense"))
        .await?;
    second
        .core()
        .change_preferences(kind, patch(3, "large"))
        .await?;
    first.do_everything().await?;
    second.do_everything().await?;
    first.do_everything().await?;
    let merged = json!({ "zoom": 3, "dense": true, "large": true });
    for device in [&first, &second] {
        let document = device.core().preferences(kind).await?;
        assert_eq!(Value::Object(document), merged, "no field is lost");
    }
    assert!(first.core().conflicts().await?.is_empty());
    let told = second.core().conflicts().await?;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0].field.theirs, &told[0].field.yours),
        (&json!(2), &json!(3))
    );
    second.core().settle_conflict(told[0].id, true).await?;
    second.do_everything().await?;
    first.do_everything().await?;
    assert_eq!(first.core().preferences(kind).await?["zoom"], 2);
    assert!(second.core().conflicts().await?.is_empty());
    Ok(())
}

/// A collection made, filled and renamed before anything could be sent; and one deleted by another device
/// while this one still fills it.
#[tokio::test(flavor = "multi_thread")]
async fn collections_survive_being_offline_and_each_other() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let (first, image) = with_picture(&backend).await?;
    let second = TestClient::another_of(&backend, EMAIL, Drive::ByHand).await?;
    let made = first
        .core()
        .make_collection(CollectionSheet::manual("Phares"))
        .await?;
    first.core().collect(made, &[image], true).await?;
    let renamed = CollectionSheet::manual("Phares et îles");
    first.core().change_collection(made, renamed).await?;
    first.do_everything().await?;
    second.do_everything().await?;
    let seen = second.core().collections().await?;
    assert_eq!(
        (seen[0].sheet.name.as_str(), seen[0].images),
        ("Phares et îles", 1)
    );
    second.core().delete_collection(made).await?;
    second.do_everything().await?;
    first.core().collect(made, &[image], false).await?;
    first.do_everything().await?;
    first.do_everything().await?;
    assert!(first.core().collections().await?.is_empty());
    assert!(
        first.core().outbox().await?.is_empty(),
        "nothing needs the user for it"
    );
    Ok(())
}

/// Trash, restore, delete: the last word of each device, and what is gone stays gone.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_for_good_is_gone_everywhere() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let (first, image) = with_picture(&backend).await?;
    let second = TestClient::another_of(&backend, EMAIL, Drive::ByHand).await?;
    second.do_everything().await?;
    let one = [image];
    let core = first.core();
    core.change_images(&one, ImageChange::Trashed(true)).await?;
    assert_eq!(core.gallery(amethyst_engine::Shelf::Trash).await?.len(), 1);
    core.change_images(&one, ImageChange::Deleted).await?;
    assert!(
        core.gallery(amethyst_engine::Shelf::Trash)
            .await?
            .is_empty()
    );
    second
        .core()
        .change_images(&one, ImageChange::Rating(Some(5)))
        .await?;
    first.do_everything().await?;
    second.do_everything().await?;
    second.do_everything().await?;
    assert!(
        second
            .core()
            .gallery(amethyst_engine::Shelf::Gallery)
            .await?
            .is_empty()
    );
    assert!(second.core().outbox().await?.is_empty());
    assert_eq!(
        number(&backend, "select count(*) from public.generated_images").await,
        0
    );
    Ok(())
}

/// Too many requests under way hold requests, and nothing else, until one of them ends.
#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_hold_requests_only() -> anyhow::Result<()> {
    let backend = TestBackend::start().await?;
    sqlx::query("update private.settings set value = '{\"free\": 1}' where key = 'max_pending'")
        .execute(backend.pool())
        .await?;
    let client = TestClient::signed_up(&backend, EMAIL).await?;
    let first = client.request(&quick_draft("un phare")).await?;
    client.reaches(first.id, GenerationStatus::Pending).await;
    let second = client.request(&quick_draft("une île")).await?;
    amethyst_tests::eventually("the hold", async || {
        client.core().sync().await.unwrap().held.then_some(())
    })
    .await;
    let change = amethyst_model::AccountSettings {
        full_name: Some("Léa".to_owned()),
        ..Default::default()
    };
    client.core().change_settings(change).await?;
    amethyst_tests::eventually("the name at the server", async || {
        let named = "select count(*) from public.profiles where full_name = 'Léa'";
        (number(&backend, named).await == 1).then_some(())
    })
    .await;
    let waiting = client.core().outbox().await?;
    assert!(matches!(waiting[0].state, IntentState::Waiting { .. }));
    assert_eq!(
        (waiting.len(), waiting[0].attempts),
        (1, 0),
        "a hold is no failure"
    );
    client.core().cancel_generation(first.id).await?;
    client.reaches(second.id, GenerationStatus::Pending).await;
    assert!(!client.core().sync().await?.held);
    Ok(())
}
