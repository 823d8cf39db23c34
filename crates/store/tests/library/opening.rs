//! Who may open a library, and what form it must have.

use amethyst_model::GenerationStatus;
use amethyst_store::{Error, GalleryFilter, Store};
use tempfile::tempdir;

use crate::support::*;

#[tokio::test]
async fn one_owner_at_a_time() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    assert!(matches!(
        Store::open(folder.path()).await.err(),
        Some(Error::InUse)
    ));
    store.close().await;
    // Closed although a clone is still around.
    let next = open(folder.path()).await;
    assert!(store.begin().await.is_err());
    next.close().await;
}

#[tokio::test]
async fn an_owner_that_died_leaves_no_lock() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    request(&store, 1, 0).await;
    // As a killed process does: nothing is closed in order.
    drop(store);
    let store = loop {
        match Store::open(folder.path()).await {
            Ok(opened) => break opened.store,
            // The connections' threads end a moment later.
            Err(Error::InUse) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(store.outbox().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_power_cut_loses_nothing_that_was_committed() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    request(&store, 1, 0).await;
    // What lies on the disk while the program runs: the log is not yet part of the file.
    let copy = tempdir().unwrap();
    for name in ["library.db", "library.db-wal"] {
        fs_err::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    // A write that was cut short at the log's end.
    let log = copy.path().join("library.db-wal");
    let mut torn = fs_err::read(&log).unwrap();
    torn.extend_from_within(torn.len() - 1000..);
    fs_err::write(&log, torn).unwrap();

    let store = open(copy.path()).await;
    assert_eq!(ids(&store.outbox().await.unwrap()), [intent_id(1)]);
    assert_eq!(status_of(&store, 0).await, Some(GenerationStatus::ToSend));
}

#[tokio::test]
async fn a_second_process_reads_what_the_owner_writes() {
    let folder = tempdir().unwrap();
    assert!(
        Store::open_read_only(folder.path()).await.is_err(),
        "there is none yet"
    );
    let owner = open(folder.path()).await;
    let reader = Store::open_read_only(folder.path()).await.unwrap();
    apply(&owner, &[image_row(server_image(1, false))]).await;
    assert_eq!(
        reader
            .gallery(GalleryFilter::default())
            .await
            .unwrap()
            .len(),
        1
    );
    request(&owner, 1, 0).await;
    assert_eq!(status_of(&reader, 0).await, Some(GenerationStatus::ToSend));
    assert!(matches!(reader.begin().await.err(), Some(Error::ReadOnly)));
    reader.close().await;
    apply(&owner, &[image_row(server_image(2, false))]).await;
    owner.close().await;

    // Also when the owner has gone.
    let reader = Store::open_read_only(folder.path()).await.unwrap();
    assert_eq!(reader.counts().await.unwrap().images, 2);
}

#[tokio::test]
async fn a_form_from_the_future_is_left_alone() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    request(&store, 1, 0).await;
    store.close().await;
    let mut db = raw(folder.path()).await;
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (99990101000000, 'of tomorrow', 1, x'00', 0)",
    )
    .execute(&mut db)
    .await
    .unwrap();
    assert!(matches!(
        Store::open(folder.path()).await.err(),
        Some(Error::Newer)
    ));
    assert!(matches!(
        Store::open_read_only(folder.path()).await.err(),
        Some(Error::Newer)
    ));
    sqlx::query("delete from _sqlx_migrations where version = 99990101000000")
        .execute(&mut db)
        .await
        .unwrap();
    assert_eq!(open(folder.path()).await.outbox().await.unwrap().len(), 1);
}

#[tokio::test]
async fn deleted_words_do_not_stay_in_the_file() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    request(&store, 1, 0).await;
    write(&store, async |tx| {
        tx.discard(intent_id(1), at(1)).await.unwrap();
    })
    .await;
    apply(&store, &[deletion("prompts", generation_id(0))]).await;
    store.close().await;
    let bytes = fs_err::read(folder.path().join("library.db")).unwrap();
    let words = draft().prompt.into_bytes();
    assert!(!bytes.windows(words.len()).any(|window| window == words));
}
