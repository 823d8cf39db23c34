//! Suggestions for the owner of ten thousand requests: made from counts, they must not cost more than a few times
//! what they cost the owner of a hundred.

use amethyst_backend::SchemaServer;
use sqlx::PgPool;

use crate::{Finding, copy, median, say, timed};

const RUNS: usize = 30;

/// Longest answer for many requests, as a multiple of that for few.
const BOUND: f64 = 5.0;

const FILL: &str = "
    with u as (
      insert into auth.users (id, aud, role, email, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)
      values (gen_random_uuid(), 'authenticated', 'authenticated', '{name}@example.test', '{}', '{\"provider\": \"email\"}', now(), now())
      returning id)
    select set_config('bench.user', (select id::text from u), false);
    select setseed(0.5);
    insert into public.prompts (id, user_id, prompt, model_id, model_version, status, created_at)
    select gen_random_uuid(), current_setting('bench.user')::uuid,
           format('a %s %s by the %s, %s', (array['red','old','tiny','vast','lone'])[1 + n % 5],
                  (array['fox','castle','harbor','forest','city','garden','bridge'])[1 + n % 7],
                  (array['river','sea','lake','road'])[1 + n % 4],
                  (select string_agg('clause ' || (random() * random() * 3000)::integer, ', ')
                     from generate_series(1, 3 + n % 5) where n > 0)),
           'sketch', '1', 'completed', now() - n * interval '1 minute'
      from generate_series(1, {count}) n;
    insert into public.generated_images (id, user_id, prompt_id, storage_path, public_url, width, height, format, size_bytes, vision_labels, style_tags)
    select i.id, i.user_id, i.prompt_id, format('%s/%s/%s.webp', i.user_id, i.prompt_id, i.id), 'x', 1, 1, 'webp', 1,
           array['label ' || (random() * 400)::integer, 'label ' || (random() * 40)::integer], array['style ' || (random() * 20)::integer]
      from (select gen_random_uuid() as id, p.user_id, p.id as prompt_id from public.prompts p
             where p.user_id = current_setting('bench.user')::uuid) as i;
    insert into public.user_favorites (user_id, image_id)
    select g.user_id, g.id from public.generated_images g
     where g.user_id = current_setting('bench.user')::uuid and g.id::text < '5';
    select private.count_likings(current_setting('bench.user')::uuid, {count});
    analyze";

pub(crate) async fn measure(
    server: &SchemaServer,
    findings: &mut Vec<Finding>,
) -> anyhow::Result<()> {
    let pool = copy(server, "suggestions").await?;
    let few = owner(&pool, "few", 100).await?;
    let many = owner(&pool, "many", 10_000).await?;
    say(&format!(
        "suggestions: {few:.1} ms for an owner of 100 requests, {many:.1} ms for one of 10 000"
    ));
    findings.push(Finding {
        what: format!("suggestions among 10 000 requests: {:.1} times", many / few),
        holds: many / few < BOUND,
    });
    pool.close().await;
    Ok(())
}

/// Median time of an answer to a prompt that was not asked about before.
async fn owner(pool: &PgPool, name: &str, count: usize) -> anyhow::Result<f64> {
    let mut connection = pool.acquire().await?;
    let text = FILL
        .replace("{name}", name)
        .replace("{count}", &count.to_string());
    let (filled, took) =
        timed(sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut *connection)).await;
    filled?;
    say(&format!(
        "  {name}: loaded and counted in {:.1} s",
        took / 1000.0
    ));
    sqlx::query("select set_config('request.jwt.claims', json_build_object('sub', current_setting('bench.user'), 'role', 'authenticated')::text, false)")
        .execute(&mut *connection)
        .await?;
    let mut times = Vec::new();
    for run in 0..RUNS {
        let prompt = format!("a lone fox by the sea at noon, number {run}");
        let query = sqlx::query("select public.suggest_prompts($1)").bind(prompt);
        let (done, took) = timed(query.execute(&mut *connection)).await;
        done?;
        times.push(took);
    }
    Ok(median(times))
}
