-- What is found out about images, as several analysers at work need it: each claims what it can serve, a whole batch
-- in one call, and tells all its results in one call. What nobody can serve stays queued and is not even looked at.
-- An image is compared by what it shows, so that its embedding waits for its description. What is asked for in bulk
-- stands behind new images. Lock order as before: image → job; of one image's jobs: vision → embedding.

alter table private.jobs
  add column image_provider text not null default '',      -- who made the image; empty where that is not known
  add column bulk           boolean not null default false; -- asked for in bulk: after everything else

update private.jobs j set image_provider = coalesce(g.technical_metadata ->> 'provider', '')
  from public.generated_images g where g.id = j.image_id;

-- One short range for each kind and provider, however much of other kinds and providers waits.
create index if not exists jobs_of_images on private.jobs (kind, image_provider, bulk, run_after, place)
  where image_id is not null and state in ('queued', 'leased');
-- What was lost is looked for at every claim, and is among the few that are in somebody's hands.
create index if not exists jobs_in_hand on private.jobs (run_after) where image_id is not null and state = 'leased';

create function private.fill_image_provider() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.image_provider := coalesce(
    (select g.technical_metadata ->> 'provider' from public.generated_images g where g.id = new.image_id), '');
  return new;
end
$$;
create trigger fill_image_provider before insert on private.jobs
  for each row when (new.image_id is not null) execute function private.fill_image_provider();

-- Waiting for a description is written as `run_after = 'infinity'`, so that no claim comes across it. Locks the job
-- that is waited for: it cannot end unseen between the look at it and the waiting.
create function private.time_for_embedding(p_image uuid) returns timestamptz
language plpgsql security definer set search_path = '' as $$
begin
  perform 1 from private.jobs
    where image_id = p_image and kind = 'vision' and state in ('queued', 'leased') for share;
  return case when found then 'infinity' else now() end;
end
$$;

create function private.vision_ended() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update private.jobs set run_after = now()
   where image_id = new.image_id and kind = 'embedding' and state = 'queued' and run_after = 'infinity';
  return null;
end
$$;
create trigger vision_ended after update of state on private.jobs
  for each row when (
    new.kind = 'vision' and new.state in ('done', 'failed') and old.state is distinct from new.state)
  execute function private.vision_ended();

update private.jobs e set run_after = 'infinity'
 where e.kind = 'embedding' and e.state = 'queued' and exists (
   select from private.jobs v
    where v.image_id = e.image_id and v.kind = 'vision' and v.state in ('queued', 'leased'));

-- Whether anything was queued; what waits or runs already is left alone.
drop function private.enqueue_image_job(uuid, text);
create function private.enqueue_image_job(p_image uuid, p_kind text, p_bulk boolean default false) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_at timestamptz := case when p_kind = 'embedding' then private.time_for_embedding(p_image) else now() end;
begin
  insert into private.jobs as j (kind, image_id, bulk, run_after) values (p_kind, p_image, p_bulk, v_at)
  on conflict (image_id, kind) where image_id is not null do update
    set state = 'queued', attempts = 0, run_after = excluded.run_after, bulk = excluded.bulk, lease_token = null,
        last_error = null, finished_at = null
    where j.state in ('done', 'failed');
  return found;
end
$$;

-- Queues kinds of analysis again for a page of images, in the order of their ids: {images, queued, next}. next is
-- p_after of the following page; null: that was the last one. What p_except_version has looked at is left out.
-- PT422 invalid_parameters. Images in the trash are not worth the money.
create function public.enqueue_analyses(
  p_kinds text[], p_except_version text default null, p_after uuid default null, p_limit integer default 500)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_limit integer := least(greatest(coalesce(p_limit, 500), 1), 5000);
  v_images uuid[];
  v_image uuid;
  v_kind text;
  v_queued integer := 0;
