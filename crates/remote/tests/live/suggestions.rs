//! Better wordings, from the server and by the feed.

use amethyst_model::{GenerationDraft, ServerChange, ServerRow};
use amethyst_remote::WordingState;
use amethyst_testkit::TestBackend;
use uuid::Uuid;

use crate::world::{draft, new_id, pull_all, remote, sign_up};

#[tokio::test]
async fn suggestions_are_asked_for_told_by_the_feed_and_named_by_a_request() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let rest = remote.rest(&sign_up(&remote, "lea@example.org").await.access_token);
    let (told, _) = pull_all(&rest, None, 500).await;
    // One of the shared ones that a new project has.
    let said = rest.suggest_prompts("A FOX", 6).await.unwrap();
    assert!(said.enabled);
    assert_eq!(said.suggestions.len(), 1);
    let fox = said.suggestions.first().unwrap();
    assert!(
        fox.is_shared
            && fox
                .suggested_prompt
                .starts_with("A fox in the morning mist")
    );
    let by_feed = told.iter().any(|change| {
        matches!(change, ServerChange::Upsert(ServerRow::Suggestion(row)) if **row == *fox)
    });
    assert!(by_feed, "{told:?}");

    let taken = GenerationDraft {
        prompt_suggestion_id: Some(fox.id),
        ..draft(&fox.suggested_prompt)
    };
    let id = new_id();
    rest.request_generation(id, &taken, 1).await.unwrap();
    rest.cancel_generation(id).await.unwrap();
    let said = rest.suggest_prompts("a fox", 6).await.unwrap();
    let fox = said.suggestions.first().unwrap();
    assert_eq!((fox.used_count, fox.success_rate), (1, 0.0));

    let error = rest.suggest_prompts(" ", 6).await.unwrap_err();
    assert_eq!(
        (error.status(), error.code()),
        (Some(422), Some("invalid_parameters"))
    );
}

#[tokio::test]
async fn a_models_wordings_wait_for_a_worker() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let rest = remote.rest(&sign_up(&remote, "lea@example.org").await.access_token);
    let id = Uuid::now_v7();
    for _ in 0..2 {
        let said = rest.request_suggestions(id, "a fox").await.unwrap();
        assert_eq!(said.state, WordingState::Pending);
        assert!(said.suggestions.is_empty() && said.error.is_none());
    }
    let error = rest.request_suggestions(id, "a dog").await.unwrap_err();
    assert_eq!(
        (error.status(), error.code()),
        (Some(409), Some("id_reused"))
    );
}
