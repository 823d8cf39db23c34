//! A backend with its users, as the tests want them.

use amethyst_model::{
    ChangePage, GenerationDraft, GenerationId, IntentId, Language, ServerChange, ServerRow,
};
use amethyst_remote::{Act, Endpoint, Remote, Rest, Session, SignUp};
use amethyst_testkit::TestBackend;
use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// A remote that talks to the backend.
pub(crate) fn remote(backend: &TestBackend) -> Remote {
    Remote::new(Some(endpoint(backend))).unwrap()
}

pub(crate) fn endpoint(backend: &TestBackend) -> Endpoint {
    Endpoint {
        url: backend.url().to_owned(),
        anon_key: backend.anon_key().to_owned(),
    }
}

/// Makes an account and signs in.
pub(crate) async fn sign_up(remote: &Remote, email: &str) -> Session {
    match remote
        .auth()
        .sign_up(email, PASSWORD, Language::En)
        .await
        .unwrap()
    {
        SignUp::SignedIn(session) => session,
        SignUp::ConfirmationSent => panic!("the backend confirms by itself"),
    }
}

pub(crate) fn draft(prompt: &str) -> GenerationDraft {
    GenerationDraft {
        prompt: prompt.to_owned(),
        ..GenerationDraft::default()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server beside the test has the system's clock too"
)]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Something done just now.
pub(crate) fn act() -> Act {
    Act {
        at: now(),
        intent: IntentId(Uuid::now_v7()),
    }
}

pub(crate) fn new_id() -> GenerationId {
    GenerationId(Uuid::now_v7())
}

/// Everything after `cursor`, in pages of `limit`, waiting for what is still behind the horizon.
pub(crate) async fn pull_all(
    rest: &Rest,
    cursor: Option<String>,
    limit: u32,
) -> (Vec<ServerChange>, String) {
    let mut changes = Vec::new();
    let mut cursor = cursor;
    loop {
        let page: ChangePage = rest.pull_changes(cursor.as_deref(), limit).await.unwrap();
        assert!(page.changes.len() <= limit as usize);
        assert!(!page.resync_required);
        changes.extend(page.changes);
        cursor = page.cursor;
        if !page.has_more && !page.behind {
            return (changes, cursor.unwrap());
        }
    }
}

/// The latest balance among changes.
pub(crate) fn balance(changes: &[ServerChange]) -> Option<i64> {
    changes.iter().rev().find_map(|change| match change {
        ServerChange::Upsert(ServerRow::Profile(profile)) => Some(profile.credits_balance),
        _ => None,
    })
}
