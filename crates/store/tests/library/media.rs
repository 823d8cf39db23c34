//! Files: fetched in order, resumed, checked, shared and cleaned up.

use std::path::Path;

use amethyst_model::{ImageId, MediaFile, MediaVariant};
use amethyst_store::{Error, Store};
use tempfile::tempdir;

use crate::support::*;

async fn put(store: &Store, file: &MediaFile, bytes: &[u8]) {
    let mut partial = store.media().open_partial(file).await.unwrap();
    partial.write(bytes).await.unwrap();
    partial.finish().await.unwrap();
}

fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found
}

#[tokio::test]
async fn all_thumbnails_come_before_any_original() {
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
    let order = async |now, limit| {
        let wanted = store.media_to_fetch(now, limit, false).await.unwrap();
        wanted
            .into_iter()
            .map(|wanted| (wanted.image, wanted.file.variant))
            .collect::<Vec<_>>()
    };
    let thumbnails = [MediaVariant::W256, MediaVariant::W512, MediaVariant::W768];
    let mut expected: Vec<(ImageId, MediaVariant)> = Vec::new();
    for number in [2, 1] {
        expected.extend(thumbnails.map(|variant| (image_id(number), variant)));
    }
    expected.extend([2, 1].map(|number| (image_id(number), MediaVariant::Original)));
    assert_eq!(order(at(0), 100).await, expected);
    assert_eq!(order(at(0), 2).await, expected[..2]);

    write(&store, async |tx| {
        tx.media_fetched(image_id(2), MediaVariant::W256)
            .await
            .unwrap();
        tx.media_failed(image_id(2), MediaVariant::W512, at(60))
            .await
            .unwrap();
    })
    .await;
    assert_eq!(order(at(59), 1).await, expected[2..3]);
    let again = store.media_to_fetch(at(60), 1, false).await.unwrap();
    assert_eq!(
        (again[0].file.variant, again[0].attempts),
        (MediaVariant::W512, 1)
    );
    assert_eq!(again[0].file, server_image(2, false).files[1]);

    write(&store, async |tx| {
        tx.media_lost(image_id(2), MediaVariant::W256)
            .await
            .unwrap();
    })
    .await;
    assert_eq!(order(at(0), 1).await, expected[..1], "wanted again");
}

#[tokio::test]
async fn one_content_serves_several_pictures() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut twin = server_image(2, false);
    twin.files = server_image(1, false).files;
    apply(
        &store,
        &[image_row(server_image(1, false)), image_row(twin.clone())],
    )
    .await;
    assert_eq!(
        store.media_to_fetch(at(0), 100, false).await.unwrap().len(),
        4,
        "named once"
    );
    write(&store, async |tx| {
        tx.media_fetched(image_id(2), MediaVariant::W256)
            .await
            .unwrap();
    })
    .await;
    assert_eq!(store.counts().await.unwrap().to_fetch, 6);

    // A third that comes later has it at once.
    twin.id = image_id(3);
    apply(&store, &[image_row(twin)]).await;
    let present = store
        .media_present(&[image_id(1), image_id(2), image_id(3)])
        .await
        .unwrap();
    for number in [1, 2, 3] {
        assert_eq!(present[&image_id(number)], [MediaVariant::W256]);
    }
}

#[tokio::test]
async fn a_changed_content_is_wanted_anew_and_an_unchanged_one_is_not() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut image = server_image(1, false);
    apply(&store, &[image_row(image.clone())]).await;
    for file in &image.files {
        put(&store, file, &content(1, file.variant)).await;
        write(&store, async |tx| {
            tx.media_fetched(image.id, file.variant).await.unwrap()
        })
        .await;
    }
    let before = image.files[0].clone();
    image.files[0] = file(MediaVariant::W256, b"repainted");
    apply(&store, &[image_row(image.clone())]).await;
    let wanted = store.media_to_fetch(at(0), 10, false).await.unwrap();
    assert_eq!(wanted.len(), 1);
    assert_eq!(wanted[0].file, image.files[0]);
    assert!(
        !store.media().contains(&before).await.unwrap(),
        "nobody lists it any more"
    );
    assert!(store.media().contains(&image.files[1]).await.unwrap());
    assert_eq!(store.image(image.id).await.unwrap(), Some(image));
}

#[tokio::test]
async fn files_of_a_deleted_picture_go_unless_another_has_them() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut twin = server_image(2, false);
    twin.files[0] = server_image(1, false).files[0].clone();
    apply(
        &store,
        &[image_row(server_image(1, false)), image_row(twin.clone())],
    )
    .await;
    let own = &server_image(1, false).files[1];
    put(&store, &twin.files[0], &content(1, MediaVariant::W256)).await;
    put(&store, own, &content(1, MediaVariant::W512)).await;

    let mut tx = store.begin().await.unwrap();
    tx.apply(&deletion("generated_images", image_id(1)))
        .await
        .unwrap();
    drop(tx);
    assert!(
        store.media().contains(own).await.unwrap(),
        "not before the commit"
    );

    apply(&store, &[deletion("generated_images", image_id(1))]).await;
    assert!(!store.media().contains(own).await.unwrap());
    assert!(store.media().contains(&twin.files[0]).await.unwrap());
    apply(&store, &[deletion("generated_images", image_id(2))]).await;
    assert_eq!(
        files_below(&folder.path().join("media")),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_download_is_resumed_where_it_stopped() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let bytes = content(1, MediaVariant::Original);
    let wanted = file(MediaVariant::Original, &bytes);
    let mut partial = store.media().open_partial(&wanted).await.unwrap();
    assert_eq!(partial.offset(), 0);
    partial.write(&bytes[..300]).await.unwrap();
    partial.write(&bytes[300..500]).await.unwrap();
    assert_eq!(partial.offset(), 500);
    assert!(
        matches!(store.media().open_partial(&wanted).await, Err(Error::Busy)),
        "two writers would spoil it"
    );
    // Nothing but what reached the file counts after an interruption.
    drop(partial);
    store.close().await;

    let store = open(folder.path()).await;
    assert!(!store.media().contains(&wanted).await.unwrap());
    assert_eq!(store.media().read(&wanted).await.unwrap(), None);
    let mut partial = store.media().open_partial(&wanted).await.unwrap();
    let offset = usize::try_from(partial.offset()).unwrap();
    assert!(offset >= 300, "{offset}");
    partial.write(&bytes[offset..]).await.unwrap();
    partial.finish().await.unwrap();
    assert!(store.media().contains(&wanted).await.unwrap());
    assert_eq!(store.media().read(&wanted).await.unwrap(), Some(bytes));
    assert!(store.media().path_of(&wanted).is_file());
}

