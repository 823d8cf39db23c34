//! What becomes of an intent after an attempt, and of one that a newer program wrote.

use amethyst_model::{GenerationStatus, Intent, IntentState, Language, ParkReason, Theme};
use amethyst_store::Ack;
use tempfile::tempdir;

use crate::support::*;

#[tokio::test]
async fn a_confirmed_request_takes_the_servers_word() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(
        &store,
        &[profile_row(server_profile(Language::Fr, Theme::Dark))],
    )
    .await;
    request(&store, 1, 0).await;
    let ack = Ack::Generation {
        status: GenerationStatus::Pending,
        cost: 2,
        balance: Some(98),
    };
    write(&store, async |tx| {
        tx.acknowledge(intent_id(1), &ack).await.unwrap()
    })
    .await;
    let generation = store.generation(generation_id(0)).await.unwrap().unwrap();
    assert_eq!(
        (generation.status, generation.credits_cost),
        (GenerationStatus::Pending, 2)
    );
    assert_eq!(store.profile().await.unwrap().unwrap().credits_balance, 98);
    assert_eq!(store.unsent_cost().await.unwrap(), 0);
    // A repeated answer finds nothing left to do.
    write(&store, async |tx| {
        tx.acknowledge(intent_id(1), &ack).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn an_answer_later_than_the_feed_does_not_turn_time_back() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    request(&store, 1, 0).await;
    apply(
        &store,
        &[generation_row(server_generation(
            0,
            GenerationStatus::Processing,
        ))],
    )
    .await;
    assert_eq!(
        store.unsent_cost().await.unwrap(),
        0,
        "the server has it, and its price"
    );
    let ack = Ack::Generation {
        status: GenerationStatus::Pending,
        cost: 3,
        balance: Some(97),
    };
    write(&store, async |tx| {
        tx.acknowledge(intent_id(1), &ack).await.unwrap()
    })
    .await;
    assert_eq!(
        status_of(&store, 0).await,
        Some(GenerationStatus::Processing)
    );
}

#[tokio::test]
async fn a_parked_intent_stops_its_lane_only() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(&store, &[image_row(server_image(1, false))]).await;
    request(&store, 1, 0).await;
    request(&store, 2, 1).await;
    enqueue(&store, 3, &favorite(1, true)).await;
    write(&store, async |tx| {
        let reason = ParkReason::InsufficientCredits;
        tx.park(intent_id(1), reason, Some("insufficient_credits"))
            .await
            .unwrap();
    })
    .await;
    assert_eq!(status_of(&store, 0).await, Some(GenerationStatus::Parked));
    assert_eq!(
        ids(&store.sendable(at(0)).await.unwrap()),
        [intent_id(2), intent_id(3)]
    );
    assert_eq!(
        store.unsent_cost().await.unwrap(),
        3,
        "what is parked takes nothing"
    );
    let counts = store.counts().await.unwrap();
    assert_eq!(
        (counts.to_send, counts.parked, counts.active_generations),
        (2, 1, 2)
    );
    let parked = &store.outbox().await.unwrap()[0];
    let expected = IntentState::Parked {
        reason: ParkReason::InsufficientCredits,
        detail: Some("insufficient_credits".to_owned()),
    };
    assert_eq!((&parked.state, parked.attempts), (&expected, 1));
}

#[tokio::test]
async fn retrying_at_a_new_price_asks_for_that_price() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    request(&store, 1, 0).await;
    write(&store, async |tx| {
        tx.park(intent_id(1), ParkReason::PriceChanged, None)
            .await
            .unwrap();
    })
    .await;
    write(&store, async |tx| {
        tx.retry(intent_id(1), Some(5), at(200)).await.unwrap()
    })
    .await;
    let sendable = store.sendable(at(200)).await.unwrap();
    let Some(Intent::CreateGeneration { max_cost, .. }) = &sendable[0].intent else {
        panic!("a creation");
    };
    assert_eq!((*max_cost, sendable[0].attempts), (5, 0));
    let generation = store.generation(generation_id(0)).await.unwrap().unwrap();
    assert_eq!(
        (generation.status, generation.credits_cost),
        (GenerationStatus::ToSend, 5)
    );
    assert_eq!(store.unsent_cost().await.unwrap(), 5);
}

#[tokio::test]
async fn a_deferred_intent_waits_for_its_time() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(&store, &[image_row(server_image(1, false))]).await;
    enqueue(&store, 1, &favorite(1, true)).await;
    assert_eq!(store.next_send_at(at(0)).await.unwrap(), None);
    write(&store, async |tx| {
        tx.defer(intent_id(1), at(300)).await.unwrap()
    })
    .await;
    assert_eq!(store.sendable(at(299)).await.unwrap(), []);
    assert_eq!(store.next_send_at(at(299)).await.unwrap(), Some(at(300)));
    let due = store.sendable(at(300)).await.unwrap();
    assert_eq!(due[0].attempts, 1);
    assert_eq!(
        store.next_send_at(at(300)).await.unwrap(),
        None,
        "no hot loop over what is due"
    );
    assert!(
        is_favorite(&store, 1).await,
        "a failed attempt changes nothing on screen"
    );
}

#[tokio::test]
async fn discarding_shows_the_servers_state_again() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(&store, &[image_row(server_image(1, false))]).await;
    enqueue(&store, 1, &favorite(1, true)).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(
        tx.discard(intent_id(1), at(1)).await.unwrap(),
        Some(favorite(1, true))
    );
    assert_eq!(tx.discard(intent_id(1), at(1)).await.unwrap(), None);
    tx.commit().await.unwrap();
    assert!(!is_favorite(&store, 1).await);
}

#[tokio::test]
async fn what_a_newer_program_wrote_is_parked_and_kept() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(&store, &[image_row(server_image(1, false))]).await;
    enqueue(&store, 1, &favorite(1, true)).await;
    enqueue(&store, 2, &theme(Theme::Light)).await;
    store.close().await;
    let mut db = raw(folder.path()).await;
    let newer = "update outbox set version = 99 where kind = 'set_favorite'";
    sqlx::query(newer).execute(&mut db).await.unwrap();
    let other = r#"update outbox set kind = 'dance', payload = '{"dance":{}}'
                    where kind = 'set_account_settings'"#;
    sqlx::query(other).execute(&mut db).await.unwrap();

    let store = open(folder.path()).await;
    let waiting = store.outbox().await.unwrap();
    assert_eq!(waiting.len(), 2);
    for queued in waiting {
        assert_eq!(queued.intent, None);
        let unknown = IntentState::Parked {
            reason: ParkReason::Unknown,
            detail: None,
        };
        assert_eq!(queued.state, unknown);
    }
    assert_eq!(store.counts().await.unwrap().parked, 2);
    write(&store, async |tx| {
        tx.retry(intent_id(1), None, at(1)).await.unwrap()
    })
    .await;
    assert_eq!(store.sendable(at(1000)).await.unwrap(), []);
    store.close().await;

    // The newer program is back: what it understands waits again.
    let older = "update outbox set version = 1 where version = 99";
    sqlx::query(older).execute(&mut db).await.unwrap();
    let store = open(folder.path()).await;
    assert_eq!(
        ids(&store.sendable(at(1000)).await.unwrap()),
        [intent_id(1)]
    );
    assert_eq!(store.counts().await.unwrap().parked, 1);
    write(&store, async |tx| {
        assert_eq!(tx.discard(intent_id(2), at(1)).await.unwrap(), None);
    })
    .await;
    assert_eq!(store.counts().await.unwrap().parked, 0, "gone all the same");
}
