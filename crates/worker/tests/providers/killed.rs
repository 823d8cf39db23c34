//! Two workers, one of them killed two hundred times wherever it happens to be.

use std::process::Stdio;
use std::time::Duration;

use amethyst_testkit::double::{openai_images, replicate, stability};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::{RngExt, rng};
use serde_json::json;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::shop::Shop;
use crate::user::Running;

const KILLS: u32 = 200;

/// A process of its own, so that its death is one.
fn start(shop: &Shop) -> Child {
    Command::new(env!("CARGO_BIN_EXE_amethyst-worker"))
        .env_clear()
        .env("AMETHYST_URL", shop.backend.url())
        .env("AMETHYST_SERVICE_ROLE_KEY", shop.backend.service_role_key())
        .env("AMETHYST_WORKER_CONCURRENCY", "4")
        .env("AMETHYST_WORKER_POLL_MS", "20")
        .env("AMETHYST_WORKER_LEASE_S", "2")
        .env("AMETHYST_WORKER_STOP_WITH_STDIN", "1")
        .env("REPLICATE_API_URL", shop.replicate.base())
        .env("REPLICATE_API_TOKEN", replicate::TOKEN)
        .env("STABILITY_API_URL", shop.stability.base())
        .env("STABILITY_API_KEY", stability::KEY)
        .env("OPENAI_BASE_URL", shop.openai.base())
        .env("OPENAI_API_KEY", openai_images::KEY)
        .env("OPENAI_MODERATION_MODEL", "off")
        .env("OPENAI_VISION_MODEL", "off")
        .env("OPENAI_EMBEDDING_MODEL", "off")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn every_request_ends_once_and_nothing_is_paid_for_twice() {
    let shop = Shop::open().await;
    shop.sql("insert into public.credit_transactions (user_id, amount, type, idempotency_key) select id, 100000, 'bonus', 't' from public.profiles").await;
    shop.sql(
        r#"update private.settings set value = '{"enterprise": 10000}' where key = 'max_pending'"#,
    )
    .await;
    let seed: u64 = rng().random();
    println!("seed {seed}");
    let mut chance = StdRng::seed_from_u64(seed);
    let mut config = shop.config();
    config.concurrency = 2;
    let steady = Running::start(config);
    let mut asked: Vec<(&str, String)> = Vec::new();
    let started = Instant::now();
    for kill in 0..KILLS {
        let mut victim = start(&shop);
        if kill % 2 == 0 {
            let model = [
                "flux-dev-multi-lora",
                "stable-image-core",
                "gpt-image-2",
                "sketch",
            ][kill as usize / 2 % 4];
            let size = if model == "sketch" { 256 } else { 1024 };
            let fields = json!({ "p_num_outputs": chance.random_range(1..=3), "p_width": size, "p_height": size, "p_seed": 1000 * kill });
            asked.push((model, shop.request(model, fields).await));
        }
        tokio::time::sleep(Duration::from_millis(chance.random_range(20..260))).await;
        victim.start_kill().unwrap();
        victim.wait().await.unwrap();
    }
    let killing = started.elapsed();
    let open = "select count(*) from public.prompts where status in ('pending', 'processing')";
    for _ in 0..600 {
        if shop.number(open).await == 0 {
            break;
        }
        shop.sql("update private.jobs set run_after = now() where state = 'queued'")
            .await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    steady.stop().await;
    assert_eq!(shop.number(open).await, 0);
    shop.audit().await;

    // However often it was taken up, a prediction was begun once.
    let mut seeds: Vec<i64> = shop
        .replicate
        .created()
        .iter()
        .map(|made| made["input"]["seed"].as_i64().unwrap())
        .collect();
    let begun = seeds.len();
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(begun, seeds.len(), "paid for twice");
    let completed = shop
        .number("select count(*) from public.prompts where status = 'completed'")
        .await;
    let lost = shop
        .number("select count(*) from public.prompts where error_message = 'worker_lost'")
        .await;
    let taken_over = shop
        .number("select count(*) from private.jobs where kind = 'generation' and attempts > 1")
        .await;
    assert_eq!(completed + lost, asked.len() as i64, "seed {seed}");
    // The test must have hit something.
    assert!(
        taken_over > 5,
        "only {taken_over} of {} were ever taken over",
        asked.len()
    );
    println!(
        "{KILLS} kills in {killing:?}: {} requests, {completed} completed, {lost} given back, {taken_over} taken over",
        asked.len()
    );
}
