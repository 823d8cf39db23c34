//! What is said about each outside service.

use amethyst_testkit::TestBackend;
use amethyst_worker::{Key, Level};
use serde_json::{Value, json};

use crate::double::{KEY, Mood, WEBHOOK_SECRET, nowhere, serve, use_all};
use crate::{config, errors, findings, says};

const PATHS: [&str; 5] = [
    "/account",
    "/webhooks/default/secret",
    "/v1/user/balance",
    "/models",
    "/balance",
];

fn models(vision_ends: &Value) -> Value {
    json!({"object": "list", "data": [
        {"id": "omni-moderation-latest", "object": "model"},
        {"id": "gpt-5-mini", "object": "model", "shutdown_date": vision_ends},
        {"id": "text-embedding-3-small", "object": "model", "shutdown_date": "2999-01-01"},
        "nonsense", {"id": 3},
    ]})
}

async fn honest(vision_ends: Value) -> url::Url {
    serve(vec![
        (
            PATHS[0],
            Mood::Honest(json!({"type": "organization", "username": "acme"})),
        ),
        (PATHS[1], Mood::Honest(json!({"key": WEBHOOK_SECRET}))),
        (PATHS[2], Mood::Honest(json!({"credits": 812.4}))),
        (PATHS[3], Mood::Honest(models(&vision_ends))),
        (
            PATHS[4],
            Mood::Honest(json!({"object": "balance", "livemode": true})),
        ),
    ])
    .await
}

#[tokio::test]
async fn services_that_take_their_keys_are_well() {
    let backend = TestBackend::start().await.unwrap();
    let mut config = config(&backend);
    use_all(&mut config, &honest(json!(null)).await, KEY);
    let found = findings(&config).await;
    assert!(errors(&found).is_empty(), "{:?}", errors(&found));
    assert!(says(&found, Level::Ok, "replicate", "`acme`"));
    assert!(says(
        &found,
        Level::Ok,
        "replicate",
        "webhook secret is this account's"
    ));
    assert!(says(&found, Level::Ok, "stability", "812.4 credits"));
    assert!(says(&found, Level::Ok, "openai", "the key is accepted"));
    assert!(says(
        &found,
        Level::Ok,
        "openai",
        "text-embedding-3-small` is there until 2999"
    ));
    assert!(says(&found, Level::Ok, "stripe", "real money"));
    assert!(says(&found, Level::Ok, "supabase", "the schema is 2"));
}

#[tokio::test]
async fn a_wrong_key_is_told_for_each_service_by_its_variable() {
    let backend = TestBackend::start().await.unwrap();
    let mut config = config(&backend);
    use_all(&mut config, &honest(json!(null)).await, "hush-wrong");
    let found = findings(&config).await;
    for (part, variable) in [
        ("replicate", "REPLICATE_API_TOKEN"),
        ("stability", "STABILITY_API_KEY"),
        ("openai", "OPENAI_API_KEY"),
        ("stripe", "STRIPE_SECRET_KEY"),
    ] {
        assert!(says(&found, Level::Error, part, variable), "{found:?}");
        assert!(says(&found, Level::Error, part, "HTTP 401"), "{found:?}");
    }
}

#[tokio::test]
async fn silence_and_nonsense_are_told_apart() {
    let backend = TestBackend::start().await.unwrap();
    let mut config = config(&backend);
    use_all(&mut config, &nowhere(), KEY);
    let found = findings(&config).await;
    for part in ["replicate", "stability", "openai", "stripe"] {
        assert!(says(&found, Level::Error, part, "no answer"), "{found:?}");
    }
    for (status, body, words) in [
        (200, "<html>hush</html>", "none of this service's"),
        (200, "[[]]", "none of this service's"),
        (404, "{\"error\": \"hush\"}", "none of this service's"),
        (402, "{}", "no credit left"),
    ] {
        let says_all = PATHS.map(|path| (path, Mood::Says(status, body)));
        use_all(&mut config, &serve(says_all.into()).await, KEY);
        let found = findings(&config).await;
        for part in ["replicate", "stability", "openai", "stripe"] {
            assert!(
                says(&found, Level::Error, part, words),
                "{status} {body}: {found:?}"
            );
        }
    }
    for status in [429, 500, 503] {
        let says_all = PATHS.map(|path| (path, Mood::Says(status, "{}")));
        use_all(&mut config, &serve(says_all.into()).await, KEY);
        let found = findings(&config).await;
        assert!(errors(&found).is_empty(), "it may be over soon: {found:?}");
        assert!(says(&found, Level::Warning, "openai", &status.to_string()));
    }
}

#[tokio::test]
async fn what_runs_out_is_told_before_it_does() {
    let backend = TestBackend::start().await.unwrap();
    let mut config = config(&backend);
    for (ends, level, words) in [
        (json!("2001-01-01"), Level::Error, "ended on 2001-01-01"),
        (json!(978_307_200), Level::Error, "ended on 2001-01-01"),
        (json!("2999-01-01T00:00:00Z"), Level::Ok, "until 2999-01-01"),
        (json!(soon()), Level::Warning, "change OPENAI_VISION_MODEL"),
    ] {
        use_all(&mut config, &honest(ends).await, KEY);
        let found = findings(&config).await;
        assert!(says(&found, level, "openai", words), "{found:?}");
    }
    let mut openai = config.openai.clone().unwrap();
    openai.embedding_model = Some("text-embedding-9".to_owned());
    openai.moderation_model = None;
    config.openai = Some(openai);
    let found = findings(&config).await;
    assert!(says(
        &found,
        Level::Error,
        "openai",
        "`text-embedding-9` is not there"
    ));
    assert!(says(
        &found,
        Level::Warning,
        "openai",
        "OPENAI_MODERATION_MODEL is off"
    ));

    for (credits, level) in [(0.4, Level::Error), (12.0, Level::Warning)] {
        let base = serve(vec![(
            PATHS[2],
            Mood::Honest(json!({ "credits": credits })),
        )])
        .await;
        config.stability.as_mut().unwrap().base = base;
        let found = findings(&config).await;
        assert!(says(&found, level, "stability", "credits"), "{found:?}");
    }
}

/// A day two weeks from now.
fn soon() -> String {
    let day = chrono::DateTime::<chrono::Utc>::from(std::time::UNIX_EPOCH)
        + std::time::UNIX_EPOCH.elapsed().unwrap()
        + chrono::Duration::days(14);
    day.date_naive().to_string()
}

#[tokio::test]
async fn a_secret_of_another_account_and_a_key_of_few_rights_are_noticed() {
    let backend = TestBackend::start().await.unwrap();
    let mut config = config(&backend);
    use_all(&mut config, &honest(json!(null)).await, KEY);
    let mut replicate = config.replicate.clone().unwrap();
    replicate.webhook_secret = Some(Key::new("whsec_aHVzaA=="));
    config.replicate = Some(replicate);
    let base = serve(vec![("/balance", Mood::Says(403, "{\"error\": {}}"))]).await;
    config.stripe.as_mut().unwrap().base = base;
    let found = findings(&config).await;
    assert!(says(
        &found,
        Level::Error,
        "replicate",
        "not this account's"
    ));
    assert!(says(
        &found,
        Level::Warning,
        "stripe",
        "may not read the balance"
    ));
    let test = serve(vec![("/balance", Mood::Honest(json!({"livemode": false})))]).await;
    config.stripe.as_mut().unwrap().base = test;
    assert!(says(
        &findings(&config).await,
        Level::Warning,
        "stripe",
        "nobody is charged"
    ));
}
