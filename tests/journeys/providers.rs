//! Images of providers that cost money, from the client's request to the files on its disk. The providers are doubles
//! that speak their documented languages; client, backend and worker are the real ones.

use amethyst_engine::ImageChange;
use amethyst_model::{
    AdjustmentKind, GenerationDraft, GenerationStatus, IntentState, LedgerKind, MediaVariant,
    ParkReason,
};
use amethyst_testkit::TestBackend;
use amethyst_testkit::double::openai_images::{self, OpenAiImages};
use amethyst_testkit::double::replicate::{self, Ending, Replicate};
use amethyst_testkit::double::stability::{self, Answer, Stability};
use amethyst_tests::{TestClient, eventually};

struct Providers {
    replicate: Replicate,
    stability: Stability,
    openai: OpenAiImages,
}

async fn project() -> anyhow::Result<(TestBackend, Providers)> {
    let providers = Providers {
        replicate: Replicate::start().await,
        stability: Stability::start().await,
        openai: OpenAiImages::start().await,
    };
    let off = || "off".to_owned();
    let backend = TestBackend::with_worker_of(&[
        ("AMETHYST_WORKER_CONCURRENCY", "3".to_owned()),
        ("REPLICATE_API_URL", providers.replicate.base()),
        ("REPLICATE_API_TOKEN", replicate::TOKEN.to_owned()),
        ("STABILITY_API_URL", providers.stability.base()),
        ("STABILITY_API_KEY", stability::KEY.to_owned()),
        ("OPENAI_BASE_URL", providers.openai.base()),
        ("OPENAI_API_KEY", openai_images::KEY.to_owned()),
        ("OPENAI_MODERATION_MODEL", off()),
        ("OPENAI_VISION_MODEL", off()),
        ("OPENAI_EMBEDDING_MODEL", off()),
    ])
    .await?;
    sqlx::query("update public.models set is_active = true")
        .execute(backend.pool())
        .await?;
    Ok((backend, providers))
}

fn draft(model: &str, images: i64) -> GenerationDraft {
    GenerationDraft {
        model_id: model.to_owned(),
        prompt: "un renard dans la brume".to_owned(),
        num_outputs: images,
        ..GenerationDraft::default()
    }
}

async fn knows(client: &TestClient, model: &str) {
    eventually("the catalog", async || {
        let models = client.core().models().await.unwrap();
        models.iter().any(|known| known.id == model).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_provider_delivers_to_the_library_and_what_was_shown_is_what_was_sent()
-> anyhow::Result<()> {
    let (backend, providers) = project().await?;
    let client = TestClient::signed_up(&backend, "three@example.org").await?;
    knows(&client, "gpt-image-2").await;
    for model in ["flux-dev-multi-lora", "stable-image-core", "gpt-image-2"] {
        let asked = GenerationDraft {
            guidance_scale: 15.0,
            negative_prompt: "foule".to_owned(),
            ..draft(model, 1)
        };
        // What the button shows before anything is sent.
        let shown = client.core().quote(&asked).await?;
        let generation = client.request(&asked).await?;
        let ended = client.ended(generation.id).await;
        assert_eq!(
            ended.status,
            GenerationStatus::Completed,
            "{model}: {:?}",
            ended.error_message
        );
        let images = client.core().images_of(generation.id).await?;
        assert_eq!(images.len(), 1, "{model}");
        client.has_all_files(images[0].id).await;
        let original = client
            .core()
            .media(images[0].id, MediaVariant::Original)
            .await?
            .unwrap();
        assert_eq!(original.mime, "image/webp", "{model}");
        // The worker recorded the very adjustments that were shown.
        let recorded: serde_json::Value = sqlx::query_scalar(
            "select metadata -> 'adjustments' from public.prompts where id::text = $1",
        )
        .bind(generation.id.to_string())
        .fetch_one(backend.pool())
        .await?;
        assert_eq!(
            serde_json::to_value(&shown.adjustments)?,
            recorded,
            "{model}"
        );
    }
    assert_eq!(
        providers.replicate.created()[0]["input"]["guidance_scale"],
        10.0
    );
    let (_, form) = &providers.stability.calls()[0];
    assert_eq!(form["negative_prompt"], "foule");
    assert!(providers.openai.calls()[0].get("negative_prompt").is_none());
    let shown = client.core().quote(&draft("sd3.5-large", 1)).await?;
    assert_eq!(shown.adjustments[0].kind, AdjustmentKind::Converted);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn filtered_images_come_back_as_credits_on_the_device() -> anyhow::Result<()> {
    let (backend, providers) = project().await?;
    let client = TestClient::signed_up(&backend, "filtered@example.org").await?;
    knows(&client, "flux-dev-multi-lora").await;
    providers.replicate.end(Ending::Filtered(1));
    let some = client.request(&draft("flux-dev-multi-lora", 3)).await?;
    assert_eq!(
        client.ended(some.id).await.status,
        GenerationStatus::Completed
    );
    let images = client.core().images_of(some.id).await?;
    assert_eq!(images.len(), 2);
    // Without a moderator nobody has looked at it, and so nobody else may see it; the user hears why.
    let publish = ImageChange::Public(true);
    client
        .core()
        .change_images(&[images[0].id], publish)
        .await?;
    let parked = eventually("a parked publication", async || {
        let outbox = client.core().outbox().await.unwrap();
        outbox.into_iter().find_map(|queued| match queued.state {
            IntentState::Parked { reason, .. } => Some((queued.id, reason)),
            IntentState::Waiting { .. } => None,
        })
    })
    .await;
    assert_eq!(parked.1, ParkReason::NotAnalyzed);
    client.core().discard_intent(parked.0).await?;

    providers.stability.answer(Answer::Denied);
    let none = client.request(&draft("stable-image-core", 1)).await?;
    let ended = client.ended(none.id).await;
    assert_eq!(ended.status, GenerationStatus::Failed);
    assert_eq!(ended.error_message.as_deref(), Some("content_rejected"));
    client.up_to_date().await;
    let (ledger, _) = client.core().ledger(None, 10).await?;
    let mut lines: Vec<_> = ledger
        .iter()
        .map(|line| (line.entry.kind, line.entry.amount))
        .collect();
    lines.reverse();
    assert_eq!(
        lines,
        [
            (LedgerKind::Bonus, 100),
            (LedgerKind::Usage, -12),
            (LedgerKind::Refund, 4),
            (LedgerKind::Usage, -3),
            (LedgerKind::Refund, 3),
        ]
    );
    assert_eq!(ledger[0].balance_after, Some(92));
    Ok(())
}
