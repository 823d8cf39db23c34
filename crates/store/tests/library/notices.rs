//! What is told after a commit, and never before or without one.

use amethyst_model::{Language, MediaVariant, Theme};
use amethyst_store::{Change, Entity, Store};
use tempfile::tempdir;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

use crate::support::*;

fn told(changes: &mut Receiver<Change>) -> Vec<Change> {
    let mut told = Vec::new();
    loop {
        match changes.try_recv() {
            Ok(change) => told.push(change),
            Err(TryRecvError::Empty) => return told,
            Err(error) => panic!("{error}"),
        }
    }
}

fn change(entity: Entity, ids: &[String]) -> Change {
    Change {
        entity,
        ids: Some(ids.to_vec()),
    }
}

async fn with_picture(store: &Store) {
    apply(store, &[image_row(server_image(1, false))]).await;
}

#[tokio::test]
async fn after_the_commit_each_row_once() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    with_picture(&store).await;
    let mut changes = store.changes();
    let mut tx = store.begin().await.unwrap();
    tx.enqueue(intent_id(1), &favorite(1, true), at(0))
        .await
        .unwrap();
    tx.apply(&image_row(server_image(1, false))).await.unwrap();
    tx.apply(&profile_row(server_profile(Language::Fr, Theme::Dark)))
        .await
        .unwrap();
    assert_eq!(told(&mut changes), [], "not before it is lasting");
    tx.commit().await.unwrap();
    assert_eq!(
        told(&mut changes),
        [
            change(Entity::Image, &[image_id(1).to_string()]),
            change(
                Entity::Account,
                &[server_profile(Language::Fr, Theme::Dark).id.to_string()]
            ),
            change(Entity::Outbox, &[intent_id(1).to_string()]),
        ]
    );
}

#[tokio::test]
async fn nothing_of_a_dropped_transaction() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    with_picture(&store).await;
    let mut changes = store.changes();
    let mut tx = store.begin().await.unwrap();
    tx.enqueue(intent_id(1), &favorite(1, true), at(0))
        .await
        .unwrap();
    drop(tx);
    let tx = store.begin().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(told(&mut changes), []);
}

#[tokio::test]
async fn a_fetched_content_names_every_picture_that_has_it() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut twin = server_image(2, false);
    twin.files = server_image(1, false).files;
    apply(
        &store,
        &[image_row(server_image(1, false)), image_row(twin)],
    )
    .await;
    let mut changes = store.changes();
    write(&store, async |tx| {
        tx.media_fetched(image_id(2), MediaVariant::W512)
            .await
            .unwrap();
    })
    .await;
    let both = [image_id(1).to_string(), image_id(2).to_string()];
    assert_eq!(told(&mut changes), [change(Entity::Media, &both)]);
}

#[tokio::test]
async fn too_many_to_name_are_not_named() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut changes = store.changes();
    let entries: Vec<_> = (0..5000)
        .map(|number| ledger_row(ledger_entry(number, -1, at(1))))
        .collect();
    apply(&store, &entries).await;
    assert_eq!(
        told(&mut changes),
        [Change {
            entity: Entity::Ledger,
            ids: None
        }]
    );
}
