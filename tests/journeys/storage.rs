//! Which originals a device keeps.

use amethyst_engine::Drive;
use amethyst_model::{ImageId, MediaVariant, Originals, StoragePolicy, SyncPhase};
use amethyst_testkit::{Fault, TestBackend};
use amethyst_tests::{TestClient, program, quick_draft};

const EMAIL: &str = "room@example.org";

/// A device that does nothing by itself, with three pictures of which it has all files.
async fn with_pictures(backend: &TestBackend) -> anyhow::Result<(TestClient, Vec<ImageId>)> {
    let painter = TestClient::signed_up(backend, EMAIL).await?;
    let mut draft = quick_draft("un phare");
    draft.num_outputs = 3;
    let generation = painter.request(&draft).await?;
    painter.ended(generation.id).await;
    painter.up_to_date().await;
    let images = painter.core().images_of(generation.id).await?;
    let images: Vec<ImageId> = images.iter().map(|image| image.id).collect();
    let client = TestClient::another_of(backend, EMAIL, Drive::ByHand).await?;
    client.do_everything().await?;
    Ok((client, images))
}

async fn originals(client: &TestClient, images: &[ImageId]) -> Vec<bool> {
    let present = client.core().media_present(images).await.unwrap();
    images
        .iter()
        .map(|id| present[id].contains(&MediaVariant::Original))
        .collect()
}