#[tokio::test]
async fn a_server_that_cannot_resume_sends_from_the_start() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let bytes = content(1, MediaVariant::Original);
    let wanted = file(MediaVariant::Original, &bytes);
    let mut partial = store.media().open_partial(&wanted).await.unwrap();
    partial.write(&bytes[..700]).await.unwrap();
    partial.restart().await.unwrap();
    assert_eq!(partial.offset(), 0);
    partial.write(&bytes).await.unwrap();
    partial.finish().await.unwrap();
    assert_eq!(store.media().read(&wanted).await.unwrap(), Some(bytes));
}

#[tokio::test]
async fn wrong_content_is_refused_and_deleted() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let bytes = content(1, MediaVariant::Original);
    let wanted = file(MediaVariant::Original, &bytes);
    let mut damaged = bytes.clone();
    damaged[17] ^= 1;
    for wrong in [&damaged[..], &bytes[..bytes.len() - 1], b""] {
        let mut partial = store.media().open_partial(&wanted).await.unwrap();
        partial.write(wrong).await.unwrap();
        assert!(matches!(partial.finish().await, Err(Error::HashMismatch)));
        assert_eq!(
            store.media().open_partial(&wanted).await.unwrap().offset(),
            0
        );
        assert!(!store.media().contains(&wanted).await.unwrap());
    }
}

#[tokio::test]
async fn more_than_announced_is_refused_at_once() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let bytes = content(1, MediaVariant::Original);
    let wanted = file(MediaVariant::Original, &bytes);
    let mut partial = store.media().open_partial(&wanted).await.unwrap();
    partial.write(&bytes).await.unwrap();
    assert!(matches!(
        partial.write(b"x").await,
        Err(Error::HashMismatch)
    ));
    drop(partial);
    assert_eq!(
        store.media().open_partial(&wanted).await.unwrap().offset(),
        0
    );
}

#[tokio::test]
async fn a_partial_longer_than_the_file_is_begun_anew() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let wanted = file(MediaVariant::W256, b"short");
    let partial_path = folder.path().join("media/partial").join(&wanted.blake3);
    fs_err::create_dir_all(partial_path.parent().unwrap()).unwrap();
    fs_err::write(&partial_path, b"far too long").unwrap();
    let mut partial = store.media().open_partial(&wanted).await.unwrap();
    assert_eq!(partial.offset(), 0);
    partial.write(b"short").await.unwrap();
    partial.finish().await.unwrap();
    assert_eq!(
        store.media().read(&wanted).await.unwrap().as_deref(),
        Some(&b"short"[..])
    );
}

#[tokio::test]
async fn a_file_damaged_on_the_disk_is_not_served() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let bytes = content(1, MediaVariant::W256);
    let wanted = file(MediaVariant::W256, &bytes);
    put(&store, &wanted, &bytes).await;
    let mut damaged = bytes.clone();
    damaged[0] ^= 1;
    fs_err::write(store.media().path_of(&wanted), &damaged).unwrap();
    assert_eq!(store.media().read(&wanted).await.unwrap(), None);
    assert!(
        !store.media().contains(&wanted).await.unwrap(),
        "removed, to be fetched again"
    );
}

#[tokio::test]
async fn names_of_the_server_never_lead_out_of_the_folder() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut image = server_image(1, false);
    for evil in ["../../../../etc/passwd", "", "AB", "é"] {
        image.files[0].blake3 = evil.to_owned();
        let path = store.media().path_of(&image.files[0]);
        assert!(
            path.starts_with(folder.path().join("media")),
            "{}",
            path.display()
        );
        assert!(path.components().all(|part| part.as_os_str() != ".."));
        apply(&store, &[image_row(image.clone())]).await;
        let kept = store.image(image.id).await.unwrap().unwrap().files;
        assert_eq!(kept, image.files[1..], "left out");
    }
}

#[tokio::test]
async fn a_copy_for_the_user_is_whole_or_not_there() {
    let folder = tempdir().unwrap();
    let outside = tempdir().unwrap();
    let store = open(folder.path()).await;
    let bytes = content(1, MediaVariant::Original);
    let wanted = file(MediaVariant::Original, &bytes);
    let to = outside.path().join("renard dans la brume.webp");
    assert!(!store.media().export_copy(&wanted, &to).await.unwrap());
    assert!(!to.exists());
    put(&store, &wanted, &bytes).await;
    assert!(store.media().export_copy(&wanted, &to).await.unwrap());
    assert_eq!(fs_err::read(&to).unwrap(), bytes);
    assert_eq!(
        files_below(outside.path()).len(),
        1,
        "no temporary file stays"
    );
    let nowhere = outside.path().join("missing/folder.webp");
    assert!(matches!(
        store.media().export_copy(&wanted, &nowhere).await,
        Err(Error::Io(_))
    ));
}
