//! Whether what is shown follows from the server's rows and the outbox, read behind the library's back.

use std::collections::{BTreeMap, HashSet};

use amethyst_model::{
    GenerationStatus, Intent, IntentState, Lane, QueuedIntent, overlay_favorite,
    overlay_generation_status, overlay_settings,
};
use amethyst_store::{GalleryFilter, Store};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::support::*;

pub(crate) async fn check(store: &Store, db: &mut SqliteConnection) {
    let outbox = store.outbox().await.unwrap();
    let mut lanes: BTreeMap<Lane, Vec<QueuedIntent>> = BTreeMap::new();
    for queued in &outbox {
        lanes
            .entry(queued.lane.clone())
            .or_default()
            .push(queued.clone());
    }
    let lane = |lane: Lane| lanes.get(&lane).cloned().unwrap_or_default();
    check_generations(store, db, &lane).await;
    check_images(store, db, &lane).await;
    check_account(store, db, &lane).await;

    let counts = store.counts().await.unwrap();
    let waiting = outbox
        .iter()
        .filter(|queued| matches!(queued.state, IntentState::Waiting { .. }))
        .count() as u64;
    assert_eq!(
        (counts.to_send, counts.parked),
        (waiting, outbox.len() as u64 - waiting)
    );
    for queued in store.sendable(at(1000)).await.unwrap() {
        assert_eq!(
            queued.id,
            lane(queued.lane.clone())[0].id,
            "only heads of lanes"
        );
    }
}

async fn check_generations(
    store: &Store,
    db: &mut SqliteConnection,
    lane: &impl Fn(Lane) -> Vec<QueuedIntent>,
) {
    let rows: Vec<(Uuid, Option<String>, bool, bool)> = sqlx::query_as(
        "select id, base_status, base_cancel_requested, withdrawn_at is not null from generation",
    )
    .fetch_all(db)
    .await
    .unwrap();
    for (id, base, base_cancel, withdrawn) in rows {
        let id = amethyst_model::GenerationId(id);
        let lane = lane(Intent::CancelGeneration { generation: id }.lane());
        let base = base.map(|status| GenerationStatus::parse(&status).unwrap());
        let creating = lane
            .iter()
            .any(|q| matches!(q.intent, Some(Intent::CreateGeneration { .. })));
        let shown = store.generation(id).await.unwrap().unwrap();
        if base.is_none() && !creating {
            assert!(withdrawn, "neither the server nor the outbox has it");
            assert_eq!(shown.status, GenerationStatus::Cancelled);
        } else {
            assert_eq!(shown.status, overlay_generation_status(base, &lane));
        }
        let asked = lane.iter().any(|queued| {
            matches!(queued.intent, Some(Intent::CancelGeneration { .. }))
                && matches!(queued.state, IntentState::Waiting { .. })
        });
        let stopping = (base_cancel || asked) && !shown.status.is_final();
        assert_eq!(shown.cancel_requested, stopping);
    }
}

async fn check_images(
    store: &Store,
    db: &mut SqliteConnection,
    lane: &impl Fn(Lane) -> Vec<QueuedIntent>,
) {
    let rows: Vec<(Uuid, bool, bool, bool)> =
        sqlx::query_as("select id, base_favorite, is_favorite, gone from image")
            .fetch_all(db)
            .await
            .unwrap();
    let favorites = store
        .gallery(GalleryFilter {
            favorites_only: true,
        })
        .await
        .unwrap();
    let mut expected = HashSet::new();
    for (id, base, shown, gone) in rows {
        let image = amethyst_model::ImageId(id);
        let lane = lane(
            Intent::SetFavorite {
                image,
                favorite: true,
            }
            .lane(),
        );
        assert_eq!(shown, overlay_favorite(base, &lane));
        assert!(
            !gone || !lane.is_empty(),
            "a hidden picture waits for its last intent"
        );
        assert_eq!(store.image(image).await.unwrap().is_none(), gone);
        if shown && !gone {
            expected.insert(image);
        }
    }
    assert_eq!(
        favorites
            .iter()
            .map(|entry| entry.id)
            .collect::<HashSet<_>>(),
        expected
    );
}

async fn check_account(
    store: &Store,
    db: &mut SqliteConnection,
    lane: &impl Fn(Lane) -> Vec<QueuedIntent>,
) {
    let row: Option<(String, String)> =
        sqlx::query_as("select base_language, base_theme from profile")
            .fetch_optional(db)
            .await
            .unwrap();
    let Some((language, theme)) = row else { return };
    let base = (
        serde_json::from_value(language.into()).unwrap(),
        serde_json::from_value(theme.into()).unwrap(),
    );
    let shown = store.profile().await.unwrap().unwrap();
    let expected = overlay_settings(base, &lane(Lane("account".to_owned())));
    assert_eq!((shown.language, shown.theme), expected);
}
