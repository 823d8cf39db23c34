//! Whether the approximate search finds what the exact one finds, on vectors that lie in clusters.

use amethyst_backend::SchemaServer;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::{PgPool, Row};

use crate::{Finding, copy, median, say, timed};

const VECTORS: usize = 20_000;
const CLUSTERS: usize = 200;
const DIMENSIONS: usize = 1_536;
const QUERIES: usize = 200;
/// How far from its cluster's center a vector lies: cosine within a cluster about 0.6.
const SPREAD: f32 = 0.8;
const RECALL: f64 = 0.95;

pub(crate) async fn measure(
    server: &SchemaServer,
    findings: &mut Vec<Finding>,
) -> anyhow::Result<()> {
    let mut random = StdRng::seed_from_u64(1);
    let centers: Vec<Vec<f32>> = (0..CLUSTERS).map(|_| direction(&mut random)).collect();
    let mut near = |number: usize| -> String {
        let center = &centers[number % CLUSTERS];
        let noise = direction(&mut random);
        let parts: Vec<String> = center
            .iter()
            .zip(&noise)
            .map(|(center, noise)| format!("{:.5}", center + noise * SPREAD))
            .collect();
        format!("[{}]", parts.join(","))
    };
    let pool = copy(server, "similarity").await?;
    let images: Vec<String> = (0..VECTORS).map(&mut near).collect();
    let (loaded, took) = timed(load(&pool, &images)).await;
    loaded?;
    say(&format!(
        "similarity: {VECTORS} vectors of {DIMENSIONS} loaded and indexed in {:.0} s",
        took / 1000.0
    ));
    for (name, approximate, exact) in [
        (
            "match_images",
            "select id from public.match_images($1::extensions.vector, 'bench-1', 10, -1, 'public')",
            "select id from public.generated_images order by vision_embedding operator(extensions.<=>) $1::extensions.vector limit 10",
        ),
        (
            "match_prompt_suggestions",
            "select id from public.match_prompt_suggestions($1::extensions.vector, 'bench-1', 10, -1)",
            "select id from public.prompt_suggestions order by embedding operator(extensions.<=>) $1::extensions.vector limit 10",
        ),
    ] {
        let (mut found, mut quick, mut slow) = (0, Vec::new(), Vec::new());
        for number in 0..QUERIES {
            let query = near(number * 7);
            let (ours, took) = timed(ids(&pool, approximate, &query, false)).await;
            quick.push(took);
            let (theirs, took) = timed(ids(&pool, exact, &query, true)).await;
            slow.push(took);
            let (ours, theirs) = (ours?, theirs?);
            found += theirs.iter().filter(|id| ours.contains(id)).count();
        }
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let recall = found as f64 / (QUERIES * 10) as f64;
        let ratio = median(slow) / median(quick);
        findings.push(Finding {
            what: format!("{name}: recall@10 {recall:.3} (at least {RECALL}), {ratio:.0} times as fast as the exact search"),
            holds: recall >= RECALL,
        });
    }
    pool.close().await;
    Ok(())
}

/// A random direction of length 1.
fn direction(random: &mut StdRng) -> Vec<f32> {
    let parts: Vec<f32> = (0..DIMENSIONS)
        .map(|_| random.random_range(-1.0..1.0))
        .collect();
    let length = parts.iter().map(|part| part * part).sum::<f32>().sqrt();
    parts.iter().map(|part| part / length).collect()
}

async fn load(pool: &PgPool, vectors: &[String]) -> anyhow::Result<()> {
    let mut connection = pool.acquire().await?;
    sqlx::raw_sql(
        "set session_replication_role = replica;
         set maintenance_work_mem = '1GB';
         drop index public.generated_images_embedding_idx, public.prompt_suggestions_embedding_idx;
         insert into auth.users (id, email) values ('00000000-0000-4000-8000-000000000001', 'bench@example.test');",
    )
    .execute(&mut *connection)
    .await?;
    for batch in vectors.chunks(250) {
        sqlx::query(
            "with vector as (select gen_random_uuid() as id, v from unnest($1::text[]) as v),
             image as (
               insert into public.generated_images (
                 id, user_id, storage_path, public_url, width, height, format, size_bytes, is_public, public_name,
                 vision_embedding, embedding_space)
               select id, '00000000-0000-4000-8000-000000000001',
                      '00000000-0000-4000-8000-000000000001/' || id || '/' || id || '.webp', '/u', 64, 64, 'webp', 1, true, id,
                      v::extensions.vector, 'bench-1'
                 from vector)
             insert into public.prompt_suggestions (
               user_id, base_prompt, suggested_prompt, source_type, confidence_score, embedding, embedding_space)
             select null, 'x', 'y', 'ai', 1, v::extensions.vector, 'bench-1' from vector",
        )
        .bind(batch)
        .execute(&mut *connection)
        .await?;
    }
    sqlx::raw_sql(
        "create index generated_images_embedding_idx on public.generated_images
           using hnsw (vision_embedding extensions.vector_cosine_ops) where is_public;
         create index prompt_suggestions_embedding_idx on public.prompt_suggestions
           using hnsw (embedding extensions.vector_cosine_ops) where user_id is null;
         analyze public.generated_images, public.prompt_suggestions;
         set session_replication_role = origin;",
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

async fn ids(
    pool: &PgPool,
    statement: &'static str,
    vector: &str,
    exact: bool,
) -> anyhow::Result<Vec<uuid::Uuid>> {
    let mut tx = pool.begin().await?;
    if exact {
        sqlx::raw_sql("set local enable_indexscan = off")
            .execute(&mut *tx)
            .await?;
    }
    let rows = sqlx::query(statement)
        .bind(vector)
        .fetch_all(&mut *tx)
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
