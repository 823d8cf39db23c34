//! The look at a prompt before anybody is paid for it.

use amethyst_testkit::{OpenAiDouble, Reply};
use amethyst_worker::{Key, OpenAiConfig};
use serde_json::json;
use url::Url;

use crate::shop::Shop;
use crate::user::Running;

fn work(shop: &Shop, openai: &OpenAiDouble) -> Running {
    let mut config = shop.config();
    config.openai = Some(OpenAiConfig {
        base: Url::parse(&openai.base()).unwrap(),
        key: Key::new(openai.key()),
        deadline: std::time::Duration::from_secs(20),
        moderation_model: Some("omni-moderation-latest".to_owned()),
        vision_model: None,
        embedding_model: None,
    });
    Running::start(config)
}

#[tokio::test]
async fn a_refused_prompt_reaches_no_provider_and_costs_nothing() {
    let shop = Shop::open().await;
    let openai = OpenAiDouble::start().await;
    openai.score("forbidden", "sexual/minors", 0.5);
    openai.score("gory", "violence/graphic", 0.95);
    let worker = work(&shop, &openai);

    let row = shop
        .make(
            "flux-dev-multi-lora",
            json!({ "p_prompt": "something forbidden" }),
        )
        .await;
    assert_eq!(
        (&row["status"], &row["error_message"]),
        (&json!("failed"), &json!("prompt_rejected"))
    );
    assert_eq!(
        row["metadata"]["receipt"]["moderation"],
        json!(["sexual/minors"])
    );
    assert!(shop.replicate.created().is_empty());
    assert_eq!(shop.user.balance().await, 100);

    // The safety checker decides about the rest.
    let row = shop
        .make(
            "flux-dev-multi-lora",
            json!({ "p_prompt": "a gory battle" }),
        )
        .await;
    assert_eq!(row["error_message"], "prompt_rejected");
    shop.sql("update public.profiles set ai_safety_level = 'relaxed'")
        .await;
    let relaxed = json!({ "p_prompt": "a gory battle", "p_safety_checker": false });
    assert_eq!(
        shop.make("flux-dev-multi-lora", relaxed).await["status"],
        "completed"
    );
    let never = json!({ "p_prompt": "something forbidden", "p_safety_checker": false });
    assert_eq!(
        shop.make("flux-dev-multi-lora", never).await["error_message"],
        "prompt_rejected"
    );

    // The painter of ours knows no such things, and nobody is asked.
    let asked = openai.asked("moderations").len();
    let sketch = json!({ "p_prompt": "something forbidden", "p_width": 256, "p_height": 256 });
    assert_eq!(shop.make("sketch", sketch).await["status"], "completed");
    let about_sketch = openai.asked("moderations").into_iter().skip(asked);
    assert!(
        about_sketch
            .clone()
            .all(|body| body.to_string().contains("image_url")),
        "only the earlier image"
    );
    worker.stop().await;
    shop.audit().await;
}

#[tokio::test]
async fn nothing_is_painted_while_nobody_can_look() {
    let shop = Shop::open().await;
    let openai = OpenAiDouble::start().await;
    let away = Reply::Error {
        status: 503,
        code: "server_error",
        retry_after: None,
    };
    openai.reply("moderations", [away]);
    let worker = work(&shop, &openai);
    let id = shop.request("flux-dev-multi-lora", json!({})).await;
    assert_eq!(shop.put_back(&id).await, "provider_unavailable");
    assert!(shop.replicate.created().is_empty());
    // The model itself did nothing wrong: it is not kept from others.
    shop.hurry().await;
    shop.user.wait_for(&id, "completed").await;
    worker.stop().await;
    assert_eq!(shop.replicate.created().len(), 1);
    shop.audit().await;
}
