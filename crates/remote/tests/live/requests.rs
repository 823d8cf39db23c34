//! Requests for images: priced, charged once, refused with nothing charged.

use amethyst_model::{GenerationDraft, GenerationStatus, RetryClass};
use amethyst_testkit::TestBackend;

use crate::world::{draft, new_id, pull_all, remote, sign_up};

#[tokio::test]
async fn a_repeated_request_is_one_request() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let rest = remote.rest(&sign_up(&remote, "lea@example.org").await.access_token);
    let (id, draft) = (new_id(), draft("un renard dans la brume"));
    let first = rest.request_generation(id, &draft, 1).await.unwrap();
    assert!(first.created);
    assert_eq!(first.status, GenerationStatus::Pending);
    assert_eq!((first.credits_cost, first.credits_balance), (1, 99));
    let again = rest.request_generation(id, &draft, 1).await.unwrap();
    assert!(!again.created);
    assert_eq!((again.credits_cost, again.credits_balance), (1, 99));
    let other = GenerationDraft { steps: 3, ..draft };
    let reused = rest.request_generation(id, &other, 1).await.unwrap_err();
    assert_eq!(
        (reused.code(), reused.retry()),
        (Some("id_reused"), RetryClass::Conflict)
    );
}

#[tokio::test]
async fn refusals_charge_nothing() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let rest = remote.rest(&sign_up(&remote, "lea@example.org").await.access_token);
    let large = GenerationDraft {
        num_outputs: 4,
        width: Some(2048),
        height: Some(2048),
        ..draft("a fox")
    };
    let refused = async |draft: &GenerationDraft, max_cost: i64| {
        rest.request_generation(new_id(), draft, max_cost)
            .await
            .unwrap_err()
    };
    let error = refused(&large, 15).await;
    assert_eq!(
        (error.status(), error.code()),
        (Some(409), Some("price_changed"))
    );
    assert!(
        error.detail().unwrap().contains("16"),
        "{:?}",
        error.detail()
    );
    for (change, code, status) in [
        (
            GenerationDraft {
                model_id: "none".into(),
                ..draft("a")
            },
            "unknown_model",
            404,
        ),
        (
            GenerationDraft {
                model_id: "sketch-classic".into(),
                ..draft("a")
            },
            "model_inactive",
            422,
        ),
        (
            GenerationDraft {
                prompt: String::new(),
                ..draft("")
            },
            "invalid_parameters",
            422,
        ),
        (
            GenerationDraft {
                steps: 101,
                ..draft("a")
            },
            "invalid_parameters",
            422,
        ),
        (
            GenerationDraft {
                hf_loras: vec!["a/b".into()],
                ..draft("a")
            },
            "invalid_parameters",
            422,
        ),
    ] {
        let error = refused(&change, 100).await;
        assert_eq!(
            (error.code(), error.status()),
            (Some(code), Some(status)),
            "{change:?}"
        );
    }
    // 100 credits are six times 16, and 4 remain.
    let mut balance = 100;
    while balance >= 16 {
        match rest.request_generation(new_id(), &large, 16).await {
            Ok(requested) => balance = requested.credits_balance,
            Err(error) => {
                assert_eq!(error.code(), Some("too_many_pending"));
                assert!(matches!(error.retry(), RetryClass::Transient(Some(_))));
                break;
            }
        }
    }
    if balance < 16 {
        let error = refused(&large, 16).await;
        assert_eq!(
            (error.status(), error.code()),
            (Some(402), Some("insufficient_credits"))
        );
    }
}

#[tokio::test]
async fn a_waiting_request_can_be_stopped_and_is_paid_back() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let rest = remote.rest(&sign_up(&remote, "lea@example.org").await.access_token);
    let id = new_id();
    rest.request_generation(id, &draft("a fox"), 1)
        .await
        .unwrap();
    rest.cancel_generation(id).await.unwrap();
    rest.cancel_generation(id).await.unwrap();
    let (changes, _) = pull_all(&rest, None, 500).await;
    assert_eq!(crate::world::balance(&changes), Some(100));
    let unknown = rest.cancel_generation(new_id()).await.unwrap_err();
    assert_eq!(
        (unknown.status(), unknown.code()),
        (Some(404), Some("unknown_prompt"))
    );
}
