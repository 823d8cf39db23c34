//! Jobs that succeed.

use std::collections::BTreeSet;

use amethyst_imaging::{Format, Limits, decode, probe, read_xmp};
use amethyst_testkit::TestBackend;
use serde_json::json;

use crate::user::{Running, User, config};

#[tokio::test]
async fn a_request_becomes_images_with_all_their_files() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    let worker = Running::start(config(&backend));
    let id = user
        .request(json!({
            "p_num_outputs": 2, "p_width": 1024, "p_height": 1024, "p_seed": 41, "p_output_format": "jpg",
            "p_hf_loras": ["AndyVampiro/fog", "nobody/knows"], "p_lora_scales": [0.4, 1.0],
        }))
        .await;
    let row = user.wait_for(&id, "completed").await;
    worker.stop().await;

    assert_eq!(row["metadata"]["seed"], 41);
    assert!(row["metadata"]["progress"].is_null());
    assert_eq!(user.balance().await, 98);
    let images = user.images(&id).await;
    assert_eq!(images.len(), 2);
    let mut pictures = BTreeSet::new();
    for (index, (image, seed)) in images.iter().zip([41, 42]).enumerate() {
        assert_eq!(image["metadata"]["seed"], seed);
        assert_eq!(
            (&image["width"], &image["height"]),
            (&json!(1024), &json!(1024))
        );
        assert_eq!(image["format"], "jpg");
        let technical = &image["technical_metadata"];
        assert_eq!(technical["provider"], "sketch");
        assert_eq!(technical["index"], index);
        assert_eq!(technical["unknown_loras"], json!(["nobody/knows"]));
        let files = technical["files"].as_array().unwrap();
        assert_eq!(files.len(), 4);
        for file in files {
            let path = file["path"].as_str().unwrap();
            let address = format!("/storage/v1/object/authenticated/generated-images/{path}");
            let bytes = user.bytes(&address).await;
            assert_eq!(file["bytes"], bytes.len());
            assert_eq!(file["blake3"], blake3::hash(&bytes).to_hex().as_str());
            let info = probe(&bytes).unwrap();
            assert_eq!(
                (&file["width"], &file["height"]),
                (&json!(info.width), &json!(info.height))
            );
            let picture = decode(&bytes, Limits::default()).unwrap();
            if file["variant"] == "original" {
                assert_eq!(info.format, Format::Jpeg);
                assert_eq!(image["public_url"], address);
                let label = read_xmp(&bytes).unwrap();
                assert!(label.contains("Amethyst sketch, procedural"));
                assert!(
                    label.contains(&format!("&quot;seed&quot;:{seed}")),
                    "{label}"
                );
                pictures.insert(picture.fingerprint());
            } else {
                assert_eq!(file["variant"], info.width.to_string());
                assert_eq!(info.format, Format::Webp);
                let label = read_xmp(&bytes).unwrap();
                assert!(label.contains("/algorithmicMedia<") && !label.contains("seed"));
            }
            if file["variant"] == "512" {
                assert_eq!(image["thumbnail_url"], address);
            }
        }
    }
    assert_eq!(pictures.len(), 2);
}

#[tokio::test]
async fn a_drawn_seed_is_stored_and_paints_the_same_picture_again() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    let worker = Running::start(config(&backend));
    let drawn = user.request(json!({ "p_output_format": "png" })).await;
    let seed = user.wait_for(&drawn, "completed").await["metadata"]["seed"].clone();
    assert!(seed.as_i64().unwrap() >= 0);
    let again = user
        .request(json!({ "p_output_format": "png", "p_seed": seed }))
        .await;
    user.wait_for(&again, "completed").await;
    worker.stop().await;
    let mut pictures = Vec::new();
    for id in [&drawn, &again] {
        let address = user.images(id).await[0]["public_url"]
            .as_str()
            .unwrap()
            .to_owned();
        let bytes = user.bytes(&address).await;
        pictures.push(decode(&bytes, Limits::default()).unwrap().fingerprint());
    }
    assert_eq!(pictures[0], pictures[1]);
}

#[tokio::test]
async fn progress_is_told_while_painting() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    let worker = Running::start(config(&backend));
    let id = user
        .request(json!({ "p_num_outputs": 2, "p_width": 2048, "p_height": 2048, "p_steps": 20 }))
        .await;
    let row = user
        .wait(&id, |row| !row["metadata"]["progress"].is_null())
        .await;
    let progress = &row["metadata"]["progress"];
    assert_eq!(
        (&progress["steps"], &progress["images"]),
        (&json!(20), &json!(2))
    );
    let image = progress["image"].as_u64().unwrap();
    assert!((1..=2).contains(&image) && progress["step"].as_u64().unwrap() <= 20);
    user.wait_for(&id, "completed").await;
    worker.stop().await;
}

#[tokio::test]
async fn several_jobs_are_painted_once_each_by_two_workers() {
    let backend = TestBackend::start().await.unwrap();
    let user = User::sign_up(&backend).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(user.request(json!({})).await);
    }
    let mut pair = config(&backend);
    pair.concurrency = 2;
    let workers = [Running::start(pair.clone()), Running::start(pair)];
    for id in &ids {
        user.wait_for(id, "completed").await;
        assert_eq!(user.images(id).await.len(), 1);
    }
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(user.balance().await, 98);
}
