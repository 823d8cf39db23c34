-- What outside providers need of the queue: jobs are handed to workers that can serve them, a provider's own state
-- outlives the worker that started it, what we cannot do now waits without counting as an attempt, and every end
-- leaves a receipt.

alter table private.jobs
  add column model_id text,  -- of a generation: what a worker may have to keep away from for a while
  add column provider text,  -- of a generation: who can serve it; engines of our own by their kind
  -- What a worker knows about the provider's side, kept for the one that takes over:
  -- {id, submitting_at, parts {index: image}, filtered [index] …}
  add column remote   jsonb,
  add column nudges   integer not null default 0;  -- how often a webhook said that there is news

insert into private.settings (key, value) values
  -- How long a request may wait for a provider that cannot serve it now, before the money goes back.
  ('provider_patience_minutes', '20'),
  ('job_max_wait_hours', '24')  -- how long it may wait for anybody
on conflict (key) do nothing;

create function private.fill_job_provider() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  select p.model_id, case m.provider when 'local' then m.metadata ->> 'kind' else m.provider end
    into new.model_id, new.provider
    from public.prompts p left join public.models m on m.id = p.model_id
   where p.id = new.prompt_id;
  return new;
end
$$;
create trigger fill_job_provider before insert on private.jobs
  for each row when (new.kind = 'generation') execute function private.fill_job_provider();

-- Jobs that were queued before.
update private.jobs j
   set model_id = p.model_id, provider = case m.provider when 'local' then m.metadata ->> 'kind' else m.provider end
  from public.prompts p left join public.models m on m.id = p.model_id
 where j.prompt_id = p.id and j.state in ('queued', 'leased');

