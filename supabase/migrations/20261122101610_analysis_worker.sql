-- What a worker calls for jobs about images, with the service role. Leases and tokens as for generations. Lock order
-- here: image → job, because publishing and deleting an image reach its jobs in that order.

-- Closes jobs that workers lost for the last time: how many. Nobody pays for these, so many may be closed at once.
create function private.fail_lost_analyses(p_limit integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_count integer;
begin
  update private.jobs set state = 'failed', finished_at = now(), last_error = coalesce(last_error, 'worker_lost')
   where id in (
     select j.id from private.jobs j
      where j.image_id is not null and j.state = 'leased' and j.run_after <= now()
        and j.attempts >= private.setting('job_max_attempts')::integer
      order by j.run_after limit p_limit for update skip locked);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

-- Hands out up to p_limit jobs of the given kinds: {image_id, user_id, kind, lease_token, attempt, lease_until,
-- storage_path, width, height, format, files, prompt, negative_prompt, provider, public_name}.
create function public.claim_analysis(
  p_worker text, p_kinds text[] default array['vision', 'style', 'color', 'safety', 'embedding'],
  p_limit integer default 1, p_lease_seconds integer default null)
returns setof jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_max_attempts integer := private.setting('job_max_attempts')::integer;
  v_lease interval := make_interval(
    secs => greatest(1, coalesce(p_lease_seconds, private.setting('lease_seconds')::integer)));
begin
  perform private.fail_lost_analyses(20);

  return query
  with candidate as (
    select j.id from private.jobs j
     where j.kind = any (p_kinds) and j.image_id is not null and j.state in ('queued', 'leased')
       and j.run_after <= now() and j.attempts < v_max_attempts
     order by j.run_after, j.place limit least(greatest(coalesce(p_limit, 1), 0), 100) for update skip locked
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
           'provider', g.technical_metadata -> 'provider', 'prompt', p.prompt, 'negative_prompt', p.negative_prompt,
           'public_name', g.public_name)
    from leased l
    join public.generated_images g on g.id = l.image_id
    left join public.prompts p on p.id = g.prompt_id
   order by l.id;
end
$$;
grant execute on function public.claim_analysis(text, text[], integer, integer) to service_role;

-- The job's row, locked, if the token holds it. Otherwise null for a job already done with this token, or a refusal.
create function private.held_image_job(p_image uuid, p_kind text, p_token uuid) returns private.jobs
language plpgsql security definer set search_path = '' as $$
declare
  v_job private.jobs;
begin
  perform 1 from public.generated_images where id = p_image for no key update;
  select * into v_job from private.jobs where image_id = p_image and kind = p_kind for update;
  if not found then
    perform private.refuse('PT404', 'unknown_image');
  elsif v_job.state in ('done', 'failed') and v_job.lease_token = p_token then
    return null;
  elsif v_job.state <> 'leased' or v_job.lease_token is distinct from p_token then
    perform private.refuse('PT409', 'stale_lease', jsonb_build_object('state', v_job.state));
  end if;
  return v_job;
end
$$;

-- Heartbeat: {held}.
create function public.extend_analysis(
  p_image_id uuid, p_kind text, p_lease_token uuid, p_seconds integer default 120) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  update private.jobs
     set run_after = now() + make_interval(secs => least(greatest(coalesce(p_seconds, 120), 1), 3600))
   where image_id = p_image_id and kind = p_kind and state = 'leased' and lease_token = p_lease_token;
  return jsonb_build_object('held', found);
end
$$;
grant execute on function public.extend_analysis(uuid, text, uuid, integer) to service_role;

-- Takes in what was found: {completed}. p_version names the analyser. p_result by kind:
-- vision {description, labels[]} · style {tags[]} · color {palette[], dominant[], technical{}} ·
-- safety {nsfw_score, …} · embedding: an array of 1 536 numbers, whose space is p_version.
create function public.complete_analysis(
  p_image_id uuid, p_kind text, p_lease_token uuid, p_version text, p_result jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_job private.jobs := private.held_image_job(p_image_id, p_kind, p_lease_token);
  v_constraint text;
begin
  if v_job.id is null then
    return '{"completed": false, "replay": true}';
  elsif coalesce(p_version, '') = '' or p_result is null or p_kind = 'publish' then
    perform private.refuse('PT422', 'invalid_analysis');
  end if;
  begin
    if p_kind = 'vision' then
      update public.generated_images
         set vision_description = p_result ->> 'description',
             vision_labels = array(select jsonb_array_elements_text(p_result -> 'labels'))
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
  return '{"completed": true}';
end
$$;
grant execute on function public.complete_analysis(uuid, text, uuid, text, jsonb) to service_role;

-- Ends an attempt: {state}. Retryable: again after 5, 20 … seconds while attempts are left.
create function public.fail_analysis(
  p_image_id uuid, p_kind text, p_lease_token uuid, p_error text, p_retryable boolean default false) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_job private.jobs := private.held_image_job(p_image_id, p_kind, p_lease_token);
  v_again boolean;
begin
  if v_job.id is null then
    return '{"state": "failed", "replay": true}';
  end if;
  v_again := p_retryable and v_job.attempts < private.setting('job_max_attempts')::integer;
  update private.jobs
     set state = case when v_again then 'queued' else 'failed' end,
         run_after = now() + make_interval(secs => 5 * power(4, v_job.attempts - 1)),
         lease_token = case when v_again then null else lease_token end,
         last_error = left(p_error, 1000),
         finished_at = case when v_again then null else now() end
   where id = v_job.id;
  return jsonb_build_object('state', case when v_again then 'queued' else 'failed' end);
end
$$;
grant execute on function public.fail_analysis(uuid, text, uuid, text, boolean) to service_role;

-- The copies are in `public-images/<public_name>/`: {published}. Not published: the image is private again or was
-- published anew meanwhile, and the copies are on their way out.
create function public.complete_publication(
  p_image_id uuid, p_lease_token uuid, p_public_name uuid, p_original text, p_thumbnail text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_job private.jobs := private.held_image_job(p_image_id, 'publish', p_lease_token);
  v_folder text := p_public_name || '/';
  v_published boolean;
begin
  if v_job.id is null then
    return '{"published": false, "replay": true}';
  elsif not starts_with(p_original, v_folder) or not starts_with(p_thumbnail, v_folder) then
    perform private.refuse('PT422', 'invalid_images', '{"reason": "folder"}');
  end if;
  update public.generated_images
     set published_at = now(), public_url = '/storage/v1/object/public/public-images/' || p_original,
         thumbnail_url = '/storage/v1/object/public/public-images/' || p_thumbnail
   where id = p_image_id and is_public and public_name = p_public_name;
  v_published := found;
  update private.jobs set state = 'done', finished_at = now(), last_error = null where id = v_job.id;
  if not v_published then
    perform private.discard_folder('public-images', p_public_name::text);
  end if;
  return jsonb_build_object('published', v_published);
end
$$;
grant execute on function public.complete_publication(uuid, uuid, uuid, text, text) to service_role;