begin
  if coalesce(cardinality(p_kinds), 0) = 0
     or not p_kinds <@ array['vision', 'style', 'color', 'safety', 'embedding'] then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "kinds"}');
  end if;
  v_images := array(
    select g.id from public.generated_images g
     where (p_after is null or g.id > p_after) and g.trashed_at is null order by g.id limit v_limit);
  foreach v_image in array v_images loop
    -- Descriptions first: embeddings wait for them.
    foreach v_kind in array array['vision', 'style', 'color', 'safety', 'embedding'] loop
      if v_kind = any (p_kinds) and not private.has_analysis(v_image, v_kind, p_except_version)
         and private.enqueue_image_job(v_image, v_kind, true) then
        v_queued := v_queued + 1;
      end if;
    end loop;
  end loop;
  return jsonb_build_object(
    'images', cardinality(v_images), 'queued', v_queued,
    'next', case when cardinality(v_images) = v_limit then v_images[v_limit] end);
end
$$;
grant execute on function public.enqueue_analyses(text[], text, uuid, integer) to service_role;

create function private.has_analysis(p_image uuid, p_kind text, p_version text) returns boolean
language sql stable security definer set search_path = '' as $$
  select case when p_kind = 'embedding' then exists (
      select from public.generated_images g where g.id = p_image and g.embedding_space = p_version)
    else exists (
      select from public.image_analysis a
       where a.image_id = p_image and a.analysis_type = p_kind and a.analysis_version = p_version) end
$$;

-- Whether a filter means a name: null means every one, an array those in it, {"except": […]} all others.
create function private.is_meant(p_filter jsonb, p_name text) returns boolean
language sql immutable set search_path = '' as $$
  select case jsonb_typeof(p_filter)
    when 'null' then true
    when 'array' then p_filter ? p_name
    when 'object' then not coalesce(p_filter -> 'except', '[]') ? p_name
    else false end
$$;

-- Hands out up to p_limit jobs: {image_id, user_id, kind, lease_token, attempt, lease_until, storage_path, width,
-- height, format, files, scene, provider, prompt, negative_prompt, loras, vision, public_name}. New images come before
-- what was asked for in bulk, and the jobs of one image together.
-- p_for says who is served: {kind: filter of providers}, see private.is_meant; without it p_kinds of every provider.
-- p_undescribed is a filter of providers whose images nobody describes: their embeddings are not to wait for that.
drop function public.claim_analysis(text, text[], integer, integer);
create function public.claim_analysis(
  p_worker text, p_kinds text[] default array['vision', 'style', 'color', 'safety', 'embedding'],
  p_limit integer default 1, p_lease_seconds integer default null, p_for jsonb default null,
  p_undescribed jsonb default null)
returns setof jsonb
-- A lane is read in the order of its index, as far as the limit; how long it is nobody can guess.
language plpgsql security definer set search_path = '' set enable_bitmapscan = off as $$
declare
  v_max_attempts integer := private.setting('job_max_attempts')::integer;
  v_limit integer := least(greatest(coalesce(p_limit, 1), 0), 100);
  v_lease interval := make_interval(
    secs => greatest(1, coalesce(p_lease_seconds, private.setting('lease_seconds')::integer)));
  v_for jsonb := coalesce(p_for, (select jsonb_object_agg(k.kind, null::text) from unnest(p_kinds) as k (kind)));
