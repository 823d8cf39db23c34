//! Libraries as earlier versions left them: each is brought up to date with everything that waits in it.

use std::path::Path;

use amethyst_model::{AccountSettings, GenerationStatus, Intent, Theme};
use amethyst_store::{GalleryFilter, Shelf, Store};
use tempfile::tempdir;

use crate::support::*;

async fn opened(version: &str, folder: &Path) -> Store {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/db");
    fs_err::copy(
        format!("{fixtures}/{version}.db"),
        folder.join("library.db"),
    )
    .unwrap();
    open(folder).await
}

/// Three pictures of two requests; a favorite, a request and a theme wait to be sent.
#[tokio::test]
async fn of_0_1_0() {
    let folder = tempdir().unwrap();
    let store = opened("0.1.0", folder.path()).await;
    let gallery = store.gallery(GalleryFilter::default()).await.unwrap();
    let favorites = GalleryFilter {
        shelf: Shelf::Favorites,
    };
    assert_eq!(gallery.len(), 3);
    assert_eq!(store.gallery(favorites).await.unwrap().len(), 1);

    let waiting = queued(&store).await;
    let [
        Intent::SetFavorite { image, favorite },
        Intent::CreateGeneration { generation, .. },
        Intent::SetAccountSettings { settings },
    ] = waiting.as_slice()
    else {
        panic!("{waiting:?}")
    };
    assert!(favorite);
    assert!(store.image(*image).await.unwrap().unwrap().is_favorite);
    let light = AccountSettings {
        theme: Some(Theme::Light),
        ..AccountSettings::default()
    };
    assert_eq!(*settings, light);
    let asked = store.generation(*generation).await.unwrap().unwrap();
    assert_eq!(asked.status, GenerationStatus::ToSend);
    assert_eq!(asked.draft.prompt, "un phare dans la tempête");
    assert_eq!(store.unsent_cost().await.unwrap(), 1);

    let profile = store.profile().await.unwrap().unwrap();
    assert_eq!(profile.settings.theme, Some(Theme::Light));
    assert_eq!(profile.email, "old@example.org");
    assert_eq!(profile.credits_balance, 97);
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.to_send, counts.images, counts.favorites), (3, 3, 1));
    assert_eq!(
        store.cursor().await.unwrap(),
        None,
        "tables that were passed over are read from the start"
    );
    // And it works: what is shown still follows from the server's rows and the outbox.
    enqueue(&store, 1, &theme(Theme::Dark)).await;
    crate::shown::check(&store, &mut raw(folder.path()).await).await;
}
