//! Stopping a request at every point of its way.

use amethyst_model::{GenerationStatus, ParkReason};
use amethyst_store::{Ack, Store};
use tempfile::{TempDir, tempdir};

use crate::support::*;

async fn requested() -> (TempDir, Store) {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    request(&store, 1, 0).await;
    (folder, store)
}

async fn cancel_requested(store: &Store) -> bool {
    store
        .generation(generation_id(0))
        .await
        .unwrap()
        .unwrap()
        .cancel_requested
}

#[tokio::test]
async fn before_sending_both_intents_vanish() {
    let (_folder, store) = requested().await;
    enqueue(&store, 2, &cancel(0)).await;
    assert_eq!(store.outbox().await.unwrap(), []);
    let generation = store.generation(generation_id(0)).await.unwrap().unwrap();
    assert_eq!(generation.status, GenerationStatus::Cancelled);
    let after_the_request = at(100) + chrono::TimeDelta::microseconds(1);
    assert_eq!(generation.completed_at, Some(after_the_request));
    assert_eq!(store.unsent_cost().await.unwrap(), 0);
}

#[tokio::test]
async fn a_parked_request_vanishes_the_same_way() {
    let (_folder, store) = requested().await;
    write(&store, async |tx| {
        tx.park(intent_id(1), ParkReason::PriceChanged, None)
            .await
            .unwrap();
    })
    .await;
    enqueue(&store, 2, &cancel(0)).await;
    assert_eq!(store.outbox().await.unwrap(), []);
    assert_eq!(
        status_of(&store, 0).await,
        Some(GenerationStatus::Cancelled)
    );
}

#[tokio::test]
async fn in_flight_the_wish_follows_in_the_lane() {
    let (_folder, store) = requested().await;
    store.mark_in_flight(intent_id(1));
    enqueue(&store, 2, &cancel(0)).await;
    enqueue(&store, 3, &cancel(0)).await;
    assert_eq!(
        ids(&store.outbox().await.unwrap()),
        [intent_id(1), intent_id(2)],
        "once"
    );
    assert!(cancel_requested(&store).await);

    let ack = Ack::Generation {
        status: GenerationStatus::Pending,
        cost: 3,
        balance: Some(97),
    };
    write(&store, async |tx| {
        tx.acknowledge(intent_id(1), &ack).await.unwrap()
    })
    .await;
    store.clear_in_flight(intent_id(1));
    assert_eq!(ids(&store.sendable(at(200)).await.unwrap()), [intent_id(2)]);
    write(&store, async |tx| {
        tx.acknowledge(intent_id(2), &Ack::Done).await.unwrap()
    })
    .await;
    assert!(
        cancel_requested(&store).await,
        "until the feed says how it ended"
    );
    assert_eq!(status_of(&store, 0).await, Some(GenerationStatus::Pending));

    apply(
        &store,
        &[generation_row(server_generation(
            0,
            GenerationStatus::Cancelled,
        ))],
    )
    .await;
    assert_eq!(
        status_of(&store, 0).await,
        Some(GenerationStatus::Cancelled)
    );
    assert!(!cancel_requested(&store).await);
}

#[tokio::test]
async fn a_creation_that_fails_with_a_wish_behind_it_is_not_tried_again() {
    for park in [true, false] {
        let (_folder, store) = requested().await;
        store.mark_in_flight(intent_id(1));
        enqueue(&store, 2, &cancel(0)).await;
        store.clear_in_flight(intent_id(1));
        write(&store, async |tx| {
            if park {
                tx.park(intent_id(1), ParkReason::InsufficientCredits, None)
                    .await
                    .unwrap();
            } else {
                tx.defer(intent_id(1), at(500)).await.unwrap();
            }
        })
        .await;
        assert_eq!(store.outbox().await.unwrap(), []);
        assert_eq!(
            status_of(&store, 0).await,
            Some(GenerationStatus::Cancelled)
        );
    }
}

#[tokio::test]
async fn a_withdrawn_request_that_had_arrived_is_stopped_there() {
    let (_folder, store) = requested().await;
    enqueue(&store, 2, &cancel(0)).await;
    // The answer to an earlier attempt was lost: the server has it after all.
    let arrived = generation_row(server_generation(0, GenerationStatus::Pending));
    apply(&store, &[arrived.clone(), arrived.clone()]).await;
    apply(&store, &[arrived]).await;
    assert_eq!(queued(&store).await, [cancel(0)]);
    assert_eq!(status_of(&store, 0).await, Some(GenerationStatus::Pending));
    assert!(cancel_requested(&store).await);
}

#[tokio::test]
async fn a_withdrawn_request_that_had_ended_is_left_alone() {
    let (_folder, store) = requested().await;
    enqueue(&store, 2, &cancel(0)).await;
    apply(
        &store,
        &[generation_row(server_generation(
            0,
            GenerationStatus::Completed,
        ))],
    )
    .await;
    assert_eq!(store.outbox().await.unwrap(), []);
    assert_eq!(
        status_of(&store, 0).await,
        Some(GenerationStatus::Completed)
    );
}

#[tokio::test]
async fn a_discarded_creation_ends_as_cancelled() {
    let (_folder, store) = requested().await;
    write(&store, async |tx| {
        tx.park(intent_id(1), ParkReason::ModelUnavailable, None)
            .await
            .unwrap();
        tx.discard(intent_id(1), at(150)).await.unwrap();
    })
    .await;
    let generation = store.generation(generation_id(0)).await.unwrap().unwrap();
    assert_eq!(generation.status, GenerationStatus::Cancelled);
    assert_eq!(generation.completed_at, Some(at(150)));
}

#[tokio::test]
async fn a_creation_the_server_already_has_gives_way_to_the_wish() {
    let (_folder, store) = requested().await;
    // The answer was lost, the feed told of it, the creation still waits to be repeated.
    apply(
        &store,
        &[generation_row(server_generation(
            0,
            GenerationStatus::Processing,
        ))],
    )
    .await;
    enqueue(&store, 2, &cancel(0)).await;
    assert_eq!(queued(&store).await, [cancel(0)]);
    assert_eq!(
        status_of(&store, 0).await,
        Some(GenerationStatus::Processing)
    );
}

#[tokio::test]
async fn a_refused_wish_is_not_shown_as_under_way() {
    let (_folder, store) = requested().await;
    let ack = Ack::Generation {
        status: GenerationStatus::Pending,
        cost: 3,
        balance: Some(97),
    };
    write(&store, async |tx| {
        tx.acknowledge(intent_id(1), &ack).await.unwrap()
    })
    .await;
    enqueue(&store, 2, &cancel(0)).await;
    write(&store, async |tx| {
        tx.park(intent_id(2), ParkReason::Forbidden, None)
            .await
            .unwrap();
    })
    .await;
    assert!(!cancel_requested(&store).await);
    enqueue(&store, 3, &cancel(0)).await;
    assert_eq!(ids(&store.sendable(at(200)).await.unwrap()), [intent_id(3)]);
    assert!(cancel_requested(&store).await);
}
