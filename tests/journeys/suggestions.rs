//! Better wordings: made by the server, there without it, in the same order with the same numbers.

use amethyst_api::dispatch;
use amethyst_testkit::TestBackend;
use amethyst_tests::{TestClient, eventually};
use serde_json::{Value, json};

/// A finished request of the only user, with an image that he likes.
const LIKED: &str = "
    with p as (
      insert into public.prompts (id, user_id, prompt, model_id, model_version, status)
      select gen_random_uuid(), u.id, 'un port, brume du matin, huile', 'sketch', '1', 'completed' from auth.users u
      returning id, user_id),
    i as (
      insert into public.generated_images (id, user_id, prompt_id, storage_path, public_url, width, height, format, size_bytes)
      select g.id, g.user_id, g.prompt_id, format('%s/%s/%s.webp', g.user_id, g.prompt_id, g.id), 'x', 1, 1, 'webp', 1
        from (select gen_random_uuid() as id, p.user_id, p.id as prompt_id from p) as g
      returning id, user_id)
    insert into public.user_favorites (user_id, image_id) select i.user_id, i.id from i";

async fn call(client: &TestClient, command: &str, prompt: &str) -> Value {
    let arguments = json!({ "prompt": prompt, "limit": 6 });
    dispatch(client.core(), command, arguments).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_suggested_online_is_there_offline_in_the_same_order() -> anyhow::Result<()> {
    let mut backend = TestBackend::start().await?;
    let client = TestClient::signed_up(&backend, "lea@example.org").await?;
    sqlx::raw_sql(LIKED).execute(backend.pool()).await?;
    // A shared one of a new project is for the same prompt.
    let asked = call(&client, "suggestion_ask", "un renard").await;
    let wordings: Vec<&str> = asked["suggestions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["suggested_prompt"].as_str().unwrap())
        .collect();
    assert_eq!(wordings.len(), 3, "{asked}");
    assert_eq!(
        wordings[0],
        "Un renard dans la brume au lever du jour, lumière rasante, lac immobile"
    );
    assert!(wordings.contains(&"un renard, huile"));
    let added = json!([
        { "kind": "kept", "text": "un renard" },
        { "kind": "added", "text": ", huile" },
    ]);
    let diffs = asked["suggestions"].as_array().unwrap().iter();
    assert!(
        diffs.map(|one| &one["diff"]).any(|diff| *diff == added),
        "{asked}"
    );

    eventually("the suggestions by the feed", async || {
        let listed = call(&client, "suggestion_list", "un renard").await;
        (listed == asked).then_some(())
    })
    .await;
    backend.stop().await?;
    assert_eq!(call(&client, "suggestion_list", "un renard").await, asked);
    let near = call(&client, "suggestion_list", "un vieux renard").await;
    assert_eq!(
        near["suggestions"].as_array().unwrap().len(),
        3,
        "half of the words are the same: {near}"
    );
    let error = dispatch(
        client.core(),
        "suggestion_ask",
        json!({ "prompt": "un renard", "limit": 6 }),
    )
    .await
    .unwrap_err();
    assert_eq!(serde_json::to_value(&error)?["code"], "offline");

    let off = json!({ "prompt_suggestions_enabled": false });
    dispatch(client.core(), "settings_change", off)
        .await
        .unwrap();
    let none = call(&client, "suggestion_list", "un renard").await;
    assert_eq!(none, json!({ "enabled": false, "suggestions": [] }));
    Ok(())
}
