//! Damaged files: the outbox comes through, the rest is made anew.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use amethyst_model::{GenerationStatus, Intent, ParkReason, QueuedIntent, Theme};
use amethyst_store::{Error, GenerationFilter, OpenedLibrary, Store};
use tempfile::{TempDir, tempdir};

use crate::support::*;

const PAGE: u64 = 4096;
/// Requests, marks and settings in [`full_library`].
const INTENTS: usize = 61;

/// A library with pictures, and an outbox of every kind with prompts short and long.
async fn full_library() -> (TempDir, Store) {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let images: Vec<_> = (0..200)
        .map(|number| image_row(server_image(number, false)))
        .collect();
    apply(&store, &images).await;
    write(&store, async |tx| {
        for number in 0..40 {
            let mut draft = draft();
            // Longer than a page: spread over overflow pages.
            draft.prompt = "château ".repeat(1 + number * 12);
            let number = number as u128;
            let (intent, id) = (intent_id(number), generation_id(number));
            tx.request_generation(intent, id, &draft, 3, at(100))
                .await
                .unwrap();
        }
        for number in 0..20 {
            tx.enqueue(intent_id(100 + number), &favorite(number, true), at(101))
                .await
                .unwrap();
        }
        tx.enqueue(intent_id(200), &theme(Theme::Light), at(102))
            .await
            .unwrap();
        tx.park(intent_id(5), ParkReason::PriceChanged, Some("4"))
            .await
            .unwrap();
        tx.defer(intent_id(6), at(900)).await.unwrap();
    })
    .await;
    // Sent and confirmed long ago: must not come back.
    enqueue(&store, 300, &favorite(199, true)).await;
    write(&store, async |tx| {
        tx.acknowledge(intent_id(300), &amethyst_store::Ack::Done)
            .await
            .unwrap();
    })
    .await;
    assert_eq!(store.outbox().await.unwrap().len(), INTENTS);
    (folder, store)
}

fn overwrite(folder: &Path, name: &str, offset: u64, bytes: &[u8]) {
    let mut file = fs_err::OpenOptions::new()
        .write(true)
        .open(folder.join(name))
        .unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(bytes).unwrap();
}

/// The intents as the user made them; the order is the same, the numbers need not be.
fn contents(outbox: &[QueuedIntent]) -> Vec<(&QueuedIntent, &Intent)> {
    outbox
        .iter()
        .map(|queued| (queued, queued.intent.as_ref().unwrap()))
        .collect()
}

async fn rebuilt(folder: &Path) -> OpenedLibrary {
    let opened = Store::open(folder).await.unwrap();
    let salvage = opened.salvage.as_ref().unwrap();
    assert!(salvage.moved_to.is_file());
    assert_eq!(
        salvage.intents_saved as usize,
        opened.store.outbox().await.unwrap().len()
    );
    opened
}

#[tokio::test]
async fn an_overwritten_beginning_costs_no_intent() {
    let (folder, store) = full_library().await;
    let before = store.outbox().await.unwrap();
    store.close().await;
    // Header, schema and all: SQL finds nothing in there any more.
    overwrite(folder.path(), "library.db", 0, &[0xa5; 3 * PAGE as usize]);

    let OpenedLibrary { store, salvage } = rebuilt(folder.path()).await;
    let after = store.outbox().await.unwrap();
    assert_eq!(contents(&after), contents(&before));
    assert_eq!(salvage.unwrap().intents_saved as usize, INTENTS);

    assert_eq!(
        store.counts().await.unwrap().images,
        0,
        "the rest comes back by pulling"
    );
    assert_eq!(store.cursor().await.unwrap(), None);
    let filter = GenerationFilter {
        active_only: true,
        limit: 100,
    };
    let requests = store.generations(filter).await.unwrap();
    assert_eq!(requests.len(), 40, "requests that existed nowhere else");
    assert_eq!(status_of(&store, 5).await, Some(GenerationStatus::Parked));
    assert_eq!(status_of(&store, 4).await, Some(GenerationStatus::ToSend));
    apply(&store, &[image_row(server_image(3, false))]).await;
    assert!(
        is_favorite(&store, 3).await,
        "the unsent mark shows as soon as the picture is back"
    );
    store.close().await;

    // And that was that.
    let store = open(folder.path()).await;
    assert_eq!(store.outbox().await.unwrap().len(), INTENTS);
}

#[tokio::test]
async fn an_intent_whose_own_page_is_lost_takes_no_other_with_it() {
    let (folder, store) = full_library().await;
    let before = store.outbox().await.unwrap();
    store.close().await;
    let mut db = raw(folder.path()).await;
    let root: i64 = sqlx::query_scalar("select rootpage from sqlite_schema where name = 'outbox'")
        .fetch_one(&mut db)
        .await
        .unwrap();
    sqlx::Connection::close(db).await.unwrap();
    // The root of the outbox's tree: every leaf hangs on it.
    overwrite(
        folder.path(),
        "library.db",
        (root as u64 - 1) * PAGE,
        &[0; PAGE as usize],
    );

    let store = rebuilt(folder.path()).await.store;
    assert_eq!(contents(&store.outbox().await.unwrap()), contents(&before));
}

