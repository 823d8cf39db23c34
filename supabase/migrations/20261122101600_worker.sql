-- What a worker calls, with the service role: claim, report, complete or fail. Each call is one short transaction
-- about one prompt; nothing stays open while a provider works.

-- Hands out up to p_limit requests: the prompt's columns with lease_token, attempt, lease_until, and provider and
-- model_metadata of its model (null if the model is gone). A request may be handed out again after its lease ran out.
create function public.claim_generation(p_worker text, p_limit integer default 1, p_lease_seconds integer default null)
returns setof jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_max_attempts integer := private.setting('job_max_attempts')::integer;
  v_lease interval := make_interval(
    secs => greatest(1, coalesce(p_lease_seconds, private.setting('lease_seconds')::integer)));
begin
  perform private.fail_lost_generation();

  return query
  with candidate as (
    select j.id from private.jobs j
     where j.kind = 'generation' and j.state in ('queued', 'leased') and j.run_after <= now()
       and j.attempts < v_max_attempts and not j.cancel_requested
     order by j.run_after, j.place limit least(greatest(coalesce(p_limit, 1), 0), 20) for update skip locked
  ),
  leased as (
    update private.jobs j
       set state = 'leased', attempts = j.attempts + 1, worker = p_worker, lease_token = gen_random_uuid(),
           run_after = now() + v_lease, progress_at = null
      from candidate c where j.id = c.id
    returning j.*
  ),
  prompt as (
    update public.prompts p set status = 'processing', metadata = p.metadata - 'progress'
      from leased l where p.id = l.prompt_id
    returning p.*
  )
  select to_jsonb(p) || jsonb_build_object(
           'lease_token', l.lease_token, 'attempt', l.attempts, 'lease_until', l.run_after,
           'provider', m.provider, 'model_metadata', m.metadata)
    from leased l join prompt p on p.id = l.prompt_id left join public.models m on m.id = p.model_id
   order by l.place;
end
$$;
grant execute on function public.claim_generation(text, integer, integer) to service_role;

-- Heartbeat: {held, cancel_requested}. Not held: stop at once, someone else has the job or it is over.
-- p_progress goes to the prompt's metadata at most once a second, because each write reaches the user's devices.
create function public.extend_lease(
  p_prompt_id uuid, p_lease_token uuid, p_seconds integer default 120, p_progress jsonb default null)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_job private.jobs;
  v_write boolean;
begin
  select * into v_job from private.jobs where prompt_id = p_prompt_id for update;
  if not found or v_job.state <> 'leased' or v_job.lease_token is distinct from p_lease_token then
    return '{"held": false, "cancel_requested": false}';
  end if;
  if p_progress is not null and (jsonb_typeof(p_progress) <> 'object' or octet_length(p_progress::text) > 2048) then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "progress", "reason": "object_of_2_kib"}');
  end if;
  v_write := p_progress is not null
    and (v_job.progress_at is null or v_job.progress_at <= clock_timestamp() - interval '1 second');
  update private.jobs
     set run_after = now() + make_interval(secs => least(greatest(coalesce(p_seconds, 120), 1), 3600)),
         progress_at = case when v_write then clock_timestamp() else progress_at end
   where id = v_job.id;
  if v_write then
    update public.prompts set metadata = metadata || jsonb_build_object('progress', p_progress) where id = p_prompt_id;
  end if;
  return jsonb_build_object('held', true, 'cancel_requested', v_job.cancel_requested);
end
$$;
grant execute on function public.extend_lease(uuid, uuid, integer, jsonb) to service_role;

-- Writes 1 to num_outputs images and finishes: {completed, images, refunded}. What was paid and not delivered comes
-- back, rounded down. Repeated with the same token: {completed: false, replay: true}. A lost lease: PT409 stale_lease.
-- p_images: [{storage_path, public_url, thumbnail_url, width, height, format, size_bytes, nsfw_score, metadata,
-- technical_metadata}]; the image's id is the file name in storage_path.
create function public.complete_generation(
  p_prompt_id uuid, p_lease_token uuid, p_images jsonb, p_metadata jsonb default '{}')
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_job private.jobs;
  v_prompt public.prompts;
  v_images integer;
  v_refund integer;
  v_constraint text;
