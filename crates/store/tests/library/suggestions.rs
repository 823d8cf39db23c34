//! Better wordings: the server's rows, kept for when it is away.

use amethyst_model::{PromptSuggestion, ServerChange, ServerRow, SuggestionId, SuggestionSource};
use amethyst_store::Entity;
use tempfile::tempdir;
use uuid::Uuid;

use crate::support::*;

fn suggestion(number: u128) -> PromptSuggestion {
    PromptSuggestion {
        id: SuggestionId(Uuid::from_u128(number)),
        is_shared: number == 2,
        base_prompt: "un renard".into(),
        suggested_prompt: format!("un renard, brume {number}"),
        source: SuggestionSource::Ai,
        confidence: 0.5,
        used_count: 4,
        success_rate: 0.75,
        image_count: 3,
        favorite_count: 2,
        reason: Some("Dit où.".into()),
        created_at: at(1),
        last_used_at: Some(at(2)),
    }
}

fn row(suggestion: PromptSuggestion) -> ServerChange {
    ServerChange::Upsert(ServerRow::Suggestion(Box::new(suggestion)))
}

#[tokio::test]
async fn suggestions_come_back_as_they_were_told_and_go_when_they_are_gone() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut notices = store.changes();
    apply(&store, &[row(suggestion(1)), row(suggestion(2))]).await;
    let notice = notices.recv().await.unwrap();
    assert_eq!(notice.entity, Entity::Suggestion);
    let mut better = suggestion(2);
    (better.used_count, better.success_rate, better.reason) = (5, 0.8, None);
    apply(&store, &[row(better.clone())]).await;
    assert_eq!(
        store.suggestions().await.unwrap(),
        [suggestion(1), better.clone()]
    );

    apply(&store, &[deletion("prompt_suggestions", suggestion(1).id)]).await;
    assert_eq!(store.suggestions().await.unwrap(), [better]);

    let mut tx = store.begin().await.unwrap();
    tx.begin_resync().await.unwrap();
    tx.apply(&row(suggestion(3))).await.unwrap();
    tx.finish_resync().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        store.suggestions().await.unwrap(),
        [suggestion(3)],
        "what the server did not tell of again is gone"
    );
}