begin
  perform private.fail_lost_analyses(20);

  return query
  -- The providers of waiting jobs, by leaps through the index: their number is small, that of the jobs is not.
  with recursive present (kind, provider) as (
    select w.kind, (
        select j.image_provider from private.jobs j
         where j.kind = w.kind and j.image_id is not null and j.state in ('queued', 'leased')
         order by j.image_provider limit 1)
      from jsonb_object_keys(v_for) as w (kind)
    union all
    select p.kind, (
        select j.image_provider from private.jobs j
         where j.kind = p.kind and j.image_provider > p.provider and j.image_id is not null
           and j.state in ('queued', 'leased')
         order by j.image_provider limit 1)
      from present p where p.provider is not null
  ),
  lane as (
    select p.kind, p.provider, b.bulk, t.since, t.until
      from present p
      cross join (values (false), (true)) as b (bulk)
      cross join (values
        ('-infinity'::timestamptz, now(), true),
        ('infinity'::timestamptz, 'infinity'::timestamptz, false)) as t (since, until, due)
     where p.provider is not null and private.is_meant(v_for -> p.kind, p.provider)
       and (t.due or p.kind = 'embedding' and private.is_meant(p_undescribed, p.provider))
  ),
  candidate as materialized (
    select n.id from lane l cross join lateral (
      select j.id, j.run_after, j.place from private.jobs j
       where j.kind = l.kind and j.image_provider = l.provider and j.bulk = l.bulk and j.image_id is not null
         and j.state in ('queued', 'leased') and j.run_after >= l.since and j.run_after <= l.until
         and j.attempts < v_max_attempts
       order by j.run_after, j.place limit v_limit for update skip locked) as n
     order by l.bulk, n.run_after, n.place limit v_limit
  ),
  leased as (
    update private.jobs j
       set state = 'leased', attempts = j.attempts + 1, worker = p_worker, lease_token = gen_random_uuid(),
           run_after = now() + v_lease
      from candidate c where j.id = c.id
    returning j.*
  )
  select jsonb_build_object(
           'image_id', g.id, 'user_id', g.user_id, 'kind', l.kind, 'lease_token', l.lease_token,
           'attempt', l.attempts, 'lease_until', l.run_after, 'storage_path', g.storage_path, 'width', g.width,
           'height', g.height, 'format', g.format, 'files', g.technical_metadata -> 'files',
           'scene', g.technical_metadata -> 'scene', 'provider', g.technical_metadata -> 'provider',
           'prompt', p.prompt, 'negative_prompt', p.negative_prompt, 'loras', p.hf_loras,
           -- What an embedding is made of, in both languages.
           'vision', case when l.kind = 'embedding' then (
             select a.raw_response from public.image_analysis a
              where a.image_id = g.id and a.analysis_type = 'vision' order by a.created_at desc limit 1) end,
           'public_name', g.public_name)
    from leased l
    join public.generated_images g on g.id = l.image_id
    left join public.prompts p on p.id = g.prompt_id
   order by l.id;
end
$$;
grant execute on function public.claim_analysis(text, text[], integer, integer, jsonb, jsonb) to service_role;

-- Whether the same analyser has looked at the image in a later version already. Versions are `<analyser><number>`,
-- such as `local-2` or `openai:some-model:1`; different analysers are not compared.
create function private.is_outdated(p_image uuid, p_kind text, p_version text) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from (
      select a.analysis_version as version from public.image_analysis a
       where a.image_id = p_image and a.analysis_type = p_kind
      union all
      select g.embedding_space from public.generated_images g where g.id = p_image and p_kind = 'embedding') as k
     where regexp_replace(k.version, '\d{1,9}$', '') = regexp_replace(p_version, '\d{1,9}$', '')
       and substring(k.version from '\d{1,9}$')::integer > substring(p_version from '\d{1,9}$')::integer)
$$;

