//! Bad days of the network and the server, and that nothing is charged twice on them.

use amethyst_model::RetryClass;
use amethyst_remote::{Error, Mismatch};
use amethyst_testkit::Fault;
use amethyst_testkit::TestBackend;

use crate::world::{balance, draft, new_id, pull_all, remote, sign_up};

const REQUEST: &str = "/rest/v1/rpc/request_generation";

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_charged_once() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let rest = remote.rest(&sign_up(&remote, "lea@example.org").await.access_token);
    let id = new_id();
    for (fault, created) in [
        (Fault::DropRequest, true),
        (Fault::DropAnswer, false),
        (Fault::Truncate, false),
    ] {
        backend.faults().inject("POST", REQUEST, fault.clone(), 1);
        let lost = rest
            .request_generation(id, &draft("un renard"), 1)
            .await
            .unwrap_err();
        assert_eq!(lost.retry(), RetryClass::Offline, "{fault:?}: {lost:?}");
        let answer = rest
            .request_generation(id, &draft("un renard"), 1)
            .await
            .unwrap();
        assert_eq!(
            (answer.created, answer.credits_balance),
            (created, 99),
            "{fault:?}"
        );
    }
    backend
        .faults()
        .inject("POST", REQUEST, Fault::Duplicate, 1);
    let doubled = rest
        .request_generation(new_id(), &draft("un loup"), 1)
        .await
        .unwrap();
    assert_eq!(doubled.credits_balance, 98);
    let (changes, _) = pull_all(&rest, None, 500).await;
    assert_eq!(balance(&changes), Some(98));
}

#[tokio::test]
async fn a_server_in_trouble_is_told_from_another_server() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let session = sign_up(&remote, "lea@example.org").await;
    let rest = remote.rest(&session.access_token);
    let answer = |status: u16, content_type: &str, body: &str| Fault::Answer {
        status,
        content_type: content_type.to_owned(),
        body: body.to_owned(),
    };
    for (fault, class) in [
        (
            answer(500, "text/html", "<html>oops</html>"),
            RetryClass::Transient(None),
        ),
        (
            answer(500, "application/json", "{}"),
            RetryClass::Transient(None),
        ),
        (
            answer(503, "application/json", r#"{"code":"PGRST002"}"#),
            RetryClass::Transient(None),
        ),
        (
            answer(200, "text/html", "<html>log in</html>"),
            RetryClass::Offline,
        ),
        (
            answer(200, "application/json", "{\"chan"),
            RetryClass::Offline,
        ),
        (
            answer(200, "application/json", "[1]"),
            RetryClass::Permanent,
        ),
        (
            answer(404, "application/json", r#"{"error":"no such page"}"#),
            RetryClass::Offline,
        ),
    ] {
        backend
            .faults()
            .inject("POST", "/rest/v1/rpc/pull_changes", fault.clone(), 1);
        let error = rest.pull_changes(None, 10).await.unwrap_err();
        assert_eq!(error.retry(), class, "{fault:?}: {error:?}");
    }
    backend.faults().inject(
        "POST",
        "/auth/v1/token",
        answer(502, "text/html", "<html>"),
        1,
    );
    let error = remote
        .auth()
        .refresh(&session.refresh_token)
        .await
        .unwrap_err();
    assert_eq!(error.retry(), RetryClass::Transient(None));
    assert!(
        remote.auth().refresh(&session.refresh_token).await.is_ok(),
        "the session lives"
    );
    backend
        .faults()
        .inject("GET", "/storage/v1", answer(200, "text/html", "<html>"), 1);
    let error = remote
        .storage(&session.access_token)
        .download("a/b", 0)
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::NotSupabase {
                mismatch: Mismatch::Answer,
                ..
            }
        ),
        "{error:?}"
    );
}
