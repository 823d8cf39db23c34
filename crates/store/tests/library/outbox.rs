//! What joins a lane, what replaces what, and what becomes of it.

use amethyst_model::{
    AccountSettings, GenerationStatus, Intent, IntentState, Language, ParkReason, Theme,
};
use amethyst_store::Ack;
use tempfile::tempdir;

use crate::support::*;

#[tokio::test]
async fn a_request_shows_at_once_and_waits() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    request(&store, 1, 0).await;

    let generation = store.generation(generation_id(0)).await.unwrap().unwrap();
    assert_eq!(generation.status, GenerationStatus::ToSend);
    assert_eq!(generation.draft, draft());
    assert_eq!(generation.credits_cost, 3);
    assert_eq!(generation.created_at, at(100));
    let queued = store.outbox().await.unwrap();
    assert_eq!(ids(&queued), [intent_id(1)]);
    assert_eq!(queued[0].state, IntentState::Waiting { not_before: None });
    assert_eq!(queued[0].created_at, at(100));
    assert_eq!(store.unsent_cost().await.unwrap(), 3);
}

#[tokio::test]
async fn asking_again_with_the_same_ids_changes_nothing() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    request(&store, 1, 0).await;
    request(&store, 1, 0).await;
    assert_eq!(store.outbox().await.unwrap().len(), 1);
    assert_eq!(store.unsent_cost().await.unwrap(), 3);
}

#[tokio::test]
async fn what_waits_survives_closing() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    request(&store, 1, 0).await;
    let before = store.outbox().await.unwrap();
    store.mark_in_flight(intent_id(1));
    store.close().await;

    let store = open(folder.path()).await;
    assert_eq!(store.outbox().await.unwrap(), before);
    // In flight when the program ended: it simply waits again.
    assert_eq!(ids(&store.sendable(at(0)).await.unwrap()), [intent_id(1)]);
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut tx = store.begin().await.unwrap();
    tx.request_generation(intent_id(1), generation_id(0), &draft(), 3, at(0))
        .await
        .unwrap();
    drop(tx);
    assert_eq!(store.outbox().await.unwrap(), []);
    assert_eq!(status_of(&store, 0).await, None);
}

#[tokio::test]
async fn a_newer_wish_replaces_a_waiting_one() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(
        &store,
        &[
            image_row(server_image(1, false)),
            image_row(server_image(2, false)),
        ],
    )
    .await;
    enqueue(&store, 1, &favorite(1, true)).await;
    enqueue(&store, 2, &favorite(2, true)).await;
    enqueue(&store, 3, &favorite(1, false)).await;
    assert_eq!(
        queued(&store).await,
        [favorite(2, true), favorite(1, false)]
    );
    assert!(!is_favorite(&store, 1).await);
    assert!(is_favorite(&store, 2).await);
}

#[tokio::test]
async fn a_toggle_during_send_follows_and_keeps_showing() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(&store, &[image_row(server_image(1, false))]).await;
    enqueue(&store, 1, &favorite(1, true)).await;
    store.mark_in_flight(intent_id(1));
    enqueue(&store, 2, &favorite(1, false)).await;
    assert_eq!(
        queued(&store).await,
        [favorite(1, true), favorite(1, false)]
    );
    assert_eq!(
        store.sendable(at(200)).await.unwrap(),
        [],
        "the lane's head is in flight"
    );

    write(&store, async |tx| {
        tx.acknowledge(intent_id(1), &Ack::State(true))
            .await
            .unwrap();
    })
    .await;
    store.clear_in_flight(intent_id(1));
    assert!(!is_favorite(&store, 1).await, "the newer wish still wins");
    assert_eq!(ids(&store.sendable(at(200)).await.unwrap()), [intent_id(2)]);
    write(&store, async |tx| {
        tx.discard(intent_id(2), at(201)).await.unwrap();
    })
    .await;
    assert!(
        is_favorite(&store, 1).await,
        "the confirmed mark is the base now"
    );
}

#[tokio::test]
async fn a_newer_wish_replaces_a_refused_one() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(&store, &[image_row(server_image(1, false))]).await;
    enqueue(&store, 1, &favorite(1, true)).await;
    write(&store, async |tx| {
        tx.park(intent_id(1), ParkReason::Forbidden, Some("no"))
            .await
            .unwrap();
    })
    .await;
    enqueue(&store, 2, &favorite(1, true)).await;
    assert_eq!(ids(&store.sendable(at(200)).await.unwrap()), [intent_id(2)]);
}

#[tokio::test]
async fn settings_merge_while_they_wait() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(
        &store,
        &[profile_row(server_profile(Language::Fr, Theme::Dark))],
    )
    .await;
    enqueue(&store, 1, &language(Language::En)).await;
    enqueue(&store, 2, &theme(Theme::Light)).await;
    let both = AccountSettings {
        language: Some(Language::En),
        theme: Some(Theme::Light),
        ..AccountSettings::default()
    };
    assert_eq!(
        queued(&store).await,
        [Intent::SetAccountSettings {
            settings: both.clone()
        }]
    );
    let profile = store.profile().await.unwrap().unwrap();
    assert_eq!(shown(&profile), (Language::En, Theme::Light));

    write(&store, async |tx| {
        tx.acknowledge(intent_id(2), &Ack::Settings(both.clone()))
            .await
            .unwrap()
    })
    .await;
    let profile = store.profile().await.unwrap().unwrap();
    assert_eq!(shown(&profile), (Language::En, Theme::Light));
    assert_eq!(store.outbox().await.unwrap(), []);
}

#[tokio::test]
async fn settings_changed_before_the_first_pull_show_with_it() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    enqueue(&store, 1, &theme(Theme::System)).await;
    assert_eq!(store.profile().await.unwrap(), None);
    apply(
        &store,
        &[profile_row(server_profile(Language::En, Theme::Dark))],
    )
    .await;
    let profile = store.profile().await.unwrap().unwrap();
    assert_eq!(shown(&profile), (Language::En, Theme::System));
}