-- The core of complete_analysis and complete_analyses: whether anything changed; false: told before with this token.
create function private.take_in_analysis(
  p_image_id uuid, p_kind text, p_lease_token uuid, p_version text, p_result jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_job private.jobs := private.held_image_job(p_image_id, p_kind, p_lease_token);
  v_language text;
  v_constraint text;
begin
  if v_job.id is null then
    return false;
  elsif coalesce(p_version, '') = '' or p_result is null or p_kind = 'publish' then
    perform private.refuse('PT422', 'invalid_analysis');
  end if;
  begin
    -- Kept beside the later one, and not shown.
    if private.is_outdated(p_image_id, p_kind, p_version) then
      null;
    elsif p_kind = 'vision' then
      select p.language into v_language
        from public.generated_images g join public.profiles p on p.id = g.user_id where g.id = p_image_id;
      update public.generated_images
         set vision_description = case jsonb_typeof(p_result -> 'description')
               when 'object' then coalesce(
                 p_result -> 'description' ->> v_language, p_result -> 'description' ->> 'en',
                 p_result -> 'description' ->> 'fr')
               else p_result ->> 'description' end,
             -- In English for everybody: trends count them. The other languages stay in the whole answer.
             vision_labels = array(select jsonb_array_elements_text(
               case jsonb_typeof(p_result -> 'labels')
                 when 'object' then p_result -> 'labels' -> 'en' else p_result -> 'labels' end))
       where id = p_image_id;
    elsif p_kind = 'style' then
      update public.generated_images
         set style_tags = array(select jsonb_array_elements_text(p_result -> 'tags'))
       where id = p_image_id;
    elsif p_kind = 'color' then
      update public.generated_images
         set color_palette = array(select jsonb_array_elements_text(p_result -> 'palette')),
             dominant_colors = array(select jsonb_array_elements_text(p_result -> 'dominant')),
             technical_metadata = technical_metadata || coalesce(p_result -> 'technical', '{}')
       where id = p_image_id;
    elsif p_kind = 'safety' then
      -- What turns out to be unfit is public no more, unless an administrator has looked at it.
      update public.generated_images
         set nsfw_score = (p_result ->> 'nsfw_score')::double precision,
             is_public = is_public and (moderation is not distinct from 'approved' or coalesce(
               (p_result ->> 'nsfw_score')::double precision < private.setting('nsfw_public_max')::double precision, false))
       where id = p_image_id;
    else
      update public.generated_images
         set vision_embedding = (p_result::text)::extensions.vector(1536), embedding_space = p_version
       where id = p_image_id;
    end if;
    if p_kind <> 'embedding' then
      insert into public.image_analysis as a (image_id, analysis_type, analysis_version, raw_response)
      values (p_image_id, p_kind, p_version, p_result)
      on conflict (image_id, analysis_type, analysis_version) do update
        set raw_response = excluded.raw_response, created_at = now();
    end if;
  exception when integrity_constraint_violation or data_exception then
    get stacked diagnostics v_constraint = constraint_name;
    perform private.refuse('PT422', 'invalid_analysis',
      jsonb_build_object('constraint', nullif(v_constraint, ''), 'reason', sqlerrm));
  end;
  update private.jobs set state = 'done', finished_at = now(), last_error = null where id = v_job.id;
  return true;
end
$$;

-- Takes in what was found: {completed}. p_version names the analyser. p_result by kind:
-- vision {description {fr, en}, labels {fr[], en[]}}, or a text and an array of one language · style {tags[]} ·
-- color {palette[], dominant[], technical{}} · safety {nsfw_score, …} · embedding: an array of 1 536 numbers, whose
-- space is p_version. Every version is kept; what the product shows is the latest result, except that a lower version
-- of an analyser never replaces a higher one of the same.
create or replace function public.complete_analysis(
  p_image_id uuid, p_kind text, p_lease_token uuid, p_version text, p_result jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if private.take_in_analysis(p_image_id, p_kind, p_lease_token, p_version, p_result) then
    return '{"completed": true}';
  end if;
  return '{"completed": false, "replay": true}';
end
$$;

-- The same for several: [{image_id, kind, lease_token, version, result}] becomes [{image_id, kind, outcome, detail}],
-- outcome being `completed`, `replay`, or the code of a refusal. One that is refused is no reason to refuse the others.
create function public.complete_analyses(p_results jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  r record;
  v_outcome text;
  v_detail text;
  v_answer jsonb := '[]';
begin
  for r in
    select * from jsonb_to_recordset(p_results) as x (
      image_id uuid, kind text, lease_token uuid, version text, result jsonb)
    order by x.image_id, x.kind desc
  loop
    v_detail := null;
    begin
      v_outcome := case
        when private.take_in_analysis(r.image_id, r.kind, r.lease_token, r.version, r.result) then 'completed'
        else 'replay' end;
    exception when sqlstate 'PT404' or sqlstate 'PT409' or sqlstate 'PT422' then
      v_outcome := sqlerrm;
      get stacked diagnostics v_detail = pg_exception_detail;
    end;
    v_answer := v_answer || jsonb_build_object(
      'image_id', r.image_id, 'kind', r.kind, 'outcome', v_outcome, 'detail', nullif(v_detail, ''));
  end loop;
  return v_answer;
end
$$;
grant execute on function public.complete_analyses(jsonb) to service_role;

-- Ends attempts: [{image_id, kind, lease_token, error, retryable, wait_seconds}] becomes [{image_id, kind, outcome}],
-- outcome being `queued`, `failed`, `replay`, or the code of a refusal. With wait_seconds (0 to 3 600) it was not the
-- image's fault: a service is away or the worker stops. The job comes again after that time, and the attempt does not
-- count. Without: again after 5, 20 … seconds while attempts are left.
create function public.fail_analyses(p_failures jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  r record;
  v_job private.jobs;
  v_outcome text;
  v_answer jsonb := '[]';
begin
  for r in
    select * from jsonb_to_recordset(p_failures) as x (
      image_id uuid, kind text, lease_token uuid, error text, retryable boolean, wait_seconds double precision)
    order by x.image_id, x.kind desc
  loop
    begin
      v_job := private.held_image_job(r.image_id, r.kind, r.lease_token);
      if v_job.id is null then
        v_outcome := 'replay';
      elsif coalesce(r.retryable, false) and (
          r.wait_seconds is not null or v_job.attempts < private.setting('job_max_attempts')::integer) then
        v_outcome := 'queued';
        update private.jobs
           set state = 'queued', lease_token = null, last_error = left(r.error, 1000),
               attempts = attempts - (r.wait_seconds is not null)::integer,
               run_after = now() + make_interval(secs => case
                 when r.wait_seconds is null then 5 * power(4, attempts - 1)
                 else least(greatest(r.wait_seconds, 0), 3600) end)
         where id = v_job.id;
      else
        v_outcome := 'failed';
        update private.jobs set state = 'failed', finished_at = now(), last_error = left(r.error, 1000)
         where id = v_job.id;
      end if;
    exception when sqlstate 'PT404' or sqlstate 'PT409' then
      v_outcome := sqlerrm;
    end;
    v_answer := v_answer
      || jsonb_build_object('image_id', r.image_id, 'kind', r.kind, 'outcome', v_outcome);
  end loop;
  return v_answer;
end
$$;
grant execute on function public.fail_analyses(jsonb) to service_role;

-- Heartbeat for [{image_id, kind, lease_token}]: {held}, the number of those still held and extended.
create function public.extend_analyses(p_leases jsonb, p_seconds integer default 120) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_held integer;
begin
  with mine as (
    -- One that is locked is being told the result of.
    select j.id from private.jobs j
     where (j.image_id, j.kind, j.lease_token) in (
       select x.image_id, x.kind, x.lease_token
         from jsonb_to_recordset(p_leases) as x (image_id uuid, kind text, lease_token uuid))
       and j.state = 'leased' for update skip locked
  )
  update private.jobs j
     set run_after = now() + make_interval(secs => least(greatest(coalesce(p_seconds, 120), 1), 3600))
    from mine m where j.id = m.id;
  get diagnostics v_held = row_count;
  return jsonb_build_object('held', v_held);
end
$$;
grant execute on function public.extend_analyses(jsonb, integer) to service_role;

-- As before; a refusal for the score says why: {nsfw_score, max, reason: `not_analyzed` or `above_limit`}.
create or replace function private.guard_publication() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_max double precision := private.setting('nsfw_public_max')::double precision;
begin
  if new.is_public and not old.is_public then
    if new.moderation = 'removed' then
      perform private.refuse('PT403', 'removed_by_moderation');
    elsif exists (select from public.profiles p where p.id = new.user_id and p.subscription_status = 'suspended') then
      perform private.refuse('PT403', 'account_suspended');
    elsif new.trashed_at is not null then
      perform private.refuse('PT409', 'in_trash');
    elsif new.nsfw_score is null or new.nsfw_score >= v_max then
      perform private.refuse('PT422', 'not_publishable', jsonb_build_object(
        'nsfw_score', new.nsfw_score, 'max', v_max,
        'reason', case when new.nsfw_score is null then 'not_analyzed' else 'above_limit' end));
    end if;
    new.public_name := gen_random_uuid();
  elsif old.is_public and not new.is_public then
    -- Out of other people's favorites, and so off their devices.
    delete from public.user_favorites f where f.image_id = new.id and f.user_id <> new.user_id;
    new.public_name := null;
    new.published_at := null;
    new.public_url := private.private_url(new.storage_path);
    if new.thumbnail_url is not null then
      new.thumbnail_url := private.private_url(regexp_replace(new.storage_path, '\.[a-z]+$', '.512.webp'));
    end if;
  end if;
  return new;
end
$$;
