//! Large numbers of rows, loaded with triggers off.

use sqlx::PgPool;

/// Accounts with prompts and images, the images spread evenly over the accounts, four to a prompt and two of
/// three tagged. `owner_with` more images belong to the first account.
pub(crate) async fn fill(
    pool: &PgPool,
    users: i64,
    images: i64,
    owner_with: i64,
) -> anyhow::Result<()> {
    let mut connection = pool.acquire().await?;
    sqlx::raw_sql("set session_replication_role = replica")
        .execute(&mut *connection)
        .await?;
    for (statement, bound) in [
        (USERS, vec![users]),
        (PROFILES, vec![]),
        (PROMPTS, vec![users, images / 2]),
        (IMAGES, vec![users, images]),
        (OWNED, vec![owner_with]),
        (STATS, vec![]),
        (SUMS, vec![]),
        (TAGS, vec![]),
    ] {
        let mut query = sqlx::query(statement);
        for value in bound {
            query = query.bind(value);
        }
        query.execute(&mut *connection).await?;
    }
    for statement in ["set session_replication_role = origin", "vacuum analyze"] {
        sqlx::raw_sql(statement).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The id of the account of a number, the same in every statement.
const USERS: &str = "
    insert into auth.users (id, aud, role, email, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)
    select ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'authenticated', 'authenticated',
           'user' || n || '@example.test', '{}', '{}', now(), now()
      from generate_series(1, $1) as n";
const PROFILES: &str = "
    insert into public.profiles (id, email) select u.id, u.email from auth.users u";
const PROMPTS: &str = "
    insert into public.prompts (id, user_id, prompt, model_id, model_version, status, created_at)
    select ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
           ('00000000-0000-4000-8000-' || lpad(to_hex(1 + n % $1), 12, '0'))::uuid,
           'a prompt of ordinary length about a fox in the mist', 'sketch', '1', 'completed',
           now() - n * interval '1 second'
      from generate_series(1, $2) as n";
const IMAGES: &str = "
    insert into public.generated_images (
      id, user_id, prompt_id, storage_path, public_url, thumbnail_url, width, height, format, size_bytes, nsfw_score,
      is_public, public_name, published_at, created_at, style_tags, vision_labels, technical_metadata)
    select i.id, i.owner, i.prompt, i.owner || '/' || i.prompt || '/' || i.id || '.webp', '/u', '/t', 1024, 1024, 'webp',
           80000, 0.1, n % 10 = 0, case when n % 10 = 0 then i.id end, case when n % 10 = 0 then i.at end, i.at,
           array['style' || n % 40], case when n % 3 > 0 then array['subject' || n % 97, 'subject' || n % 13] end,
           '{\"provider\": \"sketch\"}'
      from generate_series(1, $2) as n
      cross join lateral (
        select ('00000000-0000-4000-a000-' || lpad(to_hex(n), 12, '0'))::uuid as id,
               ('00000000-0000-4000-8000-' || lpad(to_hex(1 + n % $1), 12, '0'))::uuid as owner,
               ('00000000-0000-4000-9000-' || lpad(to_hex(1 + n / 2), 12, '0'))::uuid as prompt,
               now() - n * interval '1 second' as at) as i";
const OWNED: &str = "
    insert into public.generated_images (
      id, user_id, storage_path, public_url, width, height, format, size_bytes, nsfw_score, style_tags, vision_labels)
    select i.id, i.owner, i.owner || '/' || i.id || '/' || i.id || '.webp', '/u', 1024, 1024, 'webp', 80000, 0.1,
           array['style' || n % 40], array['subject' || n % 997]
      from generate_series(1, $1) as n
      cross join lateral (
        select ('00000000-0000-4000-b000-' || lpad(to_hex(n), 12, '0'))::uuid as id,
               '00000000-0000-4000-8000-000000000001'::uuid as owner) as i";
const STATS: &str = "
    insert into public.user_generation_stats (user_id, total_images)
    select p.id, (select count(*) from public.generated_images g where g.user_id = p.id) from public.profiles p";
const SUMS: &str = "
    insert into private.user_score_sums (user_id, total, scored)
    select g.user_id, sum(g.nsfw_score::numeric), count(g.nsfw_score) from public.generated_images g group by 1";
const TAGS: &str = "
    insert into private.user_tag_counts (user_id, kind, tag, n)
    select g.user_id, 'style', t.tag, count(*) from public.generated_images g, unnest(g.style_tags) as t (tag) group by 1, 3
    union all
    select g.user_id, 'subject', t.tag, count(*) from public.generated_images g, unnest(g.vision_labels) as t (tag) group by 1, 3";
