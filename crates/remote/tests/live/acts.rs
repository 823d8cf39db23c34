//! Everything a user can change, sent and read back from the feed.

use amethyst_model::{
    AccountSettings, CollectionId, CollectionSheet, ImageId, ImageMarks, ModelPreferenceChange,
    Pick, PreferenceKind, SafetyLevel, ServerChange, ServerRow, pair_id,
};
use amethyst_remote::{Act, Rest};
use amethyst_testkit::TestBackend;
use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::painter::paint;
use crate::world::{act, draft, new_id, now, pull_all, remote, sign_up};

/// A user with one picture, the feed read to its end.
async fn with_picture(backend: &TestBackend) -> (Rest, ImageId, String) {
    let remote = remote(backend);
    let session = sign_up(&remote, "lea@example.org").await;
    let rest = remote.rest(&session.access_token);
    rest.request_generation(new_id(), &draft("un renard"), 1)
        .await
        .unwrap();
    paint(backend, 100).await;
    let (changes, cursor) = pull_all(&rest, None, 500).await;
    let image = changes.iter().find_map(|change| match change {
        ServerChange::Upsert(ServerRow::Image(image)) => Some(image.id),
        _ => None,
    });
    (rest, image.unwrap(), cursor)
}

fn rows(changes: Vec<ServerChange>) -> Vec<ServerRow> {
    changes
        .into_iter()
        .filter_map(|change| match change {
            ServerChange::Upsert(row) => Some(row),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn marks_tags_and_the_trash_are_read_back() {
    let backend = TestBackend::start().await.unwrap();
    let (rest, image, cursor) = with_picture(&backend).await;
    let one = [image];
    let rated = rest.set_rating(&one, Some(4), act()).await.unwrap().answer;
    assert_eq!((rated.applied, rated.unknown), (vec![image], vec![]));
    rest.set_pick(&one, Some(Pick::Reject), act())
        .await
        .unwrap();
    rest.tag_images("forêt", &one, true, act()).await.unwrap();
    let stranger = ImageId(Uuid::now_v7());
    let trashed = rest.set_trashed(&[image, stranger], true, act()).await;
    assert_eq!(trashed.unwrap().answer.unknown, [stranger]);
    let (changes, cursor) = pull_all(&rest, Some(cursor), 500).await;
    let rows = rows(changes);
    let marks = ImageMarks {
        rating: Some(4),
        pick: Some(Pick::Reject),
    };
    assert!(
        rows.contains(&ServerRow::Marks { image, marks }),
        "{rows:?}"
    );
    let tag = ServerRow::Tag {
        id: pair_id(image.0, "forêt"),
        image,
        tag: "forêt".to_owned(),
    };
    assert!(
        rows.contains(&tag),
        "the key is made from the pair: {rows:?}"
    );
    let is_trashed = rows.iter().any(|row| {
        matches!(row, ServerRow::Image(found) if found.is_trashed && found.trashed_at.is_some())
    });
    assert!(is_trashed);

    // An earlier act that comes late changes nothing.
    let late = Act {
        at: act().at - TimeDelta::hours(1),
        ..act()
    };
    assert!(
        rest.set_trashed(&one, false, late)
            .await
            .unwrap()
            .answer
            .applied
            .is_empty()
    );
    rest.set_rating(&one, None, act()).await.unwrap();
    rest.set_pick(&one, None, act()).await.unwrap();
    let deletion = act();
    assert_eq!(
        rest.delete_trashed(&one, deletion.intent)
            .await
            .unwrap()
            .answer,
        one
    );
    assert_eq!(
        rest.delete_trashed(&one, deletion.intent)
            .await
            .unwrap()
            .answer,
        one,
        "replayed"
    );
    let (changes, _) = pull_all(&rest, Some(cursor), 500).await;
    let deleted = |table: &str| {
        changes
            .iter()
            .any(|change| matches!(change, ServerChange::Delete { table: of, .. } if of == table))
    };
    assert!(deleted("generated_images") && deleted("image_tags") && deleted("image_marks"));
}

#[tokio::test]
async fn pictures_are_published_taken_back_and_refused_in_the_trash() {
    let backend = TestBackend::start().await.unwrap();
    let (rest, image, _) = with_picture(&backend).await;
    assert!(rest.set_public(image, true, act()).await.unwrap().answer);
    assert!(!rest.set_public(image, false, act()).await.unwrap().answer);
    rest.set_trashed(&[image], true, act()).await.unwrap();
    let refused = rest.set_public(image, true, act()).await.unwrap_err();
    assert_eq!(
        (refused.status(), refused.code()),
        (Some(409), Some("in_trash"))
    );
}

#[tokio::test]
async fn collections_are_read_back() {
    let backend = TestBackend::start().await.unwrap();
    let (rest, image, cursor) = with_picture(&backend).await;
    let id = CollectionId(Uuid::now_v7());
    let sheet = CollectionSheet {
        cover: Some(image),
        position: 2.5,
        ..CollectionSheet::manual("Forêts")
    };
    let unknown = rest.collect_images(id, &[image], true, act()).await;
    assert_eq!(unknown.unwrap_err().code(), Some("unknown_collection"));
    assert!(rest.put_collection(id, &sheet, act()).await.unwrap().answer);
    let put = rest
        .collect_images(id, &[image], true, act())
        .await
        .unwrap();
    assert_eq!(put.answer.applied, [image]);
    let (changes, cursor) = pull_all(&rest, Some(cursor), 500).await;
    let rows = rows(changes);
    let sheet = Box::new(sheet);
    assert!(
        rows.contains(&ServerRow::Collection {
            id,
            sheet: sheet.clone()
        }),
        "{rows:?}"
    );
    let member = ServerRow::Member {
        id: pair_id(id.0, &image.to_string()),
        collection: id,
        image,
        position: 1.0,
    };
    assert!(rows.contains(&member), "{rows:?}");
    rest.delete_collection(id, act().intent).await.unwrap();
    assert!(
        !rest.put_collection(id, &sheet, act()).await.unwrap().answer,
        "deletion is final"
    );
    let (changes, _) = pull_all(&rest, Some(cursor), 500).await;
    assert!(changes.contains(&ServerChange::Delete {
        table: "collections".to_owned(),
        id: id.to_string(),
    }));
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => panic!("no object"),
    }
}

#[tokio::test]
async fn preferences_merge_and_tell_of_conflicts() {
    let backend = TestBackend::start().await.unwrap();
    let (rest, _, cursor) = with_picture(&backend).await;
    let kind = PreferenceKind::Ui;
    let (none, two) = (Map::new(), fields(json!({ "zoom": 2, "dense": true })));
    let merged = rest
        .merge_preferences(kind, &none, &two, act().intent)
        .await
        .unwrap();
    assert_eq!(
        (merged.answer.document, merged.answer.conflicts),
        (two.clone(), vec![])
    );
    let base = fields(json!({ "zoom": 1 }));
    let three = fields(json!({ "zoom": 3 }));
    let merged = rest
        .merge_preferences(kind, &base, &three, act().intent)
        .await
        .unwrap();
    assert_eq!(merged.answer.conflicts.len(), 1);
    assert_eq!(
        (
            merged.answer.conflicts[0].field.as_str(),
            &merged.answer.conflicts[0].theirs
        ),
        ("zoom", &json!(2))
    );
    let change = ModelPreferenceChange {
        is_favorite: Some(true),
        default_settings: fields(json!({ "steps": 12 })),
    };
    let seen = ModelPreferenceChange::default();
    let merged = rest
        .merge_model_preferences("sketch", &seen, &change, act().intent)
        .await;
    assert_eq!(merged.unwrap().answer.now, change);
    let (changes, _) = pull_all(&rest, Some(cursor), 500).await;
    let documents = rows(changes).into_iter().filter_map(|row| match row {
        ServerRow::Preferences { kind, document, .. } => Some((kind, document)),
        _ => None,
    });
    assert_eq!(
        documents.collect::<Vec<_>>(),
        [(kind, fields(json!({ "zoom": 3, "dense": true })))]
    );
}

#[tokio::test]
async fn each_field_of_the_profile_goes_by_the_time_of_its_act() {
    let backend = TestBackend::start().await.unwrap();
    let (rest, _, _) = with_picture(&backend).await;
    let early = act();
    let name = AccountSettings {
        full_name: Some("Léa".to_owned()),
        ads_enabled: Some(false),
        ai_safety_level: Some(SafetyLevel::Strict),
        ..AccountSettings::default()
    };
    let now = rest.set_profile(&name, act()).await.unwrap().answer;
    assert_eq!(now.full_name.as_deref(), Some("Léa"));
    assert_eq!(
        (now.ads_enabled, now.notifications_enabled),
        (Some(false), Some(true))
    );
    let older = AccountSettings {
        full_name: Some("Late".to_owned()),
        notifications_enabled: Some(false),
        ..AccountSettings::default()
    };
    let now = rest.set_profile(&older, early).await.unwrap().answer;
    assert_eq!(
        now.full_name.as_deref(),
        Some("Léa"),
        "an earlier act came late"
    );
    assert_eq!(
        now.notifications_enabled,
        Some(false),
        "of this field it is the latest"
    );
    let cleared = AccountSettings {
        full_name: Some(String::new()),
        ..AccountSettings::default()
    };
    let now = rest.set_profile(&cleared, act()).await.unwrap().answer;
    assert_eq!(now.full_name.as_deref(), Some(""));
    let long = AccountSettings {
        full_name: Some("é".repeat(201)),
        ..AccountSettings::default()
    };
    let refused = rest.set_profile(&long, act()).await.unwrap_err();
    assert_eq!(refused.code(), Some("invalid_parameters"));
}

#[tokio::test]
async fn what_a_pull_will_bring_can_be_counted() {
    let backend = TestBackend::start().await.unwrap();
    let (rest, image, cursor) = with_picture(&backend).await;
    let (all, _) = pull_all(&rest, None, 500).await;
    assert_eq!(rest.count_changes(None).await.unwrap(), all.len() as u64);
    assert_eq!(rest.count_changes(Some(&cursor)).await.unwrap(), 0);
    rest.set_rating(&[image], Some(1), act()).await.unwrap();
    assert_eq!(rest.count_changes(Some(&cursor)).await.unwrap(), 1);
    let bad = rest.count_changes(Some("yesterday")).await.unwrap_err();
    assert_eq!(bad.code(), Some("bad_cursor"));
    let page = rest.pull_changes(None, 1).await.unwrap();
    let behind = page.server_time.unwrap() - now();
    assert!(
        behind.abs() < TimeDelta::seconds(30),
        "the server tells its time"
    );
}
