//! Full reconciliation: what is not seen goes, what is unsent stays.

use amethyst_model::{GenerationStatus, Language, Theme};
use amethyst_store::{Ack, GalleryFilter, Store};
use tempfile::tempdir;

use crate::support::*;

async fn begin(store: &Store) {
    write(store, async |tx| tx.begin_resync().await.unwrap()).await;
}

async fn finish(store: &Store) {
    write(store, async |tx| tx.finish_resync().await.unwrap()).await;
}

#[tokio::test]
async fn what_the_server_does_not_tell_of_is_dropped_at_the_end() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(
        &store,
        &[
            profile_row(server_profile(Language::Fr, Theme::Dark)),
            model_row("old"),
            model_row("sketch"),
            generation_row(server_generation(0, GenerationStatus::Completed)),
            generation_row(server_generation(1, GenerationStatus::Completed)),
            image_row(server_image(1, false)),
            image_row(server_image(2, true)),
            ledger_row(ledger_entry(1, -3, at(1))),
            ledger_row(ledger_entry(2, 3, at(2))),
        ],
    )
    .await;
    write(&store, async |tx| tx.set_cursor("old", 0).await.unwrap()).await;
    begin(&store).await;
    assert_eq!(store.cursor().await.unwrap(), None);
    apply(
        &store,
        &[
            model_row("sketch"),
            generation_row(server_generation(1, GenerationStatus::Completed)),
            image_row(server_image(2, true)),
            ledger_row(ledger_entry(2, 3, at(2))),
        ],
    )
    .await;
    assert_eq!(
        store.counts().await.unwrap().images,
        2,
        "complete on screen until the end"
    );
    finish(&store).await;
    assert_eq!(store.models().await.unwrap(), [server_model("sketch")]);
    assert_eq!(status_of(&store, 0).await, None);
    assert_eq!(
        status_of(&store, 1).await,
        Some(GenerationStatus::Completed)
    );
    let gallery = store.gallery(GalleryFilter::default()).await.unwrap();
    assert_eq!(
        gallery.iter().map(|entry| entry.id).collect::<Vec<_>>(),
        [image_id(2)]
    );
    assert_eq!(
        store.ledger(None, 10).await.unwrap(),
        [ledger_entry(2, 3, at(2))]
    );
    assert!(
        store.profile().await.unwrap().is_some(),
        "the account is not in question"
    );
}

#[tokio::test]
async fn unsent_work_is_never_touched() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(&store, &[image_row(server_image(1, false))]).await;
    enqueue(&store, 1, &favorite(1, true)).await;
    request(&store, 2, 0).await;
    // Known to the server once, and forgotten by it: restored from a backup, say.
    request(&store, 3, 1).await;
    apply(
        &store,
        &[generation_row(server_generation(
            1,
            GenerationStatus::Pending,
        ))],
    )
    .await;
    request(&store, 4, 2).await;
    enqueue(&store, 5, &cancel(2)).await;
    let before = store.outbox().await.unwrap();

    begin(&store).await;
    finish(&store).await;
    assert_eq!(store.outbox().await.unwrap(), before);
    assert_eq!(status_of(&store, 0).await, Some(GenerationStatus::ToSend));
    assert_eq!(
        status_of(&store, 1).await,
        Some(GenerationStatus::ToSend),
        "to be sent again"
    );
    assert_eq!(
        status_of(&store, 2).await,
        Some(GenerationStatus::Cancelled),
        "kept as a row"
    );
    assert_eq!(store.image(image_id(1)).await.unwrap(), None, "hidden");

    // It was there after all: the mark is still on it.
    apply(&store, &[image_row(server_image(1, false))]).await;
    assert!(is_favorite(&store, 1).await);
}

#[tokio::test]
async fn what_was_confirmed_during_it_counts_as_seen() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    request(&store, 1, 0).await;
    begin(&store).await;
    let ack = Ack::Generation {
        status: GenerationStatus::Pending,
        cost: 3,
        balance: Some(97),
    };
    write(&store, async |tx| {
        tx.acknowledge(intent_id(1), &ack).await.unwrap()
    })
    .await;
    finish(&store).await;
    assert_eq!(status_of(&store, 0).await, Some(GenerationStatus::Pending));
}

#[tokio::test]
async fn it_ends_after_a_restart_and_only_once() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(&store, &[model_row("old"), model_row("sketch")]).await;
    // None under way: nothing happens.
    finish(&store).await;
    assert_eq!(store.models().await.unwrap().len(), 2);

    begin(&store).await;
    apply(&store, &[model_row("sketch")]).await;
    store.close().await;
    let store = open(folder.path()).await;
    finish(&store).await;
    assert_eq!(store.models().await.unwrap(), [server_model("sketch")]);
    apply(&store, &[model_row("another")]).await;
    finish(&store).await;
    assert_eq!(store.models().await.unwrap().len(), 2);
}

#[tokio::test]
async fn beginning_again_starts_over() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    begin(&store).await;
    apply(&store, &[model_row("seen-in-the-first")]).await;
    begin(&store).await;
    apply(&store, &[model_row("sketch")]).await;
    finish(&store).await;
    assert_eq!(store.models().await.unwrap(), [server_model("sketch")]);
}
