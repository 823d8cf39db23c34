//! Taking in the server's rows, with unsent work on top.

use amethyst_model::{GenerationStatus, Language, Progress, ServerChange, Theme};
use tempfile::tempdir;

use crate::support::*;

#[tokio::test]
async fn rows_come_back_as_they_were_told() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut generation = server_generation(0, GenerationStatus::Processing);
    generation.progress = Some(Progress {
        step: 3,
        steps: 28,
        image: 1,
        images: 2,
    });
    generation.cancel_requested = true;
    let image = server_image(1, true);
    let profile = server_profile(Language::En, Theme::System);
    let entry = ledger_entry(1, -3, at(7));
    let changes = [
        profile_row(profile.clone()),
        model_row("sketch"),
        generation_row(generation.clone()),
        image_row(image.clone()),
        ledger_row(entry.clone()),
        ServerChange::Ignored,
    ];
    apply(&store, &changes).await;
    // Applying twice is harmless.
    apply(&store, &changes).await;

    assert_eq!(store.profile().await.unwrap(), Some(profile));
    assert_eq!(store.models().await.unwrap(), [server_model("sketch")]);
    assert_eq!(
        store.generation(generation.id).await.unwrap(),
        Some(generation)
    );
    assert_eq!(store.image(image.id).await.unwrap(), Some(image));
    assert_eq!(store.ledger(None, 10).await.unwrap(), [entry]);
}

#[tokio::test]
async fn a_pull_never_undoes_what_is_unsent() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(
        &store,
        &[
            image_row(server_image(1, false)),
            profile_row(server_profile(Language::Fr, Theme::Dark)),
        ],
    )
    .await;
    enqueue(&store, 1, &favorite(1, true)).await;
    enqueue(&store, 2, &theme(Theme::Light)).await;
    apply(
        &store,
        &[
            image_row(server_image(1, false)),
            profile_row(server_profile(Language::En, Theme::System)),
        ],
    )
    .await;
    assert!(is_favorite(&store, 1).await);
    let profile = store.profile().await.unwrap().unwrap();
    assert_eq!(shown(&profile), (Language::En, Theme::Light));
}

#[tokio::test]
async fn an_intent_older_than_its_picture_shows_when_the_picture_comes() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    enqueue(&store, 1, &favorite(1, true)).await;
    apply(&store, &[image_row(server_image(1, false))]).await;
    assert!(is_favorite(&store, 1).await);
    assert_eq!(store.counts().await.unwrap().favorites, 1);
}

#[tokio::test]
async fn deletions_take_rows_and_what_is_moot_with_them() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(
        &store,
        &[
            generation_row(server_generation(0, GenerationStatus::Completed)),
            image_row(server_image(1, false)),
            model_row("sketch"),
            ledger_row(ledger_entry(1, -3, at(7))),
            profile_row(server_profile(Language::Fr, Theme::Dark)),
        ],
    )
    .await;
    enqueue(&store, 1, &favorite(1, true)).await;
    apply(
        &store,
        &[
            deletion("prompts", generation_id(0)),
            deletion("generated_images", image_id(1)),
            deletion("models", "sketch"),
            deletion("credit_transactions", ledger_entry(1, -3, at(7)).id),
            deletion("profiles", server_profile(Language::Fr, Theme::Dark).id),
            deletion("image_analysis", image_id(1)),
            deletion("prompts", "not an id"),
        ],
    )
    .await;
    assert_eq!(status_of(&store, 0).await, None);
    assert_eq!(store.image(image_id(1)).await.unwrap(), None);
    assert_eq!(store.models().await.unwrap(), []);
    assert_eq!(store.ledger(None, 10).await.unwrap(), []);
    assert_eq!(store.profile().await.unwrap(), None);
    assert_eq!(store.outbox().await.unwrap(), []);
}

#[tokio::test]
async fn a_picture_deleted_while_its_mark_is_in_flight_goes_with_the_answer() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(&store, &[image_row(server_image(1, false))]).await;
    enqueue(&store, 1, &favorite(1, true)).await;
    store.mark_in_flight(intent_id(1));
    apply(&store, &[deletion("generated_images", image_id(1))]).await;
    assert_eq!(
        store.image(image_id(1)).await.unwrap(),
        None,
        "not shown any more"
    );
    assert_eq!(store.counts().await.unwrap().images, 0);
    assert_eq!(store.outbox().await.unwrap().len(), 1);

    write(&store, async |tx| {
        tx.discard(intent_id(1), at(1)).await.unwrap();
    })
    .await;
    let mut db = raw(folder.path()).await;
    let left: i64 = sqlx::query_scalar("select count(*) from image")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn the_cursor_moves_with_its_page_or_not_at_all() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    assert_eq!(store.cursor().await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    tx.apply(&model_row("sketch")).await.unwrap();
    tx.set_cursor("e:1:2:3", 0).await.unwrap();
    drop(tx);
    assert_eq!(store.cursor().await.unwrap(), None);
    write(&store, async |tx| {
        tx.apply(&model_row("sketch")).await.unwrap();
        tx.set_cursor("e:1:2:3", 0).await.unwrap();
    })
    .await;
    assert_eq!(store.cursor().await.unwrap().as_deref(), Some("e:1:2:3"));
    assert!(store.model("sketch").await.unwrap().is_some());
}
