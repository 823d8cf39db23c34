//! What one more image costs its writer, all triggers on, with few and with many images in place.

use amethyst_backend::SchemaServer;
use sqlx::PgPool;

use crate::{Finding, copy, median, say, scale, timed};

const ROUNDS: usize = 300;
/// A larger ratio would be growth; a smaller bound would be noise.
const BOUND: f64 = 1.2;

const ORDINARY: &str = "00000000-0000-4000-8000-000000000002";
const GREAT: &str = "00000000-0000-4000-8000-000000000001";

pub(crate) async fn measure(
    server: &SchemaServer,
    findings: &mut Vec<Finding>,
) -> anyhow::Result<()> {
    let small = copy(server, "statistics_small").await?;
    scale::fill(&small, 100, 1_000, 0).await?;
    let large = copy(server, "statistics_large").await?;
    scale::fill(&large, 10_000, 90_000, 10_000).await?;
    let (mut few, mut many, mut great) = (Vec::new(), Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does hits all three alike.
    for _ in 0..ROUNDS {
        few.push(insert(&small, ORDINARY).await?);
        many.push(insert(&large, ORDINARY).await?);
        great.push(insert(&large, GREAT).await?);
    }
    let (few, many, great) = (median(few), median(many), median(great));
    say(&format!(
        "one more image: {few:.2} ms among 1 000, {many:.2} ms among 100 000, {great:.2} ms for the owner of 10 000"
    ));
    for (what, took) in [
        ("among 100 000 images", many),
        ("for the owner of 10 000", great),
    ] {
        let ratio = took / few;
        findings.push(Finding {
            what: format!(
                "one more image {what} costs {ratio:.2} times that among 1 000 (at most {BOUND})"
            ),
            holds: ratio <= BOUND,
        });
    }
    small.close().await;
    large.close().await;
    Ok(())
}

async fn insert(pool: &PgPool, owner: &str) -> anyhow::Result<f64> {
    let statement = "
        insert into public.generated_images (
          id, user_id, storage_path, public_url, width, height, format, size_bytes, nsfw_score, style_tags, vision_labels)
        select i, $1::uuid, $1 || '/' || i || '/' || i || '.webp', '/u', 64, 64, 'webp', 1, 0.2,
               array['style1'], array['subject1', 'subject2']
          from gen_random_uuid() as i";
    let (done, took) = timed(sqlx::query(statement).bind(owner).execute(pool)).await;
    done?;
    Ok(took)
}
