//! The hottest queries over a million requests, two million images and a hundred thousand users: each must go
//! by an index.

use amethyst_backend::SchemaServer;
use sqlx::{PgPool, Row};

use crate::{Finding, copy, median, say, scale, timed};

const USERS: i64 = 100_000;
const IMAGES: i64 = 2_000_000;
const RUNS: usize = 20;
const ME: &str = "00000000-0000-4000-8000-000000000007";

/// Name, who asks, statement.
const HOTTEST: &[(&str, &str, &str)] = &[
    (
        "a page of the gallery",
        "authenticated",
        "select id, width, height, created_at from public.generated_images where user_id = '{me}' order by created_at desc limit 50",
    ),
    (
        "a page of requests",
        "authenticated",
        "select * from public.prompts where user_id = '{me}' order by created_at desc limit 50",
    ),
    (
        "a page of the ledger",
        "authenticated",
        "select * from public.credit_transactions where user_id = '{me}' order by created_at desc limit 50",
    ),
    (
        "the feed of one user",
        "authenticated",
        "select * from public.sync_changes where user_id = '{me}' and (xid, seq) > ('3'::xid8, 0) and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, seq limit 501",
    ),
    (
        "the feed of everybody",
        "authenticated",
        "select * from public.sync_changes where user_id is null and (xid, seq) > ('3'::xid8, 0) and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, seq limit 501",
    ),
    (
        "a user's unfinished requests",
        "postgres",
        "select count(*) from public.prompts where user_id = '{me}' and status in ('pending', 'processing')",
    ),
    (
        "the next job",
        "postgres",
        "select id from private.jobs where kind = 'generation' and state in ('queued', 'leased') and run_after <= now() and attempts < 3 and not cancel_requested order by run_after, place limit 1 for update skip locked",
    ),
    (
        "whether a request was paid",
        "postgres",
        "select 1 from public.credit_transactions where idempotency_key = 'usage:00000000-0000-4000-9000-000000000009'",
    ),
    (
        "images of a request",
        "authenticated",
        "select id from public.generated_images where prompt_id = '00000000-0000-4000-9000-000000000008' and user_id = '{me}'",
    ),
    (
        "a page of the community",
        "anon",
        "select id, public_url from public.generated_images where is_public and published_at is not null and (published_at, id) < (now() - interval '1 hour', 'ffffffff-ffff-ffff-ffff-ffffffffffff') order by published_at desc, id desc limit 50",
    ),
    (
        "favorites of a user",
        "authenticated",
        "select image_id from public.user_favorites where user_id = '{me}'",
    ),
    (
        "who keeps an image",
        "postgres",
        "select user_id from public.user_favorites where image_id = '00000000-0000-4000-a000-000000000009'",
    ),
    (
        "near images of one's own",
        "authenticated",
        "select id from public.generated_images where user_id = '{me}' and embedding_space = 'bench-1' and trashed_at is null and vision_embedding is not null",
    ),
];

const MORE: &str = "
    insert into public.credit_transactions (id, user_id, amount, type, reference_id, idempotency_key, created_at)
    select gen_random_uuid(), p.user_id, -1, 'usage', p.id, 'usage:' || p.id, p.created_at from public.prompts p;
    insert into private.jobs (kind, prompt_id, state, finished_at)
    select 'generation', p.id, 'done', now() from public.prompts p;
    update private.jobs set state = 'queued', finished_at = null where id % 10000 = 0;
    insert into public.sync_changes (seq, user_id, table_name, row_id, op, xid)
    select nextval('private.sync_seq'), g.user_id, 'generated_images', g.id::text, 'upsert', '3' from public.generated_images g;
    insert into public.sync_changes (seq, user_id, table_name, row_id, op, xid)
    select nextval('private.sync_seq'), null, 'models', 'model' || n, 'upsert', '3' from generate_series(1, 50) n;
    insert into public.user_favorites (user_id, image_id)
    select g.user_id, g.id from public.generated_images g where g.id::text like '%0';
    update public.generated_images g
       set vision_embedding = v.vector, embedding_space = 'bench-1'
      from (select array_agg(0.5)::extensions.vector as vector from generate_series(1, 1536)) as v
     where g.id in (select id from public.generated_images where not is_public limit 20000);";

pub(crate) async fn measure(
    server: &SchemaServer,
    findings: &mut Vec<Finding>,
) -> anyhow::Result<()> {
    let pool = copy(server, "plans").await?;
    let (filled, took) = timed(fill(&pool)).await;
    filled?;
    let size: i64 = sqlx::query_scalar("select pg_database_size(current_database())")
        .fetch_one(&pool)
        .await?;
    say(&format!(
        "plans: {USERS} users, {IMAGES} images loaded in {:.0} s, {} MB",
        took / 1000.0,
        size / 1_000_000
    ));
    for (name, role, statement) in HOTTEST {
        let statement = statement.replace("{me}", ME);
        let (plan, took) = explain(&pool, role, &statement).await?;
        let scans: Vec<&str> = plan
            .iter()
            .map(String::as_str)
            .filter(|line| line.contains("Seq Scan"))
            .collect();
        say(&format!("  {took:>7.2} ms  {name}"));
        findings.push(Finding {
            what: format!(
                "{name}: {}",
                if scans.is_empty() {
                    "by index"
                } else {
                    scans[0].trim()
                }
            ),
            holds: scans.is_empty(),
        });
    }
    pool.close().await;
    Ok(())
}

async fn fill(pool: &PgPool) -> anyhow::Result<()> {
    scale::fill(pool, USERS, IMAGES, 0).await?;
    let mut connection = pool.acquire().await?;
    sqlx::raw_sql("set session_replication_role = replica")
        .execute(&mut *connection)
        .await?;
    sqlx::raw_sql(MORE).execute(&mut *connection).await?;
    sqlx::raw_sql("set session_replication_role = origin")
        .execute(&mut *connection)
        .await?;
    sqlx::raw_sql("vacuum analyze")
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// The plan as the role gets it, and the median time of a run.
async fn explain(pool: &PgPool, role: &str, statement: &str) -> anyhow::Result<(Vec<String>, f64)> {
    let mut tx = pool.begin().await?;
    sqlx::query("select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)")
        .bind(format!("{{\"sub\": \"{ME}\", \"role\": \"{role}\"}}"))
        .bind(role)
        .execute(&mut *tx)
        .await?;
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!("explain {statement}")))
        .fetch_all(&mut *tx)
        .await?;
    let plan = rows.iter().map(|row| row.get(0)).collect();
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let run = sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()));
        let (done, took) = timed(run.fetch_all(&mut *tx)).await;
        done?;
        times.push(took);
    }
    Ok((plan, median(times)))
}
