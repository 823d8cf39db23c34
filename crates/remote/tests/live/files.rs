//! Images that exist: their rows, their favorites, their files.

use amethyst_model::{ImageId, IntentId, RetryClass, ServerChange, ServerRow};
use amethyst_remote::{Act, Download, Error};
use amethyst_testkit::Fault;
use amethyst_testkit::TestBackend;

use crate::painter::paint;
use crate::world::{draft, new_id, pull_all, remote, sign_up};

async fn read(mut download: Download) -> Result<Vec<u8>, Error> {
    let mut content = Vec::new();
    while let Some(chunk) = download.next_chunk().await? {
        content.extend_from_slice(&chunk);
    }
    Ok(content)
}

#[tokio::test]
async fn an_image_is_pulled_marked_and_downloaded() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let session = sign_up(&remote, "lea@example.org").await;
    let rest = remote.rest(&session.access_token);
    let id = new_id();
    rest.request_generation(id, &draft("un renard"), 1)
        .await
        .unwrap();
    let painted = paint(&backend, 100_000).await;
    let image_of = |changes: &[ServerChange]| {
        changes.iter().find_map(|change| match change {
            ServerChange::Upsert(ServerRow::Image(image)) => Some((**image).clone()),
            _ => None,
        })
    };
    let (changes, cursor) = pull_all(&rest, None, 500).await;
    let image = image_of(&changes).unwrap();
    assert_eq!(
        (image.id, image.generation_id),
        (ImageId(painted.image), Some(id))
    );
    assert_eq!(
        (image.seed(), image.dominant_color.as_deref()),
        (Some(9), Some("#102030"))
    );
    assert_eq!(image.files[0].path, painted.path);
    assert!(!image.is_favorite);

    let intent = || IntentId(new_id().0);
    let now = image.created_at;
    let first = intent();
    for (seconds, favorite, id, stands) in [
        (1, true, first, true),
        (3, false, intent(), false),
        // Sent again, and sent late: neither undoes what came after.
        (1, true, first, true),
        (2, true, intent(), false),
        (4, true, intent(), true),
    ] {
        let at = now - chrono::TimeDelta::seconds(60 - seconds);
        let act = Act { at, intent: id };
        let is_favorite = rest
            .set_favorite(image.id, favorite, act)
            .await
            .unwrap()
            .answer;
        assert_eq!(is_favorite, stands, "{seconds}");
    }
    let (changes, _) = pull_all(&rest, Some(cursor), 500).await;
    assert!(image_of(&changes).unwrap().is_favorite);
    let gone = ImageId(uuid::Uuid::nil());
    let refused = rest
        .set_favorite(
            gone,
            true,
            Act {
                at: now,
                intent: intent(),
            },
        )
        .await
        .unwrap_err();
    assert_eq!(
        (refused.status(), refused.retry()),
        (Some(404), RetryClass::Permanent)
    );
    let storage = remote.storage(&session.access_token);
    let whole = storage.download(&painted.path, 0).await.unwrap();
    assert!(!whole.resumed);
    assert_eq!(whole.total, Some(100_000));
    assert_eq!(read(whole).await.unwrap(), painted.content);
    let rest_of_it = storage.download(&painted.path, 60_000).await.unwrap();
    assert!(rest_of_it.resumed);
    assert_eq!(rest_of_it.total, Some(100_000));
    assert_eq!(read(rest_of_it).await.unwrap(), &painted.content[60_000..]);
    let too_far = storage.download(&painted.path, 100_000).await.unwrap();
    assert!(!too_far.resumed, "what is at hand cannot be continued");
    assert_eq!(read(too_far).await.unwrap(), painted.content);

    let missing = storage.download("a/b/c.webp", 0).await.unwrap_err();
    assert_eq!(
        (missing.status(), missing.retry()),
        (Some(404), RetryClass::Permanent)
    );
    let other = sign_up(&remote, "max@example.org").await;
    let hidden = remote
        .storage(&other.access_token)
        .download(&painted.path, 0)
        .await;
    assert_eq!(hidden.unwrap_err().status(), Some(404), "another user's");
}

#[tokio::test]
async fn a_download_that_broke_off_is_continued() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let session = sign_up(&remote, "lea@example.org").await;
    let rest = remote.rest(&session.access_token);
    rest.request_generation(new_id(), &draft("un renard"), 1)
        .await
        .unwrap();
    let painted = paint(&backend, 300_000).await;
    backend
        .faults()
        .inject("GET", "/storage/v1/object", Fault::Truncate, 1);
    let storage = remote.storage(&session.access_token);
    let mut download = storage.download(&painted.path, 0).await.unwrap();
    let mut content = Vec::new();
    let error = loop {
        match download.next_chunk().await {
            Ok(chunk) => content.extend_from_slice(&chunk.unwrap()),
            Err(error) => break error,
        }
    };
    assert_eq!(error.retry(), RetryClass::Offline);
    assert!(!content.is_empty() && content.len() < 300_000);
    let rest_of_it = storage
        .download(&painted.path, content.len() as u64)
        .await
        .unwrap();
    assert!(rest_of_it.resumed);
    content.extend(read(rest_of_it).await.unwrap());
    assert_eq!(content, painted.content);
}