begin
  select * into v_job from private.jobs where prompt_id = p_prompt_id for update;
  if not found then
    perform private.refuse('PT404', 'unknown_prompt');
  elsif v_job.state = 'done' and v_job.lease_token = p_lease_token then
    return '{"completed": false, "replay": true}';
  elsif v_job.state <> 'leased' or v_job.lease_token is distinct from p_lease_token then
    perform private.refuse('PT409', 'stale_lease', jsonb_build_object('state', v_job.state));
  end if;
  select * into v_prompt from public.prompts where id = p_prompt_id for update;

  v_images := case jsonb_typeof(p_images) when 'array' then jsonb_array_length(p_images) else 0 end;
  if v_images not between 1 and v_prompt.num_outputs then
    perform private.refuse('PT422', 'invalid_images',
      jsonb_build_object('images', v_images, 'num_outputs', v_prompt.num_outputs));
  end if;
  begin
    insert into public.generated_images (
      id, user_id, prompt_id, storage_path, public_url, thumbnail_url, width, height, format, size_bytes, nsfw_score,
      metadata, technical_metadata)
    select private.image_of_object(i.storage_path), v_prompt.user_id, v_prompt.id,
           -- a path outside of this prompt's folder becomes null here and is refused below
           case when split_part(i.storage_path, '/', 2) = v_prompt.id::text then i.storage_path end,
           i.public_url, i.thumbnail_url, i.width, i.height, i.format, i.size_bytes, i.nsfw_score,
           coalesce(i.metadata, '{}'), coalesce(i.technical_metadata, '{}')
      from jsonb_to_recordset(p_images) as i (
        storage_path text, public_url text, thumbnail_url text, width integer, height integer, format text,
        size_bytes integer, nsfw_score double precision, metadata jsonb, technical_metadata jsonb);
  exception when integrity_constraint_violation or data_exception then
    get stacked diagnostics v_constraint = constraint_name;
    perform private.refuse('PT422', 'invalid_images',
      jsonb_build_object('constraint', nullif(v_constraint, ''), 'reason', sqlerrm));
  end;

  update public.prompts
     set status = 'completed', completed_at = now(),
         metadata = metadata - array['progress', 'cancel_requested'] || (coalesce(p_metadata, '{}') - 'request_hash')
   where id = v_prompt.id;
  update private.jobs set state = 'done', finished_at = now() where id = v_job.id;
  v_refund := v_prompt.credits_cost * (v_prompt.num_outputs - v_images) / v_prompt.num_outputs;
  if v_refund > 0 then
    insert into public.credit_transactions (user_id, amount, type, description, reference_id, idempotency_key)
    values (v_prompt.user_id, v_refund, 'refund', format('%s of %s images delivered', v_images, v_prompt.num_outputs),
            v_prompt.id, 'refund:' || v_prompt.id)
    on conflict (idempotency_key) do nothing;
  end if;
  return jsonb_build_object('completed', true, 'images', v_images, 'refunded', v_refund);
end
$$;
grant execute on function public.complete_generation(uuid, uuid, jsonb, jsonb) to service_role;

-- Ends an attempt: {status}. Retryable: queued again after 5, 20 … seconds while attempts are left; otherwise failed
-- with a refund. p_error is shown to the user: a short code such as `cancelled`, `content_rejected`, `provider_failed`.
create function public.fail_generation(
  p_prompt_id uuid, p_lease_token uuid, p_error text, p_retryable boolean default false)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_job private.jobs;
begin
  select * into v_job from private.jobs where prompt_id = p_prompt_id for update;
  if not found then
    perform private.refuse('PT404', 'unknown_prompt');
  elsif v_job.state = 'failed' and v_job.lease_token = p_lease_token then
    return '{"status": "failed", "replay": true}';
  elsif v_job.state <> 'leased' or v_job.lease_token is distinct from p_lease_token then
    perform private.refuse('PT409', 'stale_lease', jsonb_build_object('state', v_job.state));
  end if;
  if v_job.cancel_requested then
    perform private.fail_prompt(p_prompt_id, 'cancelled');
  elsif p_retryable and v_job.attempts < private.setting('job_max_attempts')::integer then
    update private.jobs
       set state = 'queued', run_after = now() + make_interval(secs => 5 * power(4, v_job.attempts - 1)),
           last_error = left(p_error, 1000), lease_token = null
     where id = v_job.id;
    update public.prompts set status = 'pending', metadata = metadata - 'progress' where id = p_prompt_id;
    return '{"status": "pending", "retry": true}';
  else
    perform private.fail_prompt(p_prompt_id, coalesce(nullif(p_error, ''), 'provider_failed'));
  end if;
  return '{"status": "failed"}';
end
$$;
grant execute on function public.fail_generation(uuid, uuid, text, boolean) to service_role;
