//! Lists, orders and small values.

use std::collections::HashMap;

use amethyst_model::{GenerationStatus, MediaVariant};
use amethyst_store::{GalleryFilter, GenerationFilter};
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::*;

#[tokio::test]
async fn generations_newest_first_and_only_active_ones_on_request() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    for (number, status) in [
        GenerationStatus::Completed,
        GenerationStatus::Pending,
        GenerationStatus::Failed,
        GenerationStatus::Processing,
    ]
    .into_iter()
    .enumerate()
    {
        let mut generation = server_generation(number as u128, status);
        generation.created_at = at(number as i64);
        apply(&store, &[generation_row(generation)]).await;
    }
    request(&store, 1, 9).await;
    let list = async |active_only, limit| {
        let filter = GenerationFilter { active_only, limit };
        let found = store.generations(filter).await.unwrap();
        found
            .into_iter()
            .map(|generation| generation.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(list(false, 10).await, [9, 3, 2, 1, 0].map(generation_id));
    assert_eq!(list(true, 10).await, [9, 3, 1].map(generation_id));
    assert_eq!(list(true, 1).await, [9].map(generation_id));
    assert_eq!(store.counts().await.unwrap().active_generations, 3);
}

#[tokio::test]
async fn images_in_the_order_asked_for() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let changes: Vec<_> = (0..1200)
        .map(|number| image_row(server_image(number, false)))
        .collect();
    apply(&store, &changes).await;
    let wanted: Vec<_> = (0..1300).rev().map(image_id).collect();
    let found = store.images(&wanted).await.unwrap();
    assert_eq!(found.len(), 1200);
    assert_eq!(found[0], server_image(1199, false));
    assert_eq!(found[1199], server_image(0, false));
    assert_eq!(store.images(&[]).await.unwrap(), []);
}

#[tokio::test]
async fn pictures_of_a_request_stand_in_the_order_they_were_painted() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let painted = |number: u128, index: Value| {
        let mut image = server_image(number, false);
        image.created_at = at(50);
        image.technical_metadata = json!({ "index": index });
        image
    };
    let mut other = server_image(5, false);
    other.generation_id = None;
    // No number: what another client or a careless server may write counts as the first.
    let nonsense = json!({ "a": [2] });
    let rows = [
        painted(1, json!(2)),
        painted(2, json!(0)),
        painted(3, json!(1)),
        painted(4, nonsense),
        other,
    ];
    apply(&store, &rows.map(image_row)).await;
    let found = store.images_of(generation_id(0)).await.unwrap();
    let order: Vec<_> = found.iter().map(|image| image.id).collect();
    assert_eq!(order, [2, 4, 3, 1].map(image_id));
    let gallery = store.gallery(GalleryFilter::default()).await.unwrap();
    let order: Vec<_> = gallery[..4].iter().map(|entry| entry.id).collect();
    assert_eq!(order, [2, 4, 3, 1].map(image_id));
}

#[tokio::test]
async fn the_ledger_turns_its_pages_without_gaps() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    // Three lines of one instant, and two a microsecond apart.
    let instants = [
        at(1),
        at(2),
        at(2),
        at(2),
        at(2) + chrono::Duration::microseconds(1),
        at(3),
    ];
    let entries: Vec<_> = (0..)
        .zip(instants)
        .map(|(number, created_at)| ledger_entry(number, -1, created_at))
        .collect();
    apply(
        &store,
        &entries.iter().cloned().map(ledger_row).collect::<Vec<_>>(),
    )
    .await;
    let mut turned = Vec::new();
    let mut before = None;
    loop {
        let page = store.ledger(before, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some((last.created_at, last.id));
        turned.extend(page);
    }
    let newest_first: Vec<_> = entries.iter().rev().cloned().collect();
    assert_eq!(turned, newest_first);
    assert_eq!(store.ledger_of(generation_id(0)).await.unwrap(), entries);
    assert_eq!(store.ledger_of(generation_id(1)).await.unwrap(), []);
    assert_eq!(store.ledger(None, u32::MAX).await.unwrap().len(), 6);
}

#[tokio::test]
async fn models_by_name() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(
        &store,
        &[model_row("sketch"), model_row("flux"), model_row("sdxl")],
    )
    .await;
    let names: Vec<_> = store
        .models()
        .await
        .unwrap()
        .into_iter()
        .map(|model| model.name)
        .collect();
    assert_eq!(names, ["FLUX", "SDXL", "SKETCH"]);
    assert_eq!(
        store.model("flux").await.unwrap(),
        Some(server_model("flux"))
    );
    assert_eq!(store.model("none").await.unwrap(), None);
}

#[tokio::test]
async fn settings_keep_any_value() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    assert_eq!(store.setting("last").await.unwrap(), None);
    for value in [json!(17), json!({ "a": [1, null] })] {
        write(&store, async |tx| {
            tx.set_setting("last", &value).await.unwrap()
        })
        .await;
        assert_eq!(store.setting("last").await.unwrap(), Some(value));
    }
}

#[tokio::test]
async fn counts_follow_everything() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    apply(
        &store,
        &[
            image_row(server_image(1, true)),
            image_row(server_image(2, false)),
        ],
    )
    .await;
    enqueue(&store, 1, &favorite(2, true)).await;
    request(&store, 2, 0).await;
    let counts = store.counts().await.unwrap();
    assert_eq!(
        (
            counts.to_send,
            counts.parked,
            counts.to_fetch,
            counts.images,
            counts.favorites
        ),
        (2, 0, 8, 2, 2)
    );
    write(&store, async |tx| {
        tx.media_fetched(image_id(1), MediaVariant::W256)
            .await
            .unwrap();
    })
    .await;
    assert_eq!(store.counts().await.unwrap().to_fetch, 7);
    let present = store
        .media_present(&[image_id(1), image_id(2), image_id(3)])
        .await
        .unwrap();
    assert_eq!(
        present,
        HashMap::from([(image_id(1), vec![MediaVariant::W256])])
    );
}
