//! A project with a history, and what its database did.

use amethyst_testkit::TestBackend;
use sqlx::PgPool;

/// Accounts that ask, so that nobody's own list is long.
const USERS: i64 = 100;

/// What one job costs the database.
pub(crate) struct Cost {
    pub(crate) statements: f64,
    pub(crate) milliseconds: f64,
}

pub(crate) struct Project {
    backend: TestBackend,
}

impl Project {
    pub(crate) async fn new() -> anyhow::Result<Self> {
        let mut backend = TestBackend::start().await?;
        run(
            backend.pool(),
            "alter system set shared_preload_libraries = 'pg_stat_statements'",
        )
        .await?;
        backend.stop().await?;
        backend.start_again().await?;
        for statement in SET_UP {
            run(backend.pool(), statement).await?;
        }
        sqlx::query(ACCOUNTS)
            .bind(USERS)
            .execute(backend.pool())
            .await?;
        run(backend.pool(), RICH).await?;
        Ok(Self { backend })
    }

    pub(crate) fn url(&self) -> &str {
        self.backend.url()
    }

    pub(crate) fn key(&self) -> &str {
        self.backend.service_role_key()
    }

    /// Finished requests up to a number, with their images and jobs, triggers off.
    pub(crate) async fn fill(&self, finished: i64) -> anyhow::Result<()> {
        let mut connection = self.backend.pool().acquire().await?;
        sqlx::raw_sql("set session_replication_role = replica")
            .execute(&mut *connection)
            .await?;
        for statement in [PROMPTS, IMAGES, JOBS] {
            sqlx::query(statement)
                .bind(USERS)
                .bind(finished)
                .execute(&mut *connection)
                .await?;
        }
        sqlx::raw_sql("set session_replication_role = origin")
            .execute(&mut *connection)
            .await?;
        sqlx::raw_sql("vacuum analyze")
            .execute(&mut *connection)
            .await?;
        Ok(())
    }

    /// Requests, the accounts in turn.
    pub(crate) async fn ask(&self, jobs: i64) -> anyhow::Result<()> {
        sqlx::query(ASK)
            .bind(USERS)
            .bind(jobs)
            .execute(self.backend.pool())
            .await?;
        Ok(())
    }

    pub(crate) async fn waiting(&self) -> anyhow::Result<i64> {
        let open = "select count(*) from public.prompts where status in ('pending', 'processing')";
        Ok(sqlx::query_scalar(open)
            .fetch_one(self.backend.pool())
            .await?)
    }

    pub(crate) async fn forget_costs(&self) -> anyhow::Result<()> {
        run(
            self.backend.pool(),
            "select public.pg_stat_statements_reset()",
        )
        .await
    }

    /// What the API's own connections did, our looks at the queue aside.
    pub(crate) async fn cost(&self, jobs: i64) -> anyhow::Result<Cost> {
        let (calls, milliseconds): (i64, f64) =
            sqlx::query_as(COST).fetch_one(self.backend.pool()).await?;
        Ok(Cost {
            statements: calls as f64 / jobs as f64,
            milliseconds: milliseconds / jobs as f64,
        })
    }

