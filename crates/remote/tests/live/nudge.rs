//! Realtime: one's own changes, nobody else's, and the end of a token.

use std::time::Duration;

use amethyst_remote::{RealtimeChannel, RealtimeEvent};
use amethyst_testkit::TestBackend;
use tokio::time::timeout;

use crate::world::{draft, new_id, remote, sign_up};

async fn next(channel: &mut RealtimeChannel) -> RealtimeEvent {
    timeout(Duration::from_secs(15), channel.next())
        .await
        .unwrap()
}

async fn until_live(channel: &mut RealtimeChannel) {
    assert_eq!(next(channel).await, RealtimeEvent::Joined);
    loop {
        match next(channel).await {
            RealtimeEvent::Live => return,
            RealtimeEvent::Changed => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn says_when_the_own_feed_grows_and_not_anothers() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let lea = sign_up(&remote, "lea@example.org").await;
    let max = sign_up(&remote, "max@example.org").await;
    let mut hers = remote.realtime(&lea.access_token).connect().await.unwrap();
    let mut his = remote.realtime(&max.access_token).connect().await.unwrap();
    until_live(&mut hers).await;
    until_live(&mut his).await;

    let rest = remote.rest(&lea.access_token);
    rest.request_generation(new_id(), &draft("un renard"), 1)
        .await
        .unwrap();
    assert_eq!(next(&mut hers).await, RealtimeEvent::Changed);
    let quiet = timeout(Duration::from_secs(2), his.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");

    // A newer token is taken without a word, and the channel goes on.
    let newer = remote.auth().refresh(&lea.refresh_token).await.unwrap();
    hers.set_token(&newer.access_token).await.unwrap();
    while timeout(Duration::from_secs(2), hers.next()).await.is_ok() {}
    let rest = remote.rest(&newer.access_token);
    rest.request_generation(new_id(), &draft("un loup"), 1)
        .await
        .unwrap();
    assert_eq!(next(&mut hers).await, RealtimeEvent::Changed);
}

#[tokio::test]
async fn a_token_that_ends_ends_the_channel() {
    let backend = TestBackend::with(|config| config.access_token_seconds = 6)
        .await
        .unwrap();
    let remote = remote(&backend);
    let session = sign_up(&remote, "lea@example.org").await;
    assert_eq!(session.lifetime(), Duration::from_secs(6));
    let mut channel = remote
        .realtime(&session.access_token)
        .connect()
        .await
        .unwrap();
    let reason = loop {
        if let RealtimeEvent::Closed { reason } = next(&mut channel).await {
            break reason;
        }
    };
    assert!(
        reason.contains("expired") || reason == "phx_close",
        "{reason}"
    );
}

#[tokio::test]
async fn a_token_that_is_none_is_refused() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let mut channel = remote.realtime("e30.e30.e30").connect().await.unwrap();
    let closed = next(&mut channel).await;
    assert!(
        matches!(&closed, RealtimeEvent::Closed { .. }),
        "{closed:?}"
    );
    assert!(!format!("{closed:?}").contains("e30"), "{closed:?}");
}

#[tokio::test]
async fn a_backend_that_goes_away_closes_the_channel() {
    let mut backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let session = sign_up(&remote, "lea@example.org").await;
    let mut channel = remote
        .realtime(&session.access_token)
        .connect()
        .await
        .unwrap();
    until_live(&mut channel).await;
    backend.stop().await.unwrap();
    loop {
        if matches!(next(&mut channel).await, RealtimeEvent::Closed { .. }) {
            break;
        }
    }
    assert!(
        remote
            .realtime(&session.access_token)
            .connect()
            .await
            .is_err()
    );
}
