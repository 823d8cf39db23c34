//! With a key: what OpenAI is asked for, and what becomes of its answers.

use amethyst_testkit::OpenAiDouble;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Project, Running};

#[tokio::test]
async fn an_image_of_another_provider_is_looked_at_once_and_judged() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    double.score("picture", "sexual", 0.3);
    let image = project.made_by("replicate", "a lake, please").await;
    let worker = Running::start(project.config_with(&double));
    let jobs = project.wait_for_all(image).await;
    worker.stop().await;
    for kind in ["vision", "style", "color", "safety", "embedding"] {
        assert_eq!(jobs[kind]["state"], "done", "{jobs}");
    }

    let row = project.image(image).await;
    assert_eq!(row["vision_description"], "description fr");
    assert_eq!(
        row["vision_labels"],
        json!(["labels one en", "labels two en"])
    );
    assert_eq!(row["style_tags"], json!(["style one", "style two"]));
    assert_eq!(row["nsfw_score"], 0.3);
    assert_eq!(row["embedding_space"], "openai:text-embedding-3-small:1");
    let analyses = project.analyses(image).await;
    assert_eq!(
        analyses["vision"]["openai:seer-1:1"]["labels"]["fr"][0],
        "labels one fr"
    );
    assert!(analyses["style"]["openai:seer-1:1"].is_object());
    let safety = &analyses["safety"]["openai:omni-moderation-latest:1"];
    assert_eq!(
        safety["scores"].as_object().unwrap().len(),
        13,
        "every score is kept"
    );
    assert_eq!(safety["applied"]["sexual"], json!(["text", "image"]));
    assert_eq!(safety["applied"]["sexual/minors"], json!(["text"]));

    // One look for description and style, and no word of the prompt in it.
    let looks = double.asked("responses");
    assert_eq!(looks.len(), 1);
    assert!(!looks[0].to_string().contains("a lake, please"));
    assert_eq!(looks[0]["store"], false);
    let judged = double.asked("moderations");
    assert_eq!(judged.len(), 1);
    assert_eq!(judged[0]["input"][0]["text"], "a lake, please");
    // The vectors of the demo's suggestions are asked for apart.
    let mut embedded = double.asked("embeddings");
    embedded.retain(|body| body.to_string().contains("a lake, please"));
    assert_eq!(embedded.len(), 1);
    assert_eq!(
        embedded[0]["input"],
        json!(["description en\nlabels one en, labels two en\na lake, please"])
    );

    let publish = json!({
        "p_image_id": image, "p_on": true, "p_at": "2026-01-01T10:00:00Z",
        "p_intent_id": Uuid::from_u128(rand::random()),
    });
    assert_eq!(project.call("set_public", &publish).await.0, 200);
}

#[tokio::test]
async fn an_image_that_offends_is_not_publishable() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    double.score("picture", "violence/graphic", 0.95);
    let image = project.made_by("replicate", "x").await;
    let worker = Running::start(project.config_with(&double));
    project.wait_for_all(image).await;
    worker.stop().await;
    let publish = json!({
        "p_image_id": image, "p_on": true, "p_at": "2026-01-01T10:00:00Z",
        "p_intent_id": Uuid::from_u128(rand::random()),
    });
    let (status, refusal) = project.call("set_public", &publish).await;
    assert_eq!(status, 422);
    let details: Value = serde_json::from_str(refusal["details"].as_str().unwrap()).unwrap();
    assert_eq!(
        details,
        json!({ "nsfw_score": 0.95, "max": 0.5, "reason": "above_limit" })
    );
}

/// The painter's own pictures are known exactly and for nothing; only their vectors must lie in the space of all.
#[tokio::test]
async fn a_sketch_is_not_sent_to_be_looked_at() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    let worker = Running::start(project.config_with(&double));
    let request = project.request("un renard, lac, aube").await;
    let image = project.image_of(request).await;
    project.wait_for_all(image).await;
    worker.stop().await;
    let row = project.image(image).await;
    assert_eq!(
        row["vision_description"],
        "Un lac avec un renard, à l’aube."
    );
    assert_eq!(row["embedding_space"], "openai:text-embedding-3-small:1");
    assert!(double.asked("responses").is_empty() && double.asked("moderations").is_empty());
    let texts = json!(double.asked("embeddings")).to_string();
    assert!(texts.contains("A lake with a fox"), "{texts}");
}

#[tokio::test]
async fn the_embeddings_of_several_images_are_one_request() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    let mut images = Vec::new();
    for prompt in ["one", "two", "three"] {
        images.push(project.made_by("replicate", prompt).await);
    }
    project
        .sql(
            "delete from private.jobs where image_id is not null and kind <> 'embedding';
                 update private.jobs set run_after = now() where kind = 'embedding'",
        )
        .await;
    let worker = Running::start(project.config_with(&double));
    for image in &images {
        project.wait_for_all(*image).await;
    }
    worker.stop().await;
    let mut asked = double.asked("embeddings");
    asked.retain(|body| body.to_string().contains("\"two\""));
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["input"], json!(["one", "two", "three"]));
    for image in images {
        assert!(project.image(image).await["embedding_code"].is_string());
    }
}

/// A model that is not named is not used, and what would need it is left in the queue; an embedding that would wait
/// for a description in vain does not.
#[tokio::test]
async fn what_has_no_model_is_not_served() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    let image = project.made_by("replicate", "a lake").await;
    let mut config = project.config_with(&double);
    if let Some(openai) = &mut config.openai {
        openai.vision_model = None;
    }
    let worker = Running::start(config);
    let jobs = project
        .wait(image, |jobs| {
            ["color", "safety", "embedding"]
                .iter()
                .all(|kind| jobs[*kind]["state"] == "done")
        })
        .await;
    worker.stop().await;
    assert_eq!(jobs["vision"]["state"], "queued");
    assert_eq!(jobs["style"]["attempts"], 0);
    assert_eq!(double.asked("embeddings")[0]["input"], json!(["a lake"]));
}
