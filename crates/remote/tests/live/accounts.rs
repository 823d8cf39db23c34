//! Accounts and sessions where the server confirms by itself.

use amethyst_model::{Language, RetryClass};
use amethyst_remote::{Endpoint, Error, Mismatch, Remote, SignOutScope};
use amethyst_testkit::TestBackend;

use crate::world::{PASSWORD, endpoint, remote, sign_up};

#[tokio::test]
async fn sign_up_in_and_refusals() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let auth = remote.auth();
    let session = sign_up(&remote, "lea@example.org").await;
    assert_eq!(session.email, "lea@example.org");

    let taken = auth
        .sign_up("lea@example.org", PASSWORD, Language::Fr)
        .await
        .unwrap_err();
    assert_eq!(taken.code(), Some("user_already_exists"));
    let weak = auth
        .sign_up("max@example.org", "short", Language::Fr)
        .await
        .unwrap_err();
    assert_eq!(
        (weak.code(), weak.retry()),
        (Some("weak_password"), RetryClass::Permanent)
    );
    let malformed = auth
        .sign_up("no address", PASSWORD, Language::Fr)
        .await
        .unwrap_err();
    assert_eq!(
        (malformed.status(), malformed.retry()),
        (Some(400), RetryClass::Permanent)
    );
    let wrong = auth
        .sign_in("lea@example.org", "wrong password")
        .await
        .unwrap_err();
    assert_eq!(
        (wrong.code(), wrong.retry()),
        (Some("invalid_credentials"), RetryClass::Permanent)
    );
    let unknown = auth
        .sign_in("nobody@example.org", PASSWORD)
        .await
        .unwrap_err();
    assert_eq!(unknown.code(), Some("invalid_credentials"));

    let again = auth.sign_in("lea@example.org", PASSWORD).await.unwrap();
    assert_eq!(again.user_id, session.user_id);
    assert_ne!(again.refresh_token, session.refresh_token);
    assert_eq!(auth.health().await.unwrap().name, "GoTrue");
}

#[tokio::test]
async fn a_refresh_rotates_and_its_answer_may_be_lost() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let auth = remote.auth();
    let first = sign_up(&remote, "lea@example.org").await;
    let second = auth.refresh(&first.refresh_token).await.unwrap();
    assert_ne!(second.refresh_token, first.refresh_token);
    assert_eq!(
        (second.user_id, second.email.as_str()),
        (first.user_id, "lea@example.org")
    );
    // The answer was lost and the old token is sent again: the same successor.
    let replay = auth.refresh(&first.refresh_token).await.unwrap();
    assert_eq!(replay.refresh_token, second.refresh_token);
    assert!(
        remote
            .rest(&replay.access_token)
            .pull_changes(None, 1)
            .await
            .is_ok()
    );

    let unknown = auth.refresh("aaaabbbbcccc").await.unwrap_err();
    assert_eq!(unknown.code(), Some("refresh_token_not_found"));
    assert_eq!(
        (unknown.status(), unknown.retry()),
        (Some(400), RetryClass::Permanent)
    );
}

#[tokio::test]
async fn sign_out_ends_what_it_says() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let auth = remote.auth();
    let here = sign_up(&remote, "lea@example.org").await;
    let there = auth.sign_in("lea@example.org", PASSWORD).await.unwrap();
    let elsewhere = auth.sign_in("lea@example.org", PASSWORD).await.unwrap();

    auth.sign_out(&here.access_token, SignOutScope::Local)
        .await
        .unwrap();
    auth.sign_out(&here.access_token, SignOutScope::Local)
        .await
        .unwrap();
    let ended = auth.refresh(&here.refresh_token).await.unwrap_err();
    assert_eq!(
        (ended.status(), ended.retry()),
        (Some(400), RetryClass::Permanent)
    );

    auth.sign_out(&there.access_token, SignOutScope::Others)
        .await
        .unwrap();
    assert!(auth.refresh(&elsewhere.refresh_token).await.is_err());
    let there = auth.refresh(&there.refresh_token).await.unwrap();

    auth.sign_out(&there.access_token, SignOutScope::Global)
        .await
        .unwrap();
    assert!(auth.refresh(&there.refresh_token).await.is_err());
}

#[tokio::test]
async fn a_new_password_replaces_the_old() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let auth = remote.auth();
    let session = sign_up(&remote, "lea@example.org").await;
    let same = auth
        .update_password(&session.access_token, PASSWORD)
        .await
        .unwrap_err();
    assert_eq!(same.code(), Some("same_password"));
    auth.update_password(&session.access_token, "another long one")
        .await
        .unwrap();
    assert!(auth.sign_in("lea@example.org", PASSWORD).await.is_err());
    assert!(
        auth.sign_in("lea@example.org", "another long one")
            .await
            .is_ok()
    );
    let forged = auth.update_password("e30.e30.e30", "x").await.unwrap_err();
    assert_eq!(forged.retry(), RetryClass::Auth);
}

#[tokio::test]
async fn a_token_that_is_none_asks_for_a_refresh_everywhere() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    for token in ["garbage", "e30.e30.e30"] {
        let error = remote.rest(token).pull_changes(None, 1).await.unwrap_err();
        assert_eq!(error.retry(), RetryClass::Auth, "rest: {error:?}");
        let error = remote
            .storage(token)
            .download("a/b/c.webp", 0)
            .await
            .unwrap_err();
        assert_eq!(error.retry(), RetryClass::Auth, "storage: {error:?}");
    }
}

#[tokio::test]
async fn a_probe_knows_our_server_by_its_key_and_schema() {
    let backend = TestBackend::start().await.unwrap();
    let nowhere = Remote::new(None).unwrap();
    nowhere.probe(&endpoint(&backend)).await.unwrap();
    let mismatch = async |endpoint: Endpoint| match nowhere.probe(&endpoint).await {
        Err(Error::NotSupabase { mismatch, .. }) => mismatch,
        other => panic!("{other:?}"),
    };
    let wrong_key = Endpoint {
        anon_key: "wrong".into(),
        ..endpoint(&backend)
    };
    assert_eq!(mismatch(wrong_key).await, Mismatch::Key);
    let wrong_path = Endpoint {
        url: format!("{}/elsewhere", backend.url()),
        ..endpoint(&backend)
    };
    assert_eq!(mismatch(wrong_path).await, Mismatch::Answer);
    assert!(nowhere.endpoint().is_none(), "a probe sets nothing");
}
