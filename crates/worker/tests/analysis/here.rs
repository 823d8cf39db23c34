//! Without any key: what a worker finds out by itself, and what it leaves open.

use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use crate::support::{Project, Running};

#[tokio::test]
async fn a_sketch_is_described_measured_and_found_by_likeness() {
    let project = Project::start().await;
    let worker = Running::start(project.config());
    let mut images = Vec::new();
    for prompt in [
        "un renard au bord d'un lac, aube, brume",
        "a fox by a lake in the mist, dawn",
        "une ville sous la pluie, la nuit",
    ] {
        let request = project.request(prompt).await;
        images.push(project.image_of(request).await);
    }
    for image in &images {
        let jobs = project.wait_for_all(*image).await;
        for kind in ["vision", "style", "color", "safety", "embedding"] {
            assert_eq!(jobs[kind]["state"], "done", "{jobs}");
            assert_eq!(jobs[kind]["attempts"], 1, "{jobs}");
        }
    }
    worker.stop().await;

    let row = project.image(images[0]).await;
    assert_eq!(
        row["vision_description"],
        "Un lac avec un renard, à l’aube, dans la brume."
    );
    assert_eq!(row["vision_labels"], json!(["fox", "lake", "mist", "dawn"]));
    assert_eq!(row["style_tags"][0], "ink drawing");
    assert_eq!(row["nsfw_score"], 0.0);
    assert_eq!(row["embedding_space"], "local-1");
    assert!(row["color_palette"].as_array().unwrap().len() <= 6);
    assert!(row["color_palette"][0].as_str().unwrap().starts_with('#'));
    let technical = &row["technical_metadata"];
    assert_eq!(technical["provider"], "sketch", "what was there stays");
    let original = &technical["files"][0]["blake3"];
    assert_eq!(
        technical["file_hash"],
        format!("blake3:{}", original.as_str().unwrap())
    );
    assert_eq!(technical["perceptual_hash"].as_str().unwrap().len(), 16);
    assert!(technical["sharpness"].as_f64().unwrap() > 0.0);
    assert!(technical["exposure"]["mean"].as_f64().unwrap() > 0.0);

    let analyses = project.analyses(images[0]).await;
    assert_eq!(analyses["vision"]["sketch-1"]["labels"]["fr"][0], "renard");
    assert!(
        analyses["style"]["sketch-1"].is_object() && analyses["safety"]["sketch-1"].is_object()
    );
    let color = &analyses["color"]["local-1"]["colors"][0];
    assert_eq!(color["lab"].as_array().unwrap().len(), 3);
    assert_eq!(color["hex"], row["color_palette"][0]);

    let likeness = likeness(&project, images[0]).await;
    assert_eq!(likeness.len(), 3);
    assert_eq!(likeness[0].0, images[0]);
    assert_eq!(likeness[1].0, images[1], "{likeness:?}");
    assert!(likeness[1].1 > likeness[2].1 + 0.3, "{likeness:?}");

    let (status, _) = project
        .call(
            "set_public",
            &json!({
                "p_image_id": images[0], "p_on": true, "p_at": "2026-01-01T10:00:00Z",
                "p_intent_id": Uuid::from_u128(rand::random()),
            }),
        )
        .await;
    assert_eq!(status, 200, "a sketch may be published");
}