-- What a request cost and what came of it, for people: {reserved, refunded, images: [{index, result, credits,
-- image_id}], reason, …what the worker tells of the provider}. `result` is delivered, filtered, lost or undone;
-- `credits` is what stays paid for it. Prices are whole multiples of the number of images.
create function private.receipt(p_prompt public.prompts, p_images jsonb, p_reason text, p_told jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_strip_nulls(jsonb_build_object(
           'reserved', p_prompt.credits_cost,
           'refunded', p_prompt.credits_cost * count(*) filter (where d.image is null) / p_prompt.num_outputs,
           'reason', p_reason,
           'images', jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
             'index', i.index,
             'result', case when d.image is not null then 'delivered' else coalesce(o.outcome ->> 'result', 'undone') end,
             'reason', case when d.image is null then o.outcome ->> 'reason' end,
             'credits', case when d.image is not null then p_prompt.credits_cost / p_prompt.num_outputs else 0 end,
             'image_id', private.image_of_object(d.image ->> 'storage_path'))) order by i.index)))
         || coalesce(p_told, '{}') - array['outcomes', 'reserved', 'refunded', 'images', 'reason']
    from generate_series(0, p_prompt.num_outputs - 1) as i (index)
    left join lateral (
      select e.image from jsonb_array_elements(coalesce(p_images, '[]')) with ordinality as e (image, place)
       where coalesce((e.image #>> '{technical_metadata,index}')::integer, e.place::integer - 1) = i.index limit 1) as d on true
    left join lateral (
      select e.outcome from jsonb_array_elements(
          case jsonb_typeof(p_told -> 'outcomes') when 'array' then p_told -> 'outcomes' else '[]' end) as e (outcome)
       where e.outcome ->> 'index' = i.index::text limit 1) as o on true
$$;

-- As before, and with a receipt. The only place that fails a prompt; the caller holds the job's row lock.
drop function private.fail_prompt(uuid, text);
create function private.fail_prompt(p_prompt uuid, p_error text, p_told jsonb default null) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_prompt public.prompts;
begin
  -- Before the update, whose trigger reaches for the suggestion: prompt → profile → suggestion, as a request has it.
  perform 1 from public.prompts p where p.id = p_prompt for update;
  perform 1 from public.profiles f where f.id = (select p.user_id from public.prompts p where p.id = p_prompt) for update;
  update public.prompts p
     set status = 'failed', error_message = left(p_error, 1000), completed_at = now(),
         metadata = p.metadata - array['progress', 'cancel_requested']
           || jsonb_build_object('receipt', private.receipt(p, null, left(p_error, 1000), p_told))
   where p.id = p_prompt and p.status in ('pending', 'processing')
  returning * into v_prompt;
  if not found then
    return;
  end if;
  update private.jobs set state = 'failed', finished_at = now(), last_error = left(p_error, 1000)
   where prompt_id = p_prompt;
  if v_prompt.credits_cost > 0 then
    insert into public.credit_transactions (user_id, amount, type, description, reference_id, idempotency_key)
    values (v_prompt.user_id, v_prompt.credits_cost, 'refund', 'generation failed', v_prompt.id, 'refund:' || v_prompt.id)
    on conflict (idempotency_key) do nothing;
  end if;
end
$$;

-- Fails one request that waited too long for anybody to serve it, with a refund: whether there was one.
create function private.fail_forgotten_generation() returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_job private.jobs;
begin
  select * into v_job from private.jobs
   where kind = 'generation' and state = 'queued'
     and created_at < now() - make_interval(hours => private.setting('job_max_wait_hours')::integer)
   order by run_after, place limit 1 for update skip locked;
  if not found then
    return false;
  end if;
  perform private.fail_prompt(v_job.prompt_id, 'waited_too_long');
  return true;
end
$$;

-- Fails the requests and jobs that workers lost for the last time, and requests that nobody came for, a few a call:
-- how many.
create or replace function public.reap_leases() returns integer
language plpgsql security definer set search_path = '' as $$
begin
  if private.fail_lost_generation() or private.fail_forgotten_generation() then
    return 1;
  end if;
  return private.fail_lost_analyses(100);
end
$$;

-- Hands out up to p_limit requests of the given providers (null: all), but none of the models in p_skip_models: the
-- prompt's columns with lease_token, attempt, max_attempts, lease_until, patience_until, remote, and provider
-- and model_metadata of its model (null if the model is gone). A request may be handed out again after its lease ran out.
drop function public.claim_generation(text, integer, integer);
create function public.claim_generation(
  p_worker text, p_limit integer default 1, p_lease_seconds integer default null,
  p_providers text[] default null, p_skip_models text[] default null)
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
       -- a model that is gone has no provider any more; whoever gets the job says so
       and (p_providers is null or j.provider is null or j.provider = any (p_providers))
       and (p_skip_models is null or j.model_id is null or j.model_id <> all (p_skip_models))
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
           'lease_token', l.lease_token, 'attempt', l.attempts, 'max_attempts', v_max_attempts,
           'lease_until', l.run_after, 'remote', l.remote, 'patience_until', l.created_at
             + make_interval(mins => private.setting('provider_patience_minutes')::integer),
           'provider', m.provider, 'model_metadata', m.metadata)
    from leased l join prompt p on p.id = l.prompt_id left join public.models m on m.id = p.model_id
   order by l.place;
end
$$;
grant execute on function public.claim_generation(text, integer, integer, text[], text[]) to service_role;

-- Heartbeat: {held, cancel_requested, nudges}. Not held: stop at once, someone else has the job or it is over.
-- p_progress goes to the prompt's metadata at most once a second, because each write reaches the user's devices.
create or replace function public.extend_lease(
  p_prompt_id uuid, p_lease_token uuid, p_seconds integer default 120, p_progress jsonb default null)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_job private.jobs;
  v_write boolean;
begin
  select * into v_job from private.jobs where prompt_id = p_prompt_id for update;
  if not found or v_job.state <> 'leased' or v_job.lease_token is distinct from p_lease_token then
    return '{"held": false, "cancel_requested": false, "nudges": 0}';
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
  return jsonb_build_object('held', true, 'cancel_requested', v_job.cancel_requested, 'nudges', v_job.nudges);
end
$$;

-- Keeps what the next worker would have to know, merged key by key; a null takes a key away; `parts` is merged by
-- index: {held}. What is kept goes with the job.
create function public.keep_remote(p_prompt_id uuid, p_lease_token uuid, p_remote jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if jsonb_typeof(p_remote) is distinct from 'object' or octet_length(p_remote::text) > 65536 then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "remote", "reason": "object_of_64_kib"}');
  end if;
  update private.jobs j
     set remote = jsonb_strip_nulls(
       coalesce(j.remote, '{}') || p_remote || case when p_remote ? 'parts' then
         jsonb_build_object('parts', coalesce(j.remote -> 'parts', '{}') || (p_remote -> 'parts')) else '{}' end)
   where j.prompt_id = p_prompt_id and j.state = 'leased' and j.lease_token = p_lease_token;
  return jsonb_build_object('held', found);
end
$$;
grant execute on function public.keep_remote(uuid, uuid, jsonb) to service_role;

-- Puts a job back that cannot be done now through no fault of its own (provider down, no quota, worker ends):
-- {status}. Does not count as an attempt. After provider_patience_minutes of it the request fails with a refund,
-- unless p_patient.
create function public.postpone_generation(
  p_prompt_id uuid, p_lease_token uuid, p_seconds double precision, p_error text, p_patient boolean default false,
  p_told jsonb default null)
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
    perform private.fail_prompt(p_prompt_id, 'cancelled', p_told);
    return '{"status": "failed"}';
  elsif not coalesce(p_patient, false) and v_job.created_at
      < now() - make_interval(mins => private.setting('provider_patience_minutes')::integer) then
    perform private.fail_prompt(p_prompt_id, coalesce(nullif(p_error, ''), 'provider_unavailable'), p_told);
    return '{"status": "failed"}';
  end if;
  update private.jobs
     set state = 'queued', attempts = greatest(attempts - 1, 0), lease_token = null, last_error = left(p_error, 1000),
         run_after = now() + make_interval(secs => least(greatest(coalesce(p_seconds, 5), 0), 900))
   where id = v_job.id;
  update public.prompts set status = 'pending', metadata = metadata - 'progress' where id = p_prompt_id;
  return '{"status": "pending", "retry": true}';
end
$$;
grant execute on function public.postpone_generation(uuid, uuid, double precision, text, boolean, jsonb) to service_role;

-- Ends an attempt: {status}. Retryable: queued again after 5, 20 … seconds while attempts are left; otherwise failed
-- with a refund. p_error is shown to the user: a short code such as `cancelled`, `content_rejected`, `provider_failed`.
-- What was kept about the provider's job is forgotten, except images that are delivered already: they are paid for.
drop function public.fail_generation(uuid, uuid, text, boolean);
create function public.fail_generation(
  p_prompt_id uuid, p_lease_token uuid, p_error text, p_retryable boolean default false, p_told jsonb default null)
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
    perform private.fail_prompt(p_prompt_id, 'cancelled', p_told);
  elsif p_retryable and v_job.attempts < private.setting('job_max_attempts')::integer then
    update private.jobs
       set state = 'queued', run_after = now() + make_interval(secs => 5 * power(4, v_job.attempts - 1)),
           last_error = left(p_error, 1000), lease_token = null,
           remote = case when remote ? 'parts' then jsonb_build_object('parts', remote -> 'parts') end
     where id = v_job.id;
    update public.prompts set status = 'pending', metadata = metadata - 'progress' where id = p_prompt_id;
    return '{"status": "pending", "retry": true}';
  else
    perform private.fail_prompt(p_prompt_id, coalesce(nullif(p_error, ''), 'provider_failed'), p_told);
  end if;
  return '{"status": "failed"}';
end
$$;
grant execute on function public.fail_generation(uuid, uuid, text, boolean, jsonb) to service_role;

-- Writes 1 to num_outputs images and finishes: {completed, images, refunded}. What was paid and not delivered comes
-- back. Repeated with the same token: {completed: false, replay: true}. A lost lease: PT409 stale_lease.
-- p_images: [{storage_path, public_url, thumbnail_url, width, height, format, size_bytes, nsfw_score, metadata,
-- technical_metadata {index …}}]; the image's id is the file name in storage_path. p_metadata goes to the prompt;
-- its key `receipt` may carry {outcomes: [{index, result, reason}], provider …} for the receipt.
create or replace function public.complete_generation(
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
         metadata = metadata - array['progress', 'cancel_requested']
           || (coalesce(p_metadata, '{}') - array['request_hash', 'receipt'])
           || jsonb_build_object('receipt', private.receipt(v_prompt, p_images, null, p_metadata -> 'receipt'))
   where id = v_prompt.id;
  update private.jobs set state = 'done', finished_at = now(), remote = null where id = v_job.id;
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

-- Takes in that a provider has news of one of its jobs: {known, fresh}. The worker that holds the job learns it from
-- its next heartbeat; one that nobody holds any more is handed out at once. An event counts once; what it says about
-- the outcome is never believed, only asked after.
create table private.webhook_events (
  source      text not null,
  event_id    text not null,
  received_at timestamptz not null default now(),
  primary key (source, event_id)
);
create index webhook_events_age on private.webhook_events (received_at);
alter table private.webhook_events enable row level security;

create function public.note_webhook(p_source text, p_event_id text, p_prompt_id uuid, p_remote_id text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_known boolean;
begin
  delete from private.webhook_events e
   where (e.source, e.event_id) in (
     select o.source, o.event_id from private.webhook_events o
      where o.received_at < now() - interval '2 days' limit 10 for update skip locked);
  insert into private.webhook_events (source, event_id) values (p_source, left(p_event_id, 200)) on conflict do nothing;
  if not found then
    return '{"known": true, "fresh": false}';
  end if;
  update private.jobs j
     set nudges = nudges + 1,
         remote = case when j.remote ? 'id' then j.remote
                       else coalesce(j.remote, '{}') || jsonb_build_object('id', p_remote_id) end
   where j.prompt_id = p_prompt_id and j.provider = p_source and j.state in ('queued', 'leased')
     -- a job of an earlier attempt is nobody's any more
     and coalesce(j.remote ->> 'id', p_remote_id) = p_remote_id
     and (j.remote ? 'id' or j.remote ? 'submitting_at');
  v_known := found;
  return jsonb_build_object('known', v_known, 'fresh', true);
end
$$;
grant execute on function public.note_webhook(text, text, uuid, text) to service_role;

-- What the models can do, as far as it was not said before: limits that a request is adapted to (amethyst_model::adapt),
-- and how providers call things. Only new keys; what an administrator has set stays.
update public.models m set metadata = n.metadata || m.metadata || case when m.metadata ? 'supports' then
    jsonb_build_object('supports', (m.metadata -> 'supports') || n.supports) else '{}' end
  from (values
    ('sketch', '{}'::jsonb, '[]'::jsonb),
    ('flux-dev-multi-lora', '{
      "dialect": "multi_lora", "lora_proof": "Downloading LoRA weights", "plain_lora_names": true,
      "sizes": {"1:1": [1024, 1024], "16:9": [1344, 768]}, "source_sets_size": true
    }', '["strength", "safety_off"]'),
    ('flux-dev-lora', '{
      "dialect": "two_loras", "input": {"go_fast": false}, "min_lora_scale": -1, "max_lora_scale": 3,
      "sizes": {"1:1": [1024, 1024], "16:9": [1344, 768]}, "source_sets_size": true
    }', '["strength", "safety_off"]'),
    ('stable-image-ultra', '{"sizes": "ratio", "seed_zero_is_random": true}', '["strength"]'),
    ('stable-image-core', '{"sizes": "ratio", "seed_zero_is_random": true}', '[]'),
    ('sd3.5-large', '{"sizes": "ratio", "seed_zero_is_random": true, "source_sets_size": true}', '["strength"]'),
    ('sd3.5-large-turbo', '{"sizes": "ratio", "seed_zero_is_random": true, "source_sets_size": true}', '["strength"]'),
    ('sd3.5-medium', '{"sizes": "ratio", "seed_zero_is_random": true, "source_sets_size": true}', '["strength"]'),
    ('gpt-image-2', '{"size_multiple": 16}', '["safety_off"]'),
    ('gpt-image-1.5', '{"sizes": {"1:1": [1024, 1024], "16:9": [1536, 1024]}}', '["safety_off"]'),
    ('gpt-image-1-mini', '{"sizes": {"1:1": [1024, 1024], "16:9": [1536, 1024]}}', '["safety_off"]')
  ) as n (id, metadata, supports)
 where m.id = n.id;
