//! Images shown to everybody, and taken back.

use std::time::Duration;

use amethyst_imaging::{Limits, decode, read_xmp};
use amethyst_testkit::TestBackend;
use reqwest::Method;
use serde_json::{Value, json};

use crate::user::{Running, User, config};

async fn set_public(user: &User, image: &Value, on: bool, at: &str) {
    let body = json!({
        "p_image_id": image["id"],
        "p_on": on,
        "p_at": at,
        "p_intent_id": uuid::Uuid::now_v7(),
    });
    let answer = user
        .ask(Method::POST, "/rest/v1/rpc/set_public", Some(body))
        .await;
    assert_eq!(answer["is_public"], on, "{answer}");
}

#[tokio::test]
async fn a_published_image_is_copied_under_another_name_and_goes_when_it_is_taken_back() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    let worker = Running::start(config(&backend));
    let id = user.request(json!({})).await;
    user.wait_for(&id, "completed").await;
    let image = user.images(&id).await.remove(0);
    let private_url = image["public_url"].as_str().unwrap().to_owned();
    let original = user.bytes(&private_url).await;

    set_public(&user, &image, true, "2026-01-01T10:00:00Z").await;
    let published = loop {
        let image = user.images(&id).await.remove(0);
        if !image["published_at"].is_null() {
            break image;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let url = published["public_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("/storage/v1/object/public/public-images/"));
    for told in [&image["id"], &image["user_id"], &image["prompt_id"]] {
        assert!(!url.contains(told.as_str().unwrap()), "{url} tells {told}");
    }
    // By anybody, with nothing in hand.
    let anybody = reqwest::Client::new();
    let address = format!("{}{url}", backend.url().trim_end_matches('/'));
    let copy = anybody.get(&address).send().await.unwrap();
    assert_eq!(copy.headers()["content-type"], "image/webp");
    let copy = copy.bytes().await.unwrap();
    let pixels = |bytes: &[u8]| decode(bytes, Limits::default()).unwrap();
    assert_eq!(pixels(&copy), pixels(&original));
    // Its page shows the recipe, so that the copy may tell it; the id of the request is on neither.
    let label = read_xmp(&copy).unwrap();
    assert!(label.contains("/algorithmicMedia<") && label.contains("Amethyst sketch, procedural"));
    assert!(label.contains("un renard au bord d'un lac"), "{label}");
    let thumbnail = user.bytes(published["thumbnail_url"].as_str().unwrap());
    let label = read_xmp(&thumbnail.await).unwrap();
    assert!(label.contains("/algorithmicMedia<") && !label.contains("renard"));

    set_public(&user, &image, false, "2026-01-01T10:00:01Z").await;
    assert_eq!(
        user.images(&id).await[0]["public_url"],
        private_url.as_str()
    );
    // The copies go late enough for a worker that is still copying; the wait is taken out here.
    sqlx::raw_sql("update private.storage_garbage set ready_at = now()")
        .execute(backend.pool())
        .await
        .unwrap();
    worker.stop().await;
    let sweeper = Running::start(config(&backend));
    loop {
        let left: i64 = sqlx::query_scalar(
            "select count(*) from storage.objects where bucket_id = 'public-images'",
        )
        .fetch_one(backend.pool())
        .await
        .unwrap();
        if left == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(anybody.get(&address).send().await.unwrap().status(), 400);
    assert_eq!(
        user.bytes(&private_url).await,
        original,
        "its owner still has it"
    );
    sweeper.stop().await;
}

/// When the request is gone, its page tells no prompt any more, and neither does a copy made then.
#[tokio::test]
async fn a_copy_tells_no_more_than_the_page_of_its_image() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    let worker = Running::start(config(&backend));
    let id = user.request(json!({ "p_output_format": "png" })).await;
    user.wait_for(&id, "completed").await;
    let image = user.images(&id).await.remove(0);
    let original = user.bytes(image["public_url"].as_str().unwrap()).await;
    assert!(read_xmp(&original).unwrap().contains("renard"));
    sqlx::query("update public.generated_images set prompt_id = null where id = $1::uuid")
        .bind(image["id"].as_str().unwrap())
        .execute(backend.pool())
        .await
        .unwrap();
    set_public(&user, &image, true, "2026-01-01T10:00:00Z").await;
    let path = format!(
        "/rest/v1/generated_images?id=eq.{}",
        image["id"].as_str().unwrap()
    );
    let url = loop {
        let rows = user.ask(Method::GET, &path, None).await;
        if !rows[0]["published_at"].is_null() {
            break rows[0]["public_url"].as_str().unwrap().to_owned();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let copy = user.bytes(&url).await;
    let label = read_xmp(&copy).unwrap();
    assert!(label.contains("/algorithmicMedia<"), "{label}");
    assert!(
        !label.contains("renard") && !label.contains("Parameters"),
        "{label}"
    );
    worker.stop().await;
}