async fn likeness(project: &Project, image: Uuid) -> Vec<(Uuid, f64)> {
    let vector: String = sqlx::query_scalar(
        "select vision_embedding::text from public.generated_images where id = $1",
    )
    .bind(image)
    .fetch_one(project.backend.pool())
    .await
    .unwrap();
    let body = json!({
        "query_embedding": vector, "embedding_space": "local-1", "min_similarity": -1,
    });
    let (status, found) = project.call("match_images", &body).await;
    assert_eq!(status, 200, "{found}");
    found
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let id = row["id"].as_str().unwrap().parse().unwrap();
            (id, row["similarity"].as_f64().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn the_owners_language_decides_about_the_description() {
    let project = Project::start().await;
    project
        .sql("update public.profiles set language = 'en'")
        .await;
    let worker = Running::start(project.config());
    let request = project.request("un renard, lac, aube").await;
    let image = project.image_of(request).await;
    project.wait_for_all(image).await;
    worker.stop().await;
    let row = project.image(image).await;
    assert_eq!(row["vision_description"], "A lake with a fox, at dawn.");
}

#[tokio::test]
async fn without_a_key_other_images_are_measured_and_not_judged() {
    let project = Project::start().await;
    let image = project.made_by("replicate", "un renard").await;
    let worker = Running::start(project.config());
    let jobs = project
        .wait(image, |jobs| {
            jobs["color"]["state"] == "done" && jobs["embedding"]["state"] == "done"
        })
        .await;
    worker.stop().await;
    for kind in ["vision", "style", "safety"] {
        assert_eq!(
            jobs[kind],
            json!({ "state": "queued", "attempts": 0, "last_error": null })
        );
    }
    let row = project.image(image).await;
    for column in [
        "vision_description",
        "vision_labels",
        "style_tags",
        "nsfw_score",
    ] {
        assert!(row[column].is_null(), "{column}: {row}");
    }
    assert_eq!(row["color_palette"].as_array().unwrap().len(), 2, "{row}");
    // Nobody noted its hash; it was read for that.
    let hash = row["technical_metadata"]["file_hash"].as_str().unwrap();
    assert_eq!(hash.len(), "blake3:".len() + 64);
    assert_eq!(
        row["embedding_space"], "local-1",
        "its words can be compared"
    );

    let publish = json!({
        "p_image_id": image, "p_on": true, "p_at": "2026-01-01T10:00:00Z",
        "p_intent_id": Uuid::from_u128(rand::random()),
    });
    let (status, refusal) = project.call("set_public", &publish).await;
    assert_eq!(
        (status, refusal["message"].as_str()),
        (422, Some("not_publishable"))
    );
    let details: serde_json::Value =
        serde_json::from_str(refusal["details"].as_str().unwrap()).unwrap();
    assert_eq!(
        details,
        json!({ "nsfw_score": null, "max": 0.5, "reason": "not_analyzed" })
    );
}

/// A claim must not look at what it may not have, nor at more than it takes, however much there is of it.
#[tokio::test]
async fn what_waits_costs_a_claim_nothing() {
    let project = Project::start().await;
    project.made_by("replicate", "one").await;
    project
        .sql(
            "insert into public.generated_images (id, user_id, prompt_id, storage_path, public_url, width, height, format, size_bytes, technical_metadata)
             select n.id, g.user_id, g.prompt_id, format('%s/%s/%s.webp', g.user_id, g.prompt_id, n.id), '', 1, 1, 'webp', 1, g.technical_metadata
               from public.generated_images g, (select gen_random_uuid() as id from generate_series(1, 5000)) as n",
        )
        .await;
    project.sql("vacuum analyze private.jobs").await;
    let not_mine = blocks(
        &project,
        r#"{"vision": ["sketch"], "safety": ["sketch"], "style": []}"#,
        25,
    )
    .await;
    // 25 000 jobs and their indexes fill more than a thousand blocks.
    assert!(not_mine < 100, "{not_mine} blocks");
    let mine = blocks(&project, r#"{"vision": null, "safety": null}"#, 5).await;
    assert!(mine < 500, "{mine} blocks");
}

/// Blocks that a claim touches once everything about it is known.
async fn blocks(project: &Project, wanted: &'static str, limit: i32) -> i64 {
    let mut connection = project.backend.pool().acquire().await.unwrap();
    let mut blocks = 0;
    for _ in 0..2 {
        let row = sqlx::query(
            "explain (analyze, buffers, format json)
             select * from public.claim_analysis('w', null, $2, 120, $1::jsonb)",
        )
        .bind(wanted)
        .bind(limit)
        .fetch_one(&mut *connection)
        .await
        .unwrap();
        let plan: serde_json::Value = row.get(0);
        let plan = &plan[0]["Plan"];
        blocks = plan["Shared Hit Blocks"].as_i64().unwrap()
            + plan["Shared Read Blocks"].as_i64().unwrap();
    }
    blocks
}
