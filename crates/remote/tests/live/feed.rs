//! The change feed, page by page, each user's own.

use amethyst_model::{
    AccountSettings, GenerationStatus, Language, LedgerKind, RetryClass, ServerChange, ServerRow,
    Theme,
};
use amethyst_testkit::TestBackend;

use crate::world::{act, balance, draft, new_id, pull_all, remote, sign_up};

#[tokio::test]
async fn a_new_device_gets_everything_and_then_only_news() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let session = sign_up(&remote, "lea@example.org").await;
    let rest = remote.rest(&session.access_token);
    let (changes, cursor) = pull_all(&rest, None, 1).await;
    let profile = changes.iter().find_map(|change| match change {
        ServerChange::Upsert(ServerRow::Profile(profile)) => Some(profile),
        _ => None,
    });
    let profile = profile.unwrap();
    assert_eq!(
        (profile.id, profile.credits_balance),
        (session.user_id, 100)
    );
    assert_eq!(
        (profile.settings.language, profile.settings.theme),
        (Some(Language::En), Some(Theme::Dark))
    );
    let models: Vec<&str> = changes
        .iter()
        .filter_map(|change| match change {
            ServerChange::Upsert(ServerRow::Model(model)) => Some(model.id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(models, ["sketch"], "the inactive one is not there");
    let welcome = changes.iter().any(|change| {
        matches!(change, ServerChange::Upsert(ServerRow::LedgerEntry(entry))
            if entry.kind == LedgerKind::Bonus && entry.amount == 100)
    });
    assert!(welcome, "{changes:?}");

    let (none, cursor) = pull_all(&rest, Some(cursor), 500).await;
    assert_eq!(none, []);

    let id = new_id();
    rest.request_generation(id, &draft("un renard"), 1)
        .await
        .unwrap();
    let change = AccountSettings {
        theme: Some(Theme::Light),
        ..AccountSettings::default()
    };
    rest.set_profile(&change, act()).await.unwrap();
    let (news, _) = pull_all(&rest, Some(cursor), 500).await;
    assert_eq!(balance(&news), Some(99));
    let generation = news.iter().find_map(|change| match change {
        ServerChange::Upsert(ServerRow::Generation(generation)) => Some(generation),
        _ => None,
    });
    let generation = generation.unwrap();
    assert_eq!(
        (generation.id, generation.status),
        (id, GenerationStatus::Pending)
    );
    assert_eq!(generation.draft.prompt, "un renard");
    assert_eq!(generation.draft.size(), (1024, 1024));
    assert!(generation.draft.hf_loras.is_empty(), "none were asked for");
    let charged = news.iter().any(|change| {
        matches!(change, ServerChange::Upsert(ServerRow::LedgerEntry(entry))
            if entry.kind == LedgerKind::Usage && entry.amount == -1
                && entry.reference_id == Some(id.0))
    });
    assert!(charged, "{news:?}");
}

#[tokio::test]
async fn nobody_sees_anothers_changes() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let lea = remote.rest(&sign_up(&remote, "lea@example.org").await.access_token);
    let max = remote.rest(&sign_up(&remote, "max@example.org").await.access_token);
    let (_, cursor) = pull_all(&max, None, 500).await;
    lea.request_generation(new_id(), &draft("secret"), 1)
        .await
        .unwrap();
    let (changes, _) = pull_all(&max, Some(cursor), 500).await;
    assert_eq!(changes, []);
}

#[tokio::test]
async fn odd_cursors() {
    let backend = TestBackend::start().await.unwrap();
    let remote = remote(&backend);
    let rest = remote.rest(&sign_up(&remote, "lea@example.org").await.access_token);
    let bad = rest.pull_changes(Some("yesterday"), 10).await.unwrap_err();
    assert_eq!(
        (bad.code(), bad.retry()),
        (Some("bad_cursor"), RetryClass::Permanent)
    );
    let other_epoch = "00000000-0000-0000-0000-000000000000:5:5:5";
    let page = rest.pull_changes(Some(other_epoch), 10).await.unwrap();
    assert!(page.resync_required && page.cursor.is_none());
}