fn keep(originals: Originals) -> StoragePolicy {
    StoragePolicy {
        originals,
        ..StoragePolicy::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn originals_go_and_come_by_choice_and_thumbnails_stay() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let (client, images) = with_pictures(&backend).await?;
    let core = client.core();
    assert_eq!(originals(&client, &images).await, [true; 3]);
    let (_, before) = core.storage().await?;
    assert_eq!((before.originals, before.favorites), (before.all, 0));

    core.set_storage_policy(&keep(Originals::None)).await?;
    client.do_everything().await?;
    assert_eq!(originals(&client, &images).await, [false; 3]);
    let (_, room) = core.storage().await?;
    assert_eq!((room.originals, room.thumbnails), (0, before.thumbnails));
    let sync = core.sync().await?;
    assert_eq!(
        (sync.state.phase(), sync.state.to_fetch),
        (SyncPhase::UpToDate, 0)
    );

    // Opening one fetches it, and it stays.
    assert!(
        core.media(images[1], MediaVariant::Original)
            .await?
            .is_none()
    );
    client.do_everything().await?;
    assert!(
        core.media(images[1], MediaVariant::Original)
            .await?
            .is_some()
    );
    assert_eq!(originals(&client, &images).await, [false, true, false]);

    core.set_favorite(images[2], true).await?;
    core.set_storage_policy(&keep(Originals::Favorites)).await?;
    client.do_everything().await?;
    // What was opened under another choice is not kept for it.
    assert_eq!(originals(&client, &images).await, [false, false, true]);
    core.set_storage_policy(&keep(Originals::Recent)).await?;
    client.do_everything().await?;
    assert_eq!(originals(&client, &images).await, [true; 3]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_keeps_what_was_used_last() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let (client, images) = with_pictures(&backend).await?;
    let core = client.core();
    assert!(
        core.media(images[1], MediaVariant::Original)
            .await?
            .is_some()
    );
    let (_, room) = core.storage().await?;
    let largest = 1 + room.all / 2;
    let policy = StoragePolicy {
        cap_bytes: Some(largest),
        ..StoragePolicy::default()
    };
    core.set_storage_policy(&policy).await?;
    client.do_everything().await?;
    let (_, room) = core.storage().await?;
    assert!(room.originals <= largest, "{room:?}");
    assert!(originals(&client, &images).await[1], "it was opened last");
    assert_eq!(core.sync().await?.state.to_fetch, 0, "a cap is no debt");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_has_lost_is_never_thrown_away() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let (client, images) = with_pictures(&backend).await?;
    let lost = images[0].to_string();
    let mut storage = backend.pool().begin().await?;
    sqlx::query("select set_config('storage.allow_delete_query', 'true', true)")
        .execute(&mut *storage)
        .await?;
    sqlx::query("delete from storage.objects where name like '%/' || $1 || '.webp'")
        .bind(&lost)
        .execute(&mut *storage)
        .await?;
    storage.commit().await?;
    client
        .core()
        .set_storage_policy(&keep(Originals::None))
        .await?;
    client.do_everything().await?;
    client.do_everything().await?;
    assert_eq!(originals(&client, &images).await, [true, false, false]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_metered_connection_fetches_only_what_is_opened() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let (_, images) = with_pictures(&backend).await?;
    let client = TestClient::another_of(&backend, EMAIL, Drive::ByHand).await?;
    let core = client.core();
    core.set_metered(true).await;
    client.do_everything().await?;
    let sync = core.sync().await?;
    assert_eq!(sync.state.phase(), SyncPhase::Paused);
    assert_eq!(sync.state.to_fetch, 12);
    assert!(core.media(images[0], MediaVariant::W512).await?.is_none());
    client.do_everything().await?;
    assert!(core.media(images[0], MediaVariant::W512).await?.is_some());
    // Small pictures have the same content in all sizes; what was fetched serves them all.
    let left = core.sync().await?.state.to_fetch;
    assert!((9..12).contains(&left), "{left}");
    core.set_metered(false).await;
    client.do_everything().await?;
    assert_eq!(core.sync().await?.state.phase(), SyncPhase::UpToDate);
    Ok(())
}

/// Cut off in the middle, then spoiled, then whole: the file appears only when every byte is right.
#[tokio::test(flavor = "multi_thread")]
async fn a_download_is_resumed_and_verified() -> anyhow::Result<()> {
    let backend = TestBackend::with_worker().await?;
    let (_, images) = with_pictures(&backend).await?;
    let client = TestClient::another_of(&backend, EMAIL, Drive::ByHand).await?;
    let spoiled = Fault::Answer {
        status: 200,
        content_type: "image/webp".to_owned(),
        body: "not a picture".repeat(10),
    };
    let files = "/storage/v1/object/authenticated/";
    backend.faults().inject("GET", files, Fault::Truncate, 3);
    backend.faults().inject("GET", files, spoiled, 3);
    client
        .core()
        .run(amethyst_engine::Errand::Pull(500))
        .await?;
    amethyst_tests::eventually("all files", async || {
        client.do_everything().await.unwrap();
        (client.core().sync().await.unwrap().state.to_fetch == 0).then_some(())
    })
    .await;
    for id in images {
        for variant in MediaVariant::ALL {
            assert!(client.core().media(id, variant).await?.is_some());
        }
    }
    Ok(())
}

/// A real full disk: a small file system of its own, in a name space of its own, with the command line in
/// it. Nothing is lost, nothing is paid twice, and it goes on when there is room.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_survived() -> anyhow::Result<()> {
    let can = std::process::Command::new("unshare")
        .args(["-rm", "true"])
        .status();
    if !can.is_ok_and(|status| status.success()) {
        // Some containers allow nobody to mount anything.
        return Ok(());
    }
    let backend = TestBackend::with_worker().await?;
    let place = tempfile::tempdir()?;
    let script = r#"
        set -eu
        mount -t tmpfs -o size=2m tmpfs "$PLACE"
        cli() { "$PROGRAM" --data-dir "$PLACE/data" --backend-file "$BACKEND" "$@"; }
        cli sign-up full@example.org --password-env SECRET
        if cli generate "une ville la nuit" -n 4 --format png --out "$PLACE/out" 2> "$PLACE/../words"; then
          echo "it had room"; exit 1
        fi
        grep -q "disk is full" "$PLACE/../words" || { cat "$PLACE/../words"; exit 1; }
        mount -o remount,size=200m "$PLACE"
        cli sync
        cli list
    "#;
    let inner = place.path().join("disk");
    fs_err::create_dir(&inner)?;
    let done = tokio::process::Command::new("unshare")
        .args(["-rm", "sh", "-c", script])
        .env("PLACE", &inner)
        .env("PROGRAM", program("amethyst-cli")?)
        .env("BACKEND", backend.connection_file())
        .env("SECRET", amethyst_tests::PASSWORD)
        .env("AMETHYST_SESSION_PASSPHRASE", "a passphrase")
        .output()
        .await?;
    let words = String::from_utf8_lossy(&done.stdout);
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{words}{errors}");
    assert!(words.contains("up to date"), "{words}{errors}");
    let usage = "select count(*) from public.credit_transactions where type = 'usage'";
    let paid: i64 = sqlx::query_scalar(usage).fetch_one(backend.pool()).await?;
    assert_eq!(paid, 1);
    Ok(())
}