#[tokio::test]
async fn a_truncated_file_keeps_what_is_left_of_it() {
    let (folder, store) = full_library().await;
    let before = store.outbox().await.unwrap();
    store.close().await;
    let path = folder.path().join("library.db");
    let bytes = fs_err::metadata(&path).unwrap().len();
    let mut saved_by_cut = Vec::new();
    for keep in [bytes - PAGE, bytes * 4 / 5, bytes / 2, 100] {
        let copy = tempdir().unwrap();
        fs_err::copy(&path, copy.path().join("library.db")).unwrap();
        let file = fs_err::OpenOptions::new()
            .write(true)
            .open(copy.path().join("library.db"))
            .unwrap();
        file.set_len(keep).unwrap();
        let store = rebuilt(copy.path()).await.store;
        let after = store.outbox().await.unwrap();
        for queued in &after {
            assert!(before.contains(queued), "nothing is made up");
        }
        saved_by_cut.push(after.len());
        // It works like any other.
        request(&store, 999, 999).await;
        assert_eq!(
            store.sendable(at(0)).await.unwrap().len(),
            store_heads(&after) + 1
        );
    }
    assert!(
        saved_by_cut.is_sorted_by(|more, less| more >= less),
        "{saved_by_cut:?}"
    );
    // One page holds about twenty marks, or a single long prompt.
    assert!(saved_by_cut[0] >= INTENTS - 25, "{saved_by_cut:?}");
    assert_eq!(saved_by_cut[3], 0);
}

/// Lanes of `outbox` that may go at once.
fn store_heads(outbox: &[QueuedIntent]) -> usize {
    outbox
        .iter()
        .filter(|queued| queued.id != intent_id(5) && queued.id != intent_id(6))
        .count()
}

#[tokio::test]
async fn intents_that_were_still_in_the_log_are_saved_too() {
    let (folder, store) = full_library().await;
    let before = store.outbox().await.unwrap();
    // As after a power cut: the log was never written back.
    let copy = tempdir().unwrap();
    for name in ["library.db", "library.db-wal"] {
        fs_err::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let wal = fs_err::metadata(copy.path().join("library.db-wal"))
        .unwrap()
        .len();
    assert!(wal > 10 * PAGE, "the intents are in the log");
    overwrite(copy.path(), "library.db", 0, &[0xa5; PAGE as usize]);
    // The log holds a good first page; spoil every copy of it.
    spoil_first_page_in_log(copy.path());

    let store = rebuilt(copy.path()).await.store;
    assert_eq!(contents(&store.outbox().await.unwrap()), contents(&before));
}

fn spoil_first_page_in_log(folder: &Path) {
    let path = folder.join("library.db-wal");
    let mut bytes = Vec::new();
    fs_err::File::open(&path)
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    let mut at = 32;
    while at + 24 + PAGE as usize <= bytes.len() {
        if bytes[at..at + 4] == [0, 0, 0, 1] {
            bytes[at + 24..at + 24 + 100].fill(0xa5);
        }
        at += 24 + PAGE as usize;
    }
    fs_err::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_moved_aside_each_time() {
    let folder = tempdir().unwrap();
    for number in 1..=2 {
        fs_err::write(
            folder.path().join("library.db"),
            b"not a database at all".repeat(500),
        )
        .unwrap();
        let opened = rebuilt(folder.path()).await;
        let name = format!("library.damaged-{number}.db");
        assert_eq!(opened.salvage.unwrap().moved_to, folder.path().join(name));
        request(&opened.store, 1, 0).await;
        opened.store.close().await;
    }
}

#[tokio::test]
async fn damage_met_while_running_is_named_and_mended_at_the_next_opening() {
    let (folder, store) = full_library().await;
    let before = store.outbox().await.unwrap();
    store.close().await;
    let mut db = raw(folder.path()).await;
    let root: i64 = sqlx::query_scalar("select rootpage from sqlite_schema where name = 'image'")
        .fetch_one(&mut db)
        .await
        .unwrap();
    sqlx::Connection::close(db).await.unwrap();

    let store = open(folder.path()).await;
    overwrite(
        folder.path(),
        "library.db",
        (root as u64 - 1) * PAGE,
        &[0x11; PAGE as usize],
    );
    let read = store.image(image_id(1)).await;
    assert!(matches!(read, Err(Error::Damaged)), "{read:?}");
    store.close().await;
    let store = rebuilt(folder.path()).await.store;
    assert_eq!(contents(&store.outbox().await.unwrap()), contents(&before));
}

#[tokio::test]
async fn a_rebuilding_that_was_interrupted_is_ended() {
    let (folder, store) = full_library().await;
    store.close().await;
    // Between moving the damaged file away and putting the new one in its place.
    let (database, ready) = (
        folder.path().join("library.db"),
        folder.path().join("library.rebuilt.db"),
    );
    fs_err::rename(&database, &ready).unwrap();
    let store = open(folder.path()).await;
    assert_eq!(store.outbox().await.unwrap().len(), INTENTS);
    store.close().await;

    // While the new one was being made: it counts for nothing.
    fs_err::write(&ready, b"half").unwrap();
    let store = open(folder.path()).await;
    assert_eq!(store.outbox().await.unwrap().len(), INTENTS);
    assert!(!ready.exists());
}