    /// The statements that took the most, each with its calls and milliseconds a job.
    pub(crate) async fn costliest(&self, jobs: i64) -> anyhow::Result<Vec<String>> {
        let rows: Vec<(String, i64, f64)> = sqlx::query_as(COSTLIEST)
            .fetch_all(self.backend.pool())
            .await?;
        let line = |(text, calls, milliseconds): (String, i64, f64)| {
            let (calls, milliseconds) = (calls as f64 / jobs as f64, milliseconds / jobs as f64);
            format!("{milliseconds:>8.2} ms {calls:>5.1} × {text}")
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// Seconds from being asked to being finished, the longest of those finished in the last run.
    pub(crate) async fn oldest_wait(&self) -> anyhow::Result<f64> {
        Ok(sqlx::query_scalar(OLDEST)
            .fetch_one(self.backend.pool())
            .await?)
    }

    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.backend.stop().await
    }
}

async fn run(pool: &PgPool, statement: &'static str) -> anyhow::Result<()> {
    sqlx::raw_sql(statement).execute(pool).await?;
    Ok(())
}

const SET_UP: [&str; 3] = [
    "create extension pg_stat_statements with schema public",
    "insert into public.models (id, name, provider, version, credits_cost, metadata)
     values ('instant', 'Instant', 'local', '1', 1, '{\"kind\": \"instant\"}')",
    "update private.settings set value = '{\"free\": 1000000}' where key = 'max_pending'",
];
const ACCOUNTS: &str = "
    insert into auth.users (id, aud, role, email, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)
    select ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'authenticated', 'authenticated',
           'user' || n || '@example.test', '{}', '{}', now(), now()
      from generate_series(1, $1) as n";
const RICH: &str = "
    insert into public.credit_transactions (user_id, amount, type, idempotency_key)
    select p.id, 1000000, 'bonus', 'bench:' || p.id from public.profiles p";
const PROMPTS: &str = "
    insert into public.prompts (id, user_id, prompt, model_id, model_version, status, created_at, completed_at)
    select ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
           ('00000000-0000-4000-8000-' || lpad(to_hex(1 + n % $1), 12, '0'))::uuid,
           'a prompt of ordinary length about a fox in the mist', 'instant', '1', 'completed',
           now() - interval '1 hour' - n * interval '1 second', now() - interval '1 hour' - n * interval '1 second'
      from generate_series(1, $2) as n on conflict do nothing";
const IMAGES: &str = "
    insert into public.generated_images (
      id, user_id, prompt_id, storage_path, public_url, width, height, format, size_bytes, created_at)
    select i.id, i.owner, i.prompt, i.owner || '/' || i.prompt || '/' || i.id || '.webp', '/u', 64, 64, 'webp', 800,
           now() - n * interval '1 second'
      from generate_series(1, $2) as n
      cross join lateral (
        select ('00000000-0000-4000-a000-' || lpad(to_hex(n), 12, '0'))::uuid as id,
               ('00000000-0000-4000-8000-' || lpad(to_hex(1 + n % $1), 12, '0'))::uuid as owner,
               ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid as prompt) as i
    on conflict do nothing";
const JOBS: &str = "
    insert into private.jobs (kind, prompt_id, model_id, provider, state, attempts, run_after, finished_at)
    select 'generation', p.id, 'instant', 'instant', 'done', 1, p.created_at, p.completed_at
      from public.prompts p where $1 > 0 and $2 > 0 and p.status = 'completed'
       and not exists (select from private.jobs j where j.prompt_id = p.id)";
const ASK: &str = "
    select count(public.request_generation(
             gen_random_uuid(), 'instant', 'a fox', p_hf_loras => '{}', p_lora_scales => '{}', p_width => 256,
             p_height => 256))
      from generate_series(1, $2) as n
     where set_config('request.jwt.claims', jsonb_build_object(
             'sub', '00000000-0000-4000-8000-' || lpad(to_hex(1 + n % $1), 12, '0'), 'role', 'authenticated')::text, true)
           is not null";
const COST: &str = "
    select sum(s.calls)::bigint, sum(s.total_exec_time)
      from public.pg_stat_statements s
     where s.query not like '%public.prompts where status in%' and s.query not like '%pg_stat_statements%'";
const COSTLIEST: &str = "
    select left(regexp_replace(s.query, '\\s+', ' ', 'g'), 110), s.calls, s.total_exec_time
      from public.pg_stat_statements s
     where s.query not like '%public.prompts where status in%' and s.query not like '%pg_stat_statements%'
     order by s.total_exec_time desc limit 8";
const OLDEST: &str = "
    select extract(epoch from max(p.completed_at - p.created_at))::float8
      from public.prompts p where p.completed_at > now() - interval '30 minutes'
       and p.created_at = (select max(l.created_at) from public.prompts l)";
