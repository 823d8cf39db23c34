//! Whether what is shown follows from the server's rows and the outbox, read behind the library's back.

use std::collections::{BTreeMap, HashSet};

use amethyst_model::{
    GenerationStatus, ImageId, ImageMarks, ImageState, Intent, IntentState, Lane, PreferenceKind,
    QueuedIntent, overlay_collection, overlay_fields, overlay_generation_status, overlay_image,
    overlay_marks, overlay_member, overlay_settings, overlay_tag,
};
use amethyst_store::{GalleryFilter, Shelf, Store};
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
    check_marks(store, db, &lane).await;
    check_collections(store, db, &lane).await;
    check_preferences(store, db, &lane).await;
    check_account(store, db, &lane).await;
    check_totals(db).await;

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
    .fetch_all(&mut *db)
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
    type Row = (Uuid, bool, bool, bool, bool, bool, i64);
    let rows: Vec<Row> = sqlx::query_as(
        "select id, base_favorite, base_public, base_trashed, is_favorite, is_public, gone, place
           from image",
    )
    .fetch_all(&mut *db)
    .await
    .unwrap()
    .into_iter()
    .map(|row: (Uuid, bool, bool, bool, bool, bool, bool, i64)| {
        let base = ImageState {
            favorite: row.1,
            public: row.2,
            trashed: row.3,
            deleted: false,
        };
        let image = ImageId(row.0);
        let lane = lane(Lane::image(image));
        let shown = overlay_image(base, &lane);
        assert_eq!((row.4, row.5), (shown.favorite, shown.public), "{lane:?}");
        assert!(
            !row.6 || !lane.is_empty(),
            "a hidden picture waits for its last intent"
        );
        let place = match shown {
            _ if row.6 || shown.deleted => 2,
            _ if shown.trashed => 1,
            _ => 0,
        };
        assert_eq!(row.7, place);
        (row.0, row.1, row.2, row.3, row.4, row.5, row.7)
    })
    .collect();
    for shelf in [Shelf::Gallery, Shelf::Favorites, Shelf::Trash] {
        let shown = store.gallery(GalleryFilter { shelf }).await.unwrap();
        let shown: HashSet<Uuid> = shown.iter().map(|entry| entry.id.0).collect();
        let expected: HashSet<Uuid> = rows
            .iter()
            .filter(|(.., favorite, _, place)| match shelf {
                Shelf::Gallery => *place == 0,
                Shelf::Favorites => *place == 0 && *favorite,
                Shelf::Trash => *place == 1,
            })
            .map(|row| row.0)
            .collect();
        assert_eq!(shown, expected, "{shelf:?}");
    }
    for (id, .., place) in &rows {
        let image = store.image(ImageId(*id)).await.unwrap();
        assert_eq!(image.is_none(), *place == 2);
    }
    let counts = store.counts().await.unwrap();
    let visible = rows.iter().filter(|row| row.6 == 0).count() as u64;
    assert_eq!(counts.images, visible);
}

async fn check_marks(
    store: &Store,
    db: &mut SqliteConnection,
    lane: &impl Fn(Lane) -> Vec<QueuedIntent>,
) {
    let images: Vec<ImageId> = (0..3).map(image_id).collect();
    let shown = store.marks(&images).await.unwrap();
    let tags = store.tags(&images).await.unwrap();
    for image in images {
        let lane = lane(Lane::image(image));
        let base: Option<(Option<u8>, Option<String>)> =
            sqlx::query_as("select base_rating, base_pick from image_mark where image_id = ?")
                .bind(image.0)
                .fetch_optional(&mut *db)
                .await
                .unwrap();
        let (rating, pick) = base.unwrap_or_default();
        let base = ImageMarks {
            rating,
            pick: pick.map(|pick| serde_json::from_value(pick.into()).unwrap()),
        };
        assert_eq!(
            shown.get(&image).copied().unwrap_or_default(),
            overlay_marks(base, &lane)
        );
        let base: Vec<String> =
            sqlx::query_scalar("select tag from image_tag where image_id = ? and base = 1")
                .bind(image.0)
                .fetch_all(&mut *db)
                .await
                .unwrap();
        for tag in TAGS {
            let expected = overlay_tag(base.iter().any(|has| has == tag), tag, &lane);
            let carries = tags
                .get(&image)
                .is_some_and(|tags| tags.iter().any(|has| has == tag));
            assert_eq!(carries, expected, "{tag} {lane:?}");
        }
    }
}

async fn check_collections(
    store: &Store,
    db: &mut SqliteConnection,
    lane: &impl Fn(Lane) -> Vec<QueuedIntent>,
) {
    for number in 0..2 {
        let id = collection_id(number);
        let lane = lane(Lane::collection(id));
        let base: Option<Option<String>> =
            sqlx::query_scalar("select base from collection where id = ?")
                .bind(id.0)
                .fetch_optional(&mut *db)
                .await
                .unwrap();
        let base = base
            .flatten()
            .map(|base| serde_json::from_str(&base).unwrap());
        let expected = overlay_collection(base, &lane);
        assert_eq!(store.collection(id).await.unwrap(), expected, "{lane:?}");
        let rows: Vec<(Uuid, bool, bool)> = sqlx::query_as(
            "select image_id, base, shown from collection_image where collection_id = ?",
        )
        .bind(id.0)
        .fetch_all(&mut *db)
        .await
        .unwrap();
        for image in (0..3).map(image_id) {
            let row = rows.iter().find(|row| row.0 == image.0);
            let base = row.is_some_and(|row| row.1);
            let shown = row.is_some_and(|row| row.2);
            assert_eq!(shown, overlay_member(base, image, &lane), "{lane:?}");
        }
    }
}

async fn check_preferences(
    store: &Store,
    db: &mut SqliteConnection,
    lane: &impl Fn(Lane) -> Vec<QueuedIntent>,
) {
    let kind = PreferenceKind::Ui;
    let base: Option<String> = sqlx::query_scalar("select base from preference where kind = ?")
        .bind(kind.as_str())
        .fetch_optional(&mut *db)
        .await
        .unwrap();
    let base = base.map_or_else(Default::default, |base| {
        serde_json::from_str(&base).unwrap()
    });
    assert_eq!(
        store.preferences(kind).await.unwrap(),
        overlay_fields(base, &lane(Lane::preferences(kind)))
    );
}

/// The numbers that triggers keep are those that counting gives.
async fn check_totals(db: &mut SqliteConnection) {
    type Total = (i64, i64, i64, i64, i64);
    let kept: Vec<Total> = sqlx::query_as(
        "select turn, wanted, present, files, bytes from media_total where files <> 0
          order by 1, 2, 3",
    )
    .fetch_all(&mut *db)
    .await
    .unwrap();
    let counted: Vec<Total> = sqlx::query_as(
        "select turn, wanted, present, count(*), sum(bytes) from media_file group by 1, 2, 3
          order by 1, 2, 3",
    )
    .fetch_all(&mut *db)
    .await
    .unwrap();
    assert_eq!(kept, counted);
}

async fn check_account(
    store: &Store,
    db: &mut SqliteConnection,
    lane: &impl Fn(Lane) -> Vec<QueuedIntent>,
) {
    let row: Option<String> = sqlx::query_scalar("select base from profile")
        .fetch_optional(db)
        .await
        .unwrap();
    let Some(base) = row else { return };
    let base = serde_json::from_str(&base).unwrap();
    let shown = store.profile().await.unwrap().unwrap();
    assert_eq!(
        shown.settings,
        overlay_settings(base, &lane(Lane::account()))
    );
}
