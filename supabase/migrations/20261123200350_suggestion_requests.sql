-- Better wordings by an outside model. A user asks under an id of his choice, a worker that has a key asks the model,
-- and the answers are rows of prompt_suggestions, which reach his devices by the feed. How far a request is, is
-- answered to whoever asks again under the same id. Free of charge, and therefore limited by day.
--
-- Leases and tokens as for generations; a request that no worker serves in time expires.

insert into private.settings (key, value) values
  ('suggestion_requests_daily', '{"free": 20, "pro": 100, "enterprise": 500}'),  -- per user, within 24 hours
  ('suggestion_request_minutes', '15'),  -- unanswered for that long, a request expires
  ('suggestion_request_days', '7')       -- requests, and the prompts in them, are kept this long
on conflict (key) do nothing;

create table private.suggestion_requests (
  id          uuid primary key,  -- chosen by the client
  user_id     uuid not null references auth.users (id) on delete cascade,
  prompt      text not null check (char_length(prompt) between 1 and 4000),
  state       text not null default 'queued' check (state in ('queued', 'leased', 'done', 'failed', 'expired')),
  attempts    integer not null default 0,
  run_after   timestamptz not null default now(),  -- queued: not before; leased: end of the lease
  lease_token uuid,                                -- kept when done or failed, for replays
  worker      text,
  error       text,                                -- a stable code
  suggestions uuid[] not null default '{}',        -- what came of it
  created_at  timestamptz not null default now(),
  finished_at timestamptz
);
create index suggestion_requests_user on private.suggestion_requests (user_id, created_at desc);
create index suggestion_requests_ready on private.suggestion_requests (run_after, id)
  where state in ('queued', 'leased');
create index suggestion_requests_age on private.suggestion_requests (created_at);
alter table private.suggestion_requests enable row level security;

create function private.suggestion_deadline() returns interval
language sql stable set search_path = '' as $$
  select make_interval(mins => private.setting('suggestion_request_minutes')::integer)
$$;

-- Asks for better wordings of a prompt, or how far that is: {id, state, error, suggestions}; state is `pending`,
-- `ready`, `failed` or `expired`. PT403 suggestions_disabled, account_suspended, no_profile · PT409 id_reused,
-- id_conflict · PT422 invalid_parameters · PT429 too_many_suggestions {limit}.
create function public.request_suggestions(p_id uuid, p_prompt text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_base text := btrim(p_prompt, E' \n\r\t');
  v_profile public.profiles;
  v_row private.suggestion_requests;
  v_limit integer;
begin
  if p_id is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "id", "reason": "required"}');
  elsif v_base is null or char_length(v_base) not between 1 and 4000 then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "prompt", "reason": "length", "min": 1, "max": 4000}');
  end if;
  -- One user's requests come one after the other, or two at once would pass the limit together.
  select * into v_profile from public.profiles p where p.id = v_user for no key update;
  if not found then
    perform private.refuse('PT403', 'no_profile');
  end if;
  select * into v_row from private.suggestion_requests r where r.id = p_id;
  if not found then
    v_limit := (private.setting('suggestion_requests_daily') ->> v_profile.subscription_tier)::integer;
    if not v_profile.prompt_suggestions_enabled then
      perform private.refuse('PT403', 'suggestions_disabled');
    elsif v_profile.subscription_status = 'suspended' then
      perform private.refuse('PT403', 'account_suspended');
    elsif (select count(*) from private.suggestion_requests r
            where r.user_id = v_user and r.created_at > now() - interval '1 day') >= v_limit then
      perform private.refuse('PT429', 'too_many_suggestions', jsonb_build_object('limit', v_limit));
    end if;
    begin
      insert into private.suggestion_requests (id, user_id, prompt) values (p_id, v_user, v_base) returning * into v_row;
    exception when unique_violation then
      -- another user took the same id a moment ago
      perform private.refuse('PT409', 'id_conflict');
    end;
  elsif v_row.user_id <> v_user then
    perform private.refuse('PT409', 'id_conflict');
  elsif v_row.prompt <> v_base then
    perform private.refuse('PT409', 'id_reused');
  end if;
  return jsonb_build_object(
    'id', v_row.id,
    'state', case when v_row.state in ('queued', 'leased')
                  then case when v_row.created_at < now() - private.suggestion_deadline()
                             and (v_row.state = 'queued' or v_row.run_after <= now()) then 'expired' else 'pending' end
                  when v_row.state = 'done' then 'ready' else v_row.state end,
    'error', v_row.error,
    'suggestions', (
      select coalesce(jsonb_agg(private.told_suggestion(s) order by
               private.suggestion_rank(s.confidence_score, s.used_count, s.success_rate) desc, s.id), '[]')
        from public.prompt_suggestions s where s.id = any (v_row.suggestions)));
end
$$;
grant execute on function public.request_suggestions(uuid, text) to authenticated;

-- For workers: requests to serve, the oldest first: {id, prompt, language, lease_token, attempt, lease_until}. Not of
-- users who have switched suggestions off since.
create function public.claim_suggestions(p_worker text, p_limit integer default 1, p_lease_seconds integer default null)
returns setof jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_max_attempts integer := private.setting('job_max_attempts')::integer;
  v_lease interval := make_interval(
    secs => least(greatest(1, coalesce(p_lease_seconds, private.setting('lease_seconds')::integer)), 3600));
begin
  update private.suggestion_requests set state = 'failed', error = coalesce(error, 'worker_lost'), finished_at = now()
   where id in (select r.id from private.suggestion_requests r
                 where r.state = 'leased' and r.run_after <= now() and r.attempts >= v_max_attempts
                 order by r.run_after limit 20 for update skip locked);
  return query
  with candidate as (
    select r.id from private.suggestion_requests r join public.profiles p on p.id = r.user_id
     where r.state in ('queued', 'leased') and r.run_after <= now() and r.attempts < v_max_attempts
       and r.created_at >= now() - private.suggestion_deadline()
       and p.prompt_suggestions_enabled and p.subscription_status <> 'suspended'
     order by r.run_after, r.id limit least(greatest(coalesce(p_limit, 1), 0), 20) for update of r skip locked
  ),
  leased as (
    update private.suggestion_requests r
       set state = 'leased', attempts = r.attempts + 1, worker = p_worker, lease_token = gen_random_uuid(),
           run_after = now() + v_lease
      from candidate c where r.id = c.id
    returning r.*
  )
  select jsonb_build_object(
           'id', l.id, 'prompt', l.prompt, 'language', p.language, 'lease_token', l.lease_token,
           'attempt', l.attempts, 'lease_until', l.run_after)
    from leased l join public.profiles p on p.id = l.user_id
   order by l.created_at, l.id;
end
$$;
grant execute on function public.claim_suggestions(text, integer, integer) to service_role;

-- The request's row, locked, if the token holds it. Null for one that ended with this token, or a refusal.
create function private.held_suggestions(p_id uuid, p_token uuid) returns private.suggestion_requests
language plpgsql security definer set search_path = '' as $$
declare
  v_row private.suggestion_requests;
begin
  select * into v_row from private.suggestion_requests where id = p_id for update;
  if not found then
    perform private.refuse('PT404', 'unknown_request');
  elsif v_row.state in ('done', 'failed') and v_row.lease_token = p_token then
    return null;
  elsif v_row.state <> 'leased' or v_row.lease_token is distinct from p_token then
    perform private.refuse('PT409', 'stale_lease', jsonb_build_object('state', v_row.state));
  end if;
  return v_row;
end
$$;

-- Takes in 1 to 10 wordings [{wording, reason, confidence}]: {completed, suggestions}. p_version names the model.
-- Repeated with the same token: {completed: false, replay: true}. PT409 stale_lease · PT422 invalid_suggestions.
create function public.complete_suggestions(p_id uuid, p_token uuid, p_suggestions jsonb, p_version text)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_row private.suggestion_requests := private.held_suggestions(p_id, p_token);
  v_ids uuid[];
begin
  if v_row.id is null then
    return '{"completed": false, "replay": true}';
  elsif coalesce(p_version, '') = '' or jsonb_typeof(p_suggestions) is distinct from 'array'
     or jsonb_array_length(p_suggestions) not between 1 and 10 then
    perform private.refuse('PT422', 'invalid_suggestions');
  elsif exists (
    select from jsonb_array_elements(p_suggestions) as e (item)
     where jsonb_typeof(item) <> 'object' or jsonb_typeof(item -> 'wording') is distinct from 'string'
        or char_length(btrim(item ->> 'wording', E' \n\r\t')) not between 1 and 4000
        or char_length(item ->> 'reason') > 500
        or jsonb_typeof(item -> 'confidence') is distinct from 'number'
        or (item ->> 'confidence')::numeric not between 0 and 1
        or private.wording_key(item ->> 'wording') = private.wording_key(v_row.prompt)) then
    perform private.refuse('PT422', 'invalid_suggestions');
  end if;
  with wording as (
    select distinct on (private.suggestion_key(v_row.prompt, w.text)) w.*,
           private.suggestion_key(v_row.prompt, w.text) as wording_key
      from (select btrim(e.item ->> 'wording', E' \n\r\t') as text, e.item ->> 'reason' as reason,
                   (e.item ->> 'confidence')::double precision as confidence, e.place
              from jsonb_array_elements(p_suggestions) with ordinality as e (item, place)) as w
     order by private.suggestion_key(v_row.prompt, w.text), w.place
  ),
  written as (
    insert into public.prompt_suggestions as s (
      user_id, base_prompt, suggested_prompt, source_type, confidence_score, metadata, wording_key)
    select v_row.user_id, v_row.prompt, w.text, 'ai', w.confidence,
           jsonb_strip_nulls(jsonb_build_object('reason', w.reason, 'version', left(p_version, 200))), w.wording_key
      from wording w order by w.wording_key
    -- A wording that is there already stays what it was, with its successes.
    on conflict (user_id, wording_key) do update set wording_key = excluded.wording_key
    returning s.id
  )
  select array_agg(w.id) into v_ids from written w;
  update private.suggestion_requests
     set state = 'done', suggestions = v_ids, error = null, finished_at = now() where id = v_row.id;
  return jsonb_build_object('completed', true, 'suggestions', cardinality(v_ids));
end
$$;
grant execute on function public.complete_suggestions(uuid, uuid, jsonb, text) to service_role;

-- Ends an attempt: {state}. Retryable: again after 5, 20 … seconds while attempts are left.
create function public.fail_suggestions(p_id uuid, p_token uuid, p_error text, p_retryable boolean default false)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_row private.suggestion_requests := private.held_suggestions(p_id, p_token);
  v_again boolean;
begin
  if v_row.id is null then
    return '{"state": "failed", "replay": true}';
  end if;
  v_again := coalesce(p_retryable, false) and v_row.attempts < private.setting('job_max_attempts')::integer;
  update private.suggestion_requests
     set state = case when v_again then 'queued' else 'failed' end,
         run_after = now() + make_interval(secs => 5 * power(4, v_row.attempts - 1)),
         lease_token = case when v_again then null else lease_token end,
         error = left(coalesce(nullif(p_error, ''), 'provider_failed'), 200),
         finished_at = case when v_again then null else now() end
   where id = v_row.id;
  return jsonb_build_object('state', case when v_again then 'queued' else 'failed' end);
end
$$;
grant execute on function public.fail_suggestions(uuid, uuid, text, boolean) to service_role;

-- Scheduled: requests nobody served end, old ones go, and so do suggestions that nobody used: how many rows.
create function public.purge_suggestions() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_all integer;
  v_count integer;
begin
  update private.suggestion_requests set state = 'expired', finished_at = now()
   where id in (select r.id from private.suggestion_requests r
                 where r.state in ('queued', 'leased') and r.created_at < now() - private.suggestion_deadline()
                   and (r.state = 'queued' or r.run_after <= now())
                 order by r.id limit 1000 for update skip locked);
  get diagnostics v_all = row_count;
  delete from private.suggestion_requests
   where created_at < now() - make_interval(days => greatest(1, private.setting('suggestion_request_days')::integer));
  get diagnostics v_count = row_count;
  v_all := v_all + v_count;
  delete from public.prompt_suggestions
   where id in (select s.id from public.prompt_suggestions s
                 where s.user_id is not null and s.last_used_at is null
                   and s.created_at < now() - make_interval(days => private.setting('suggestion_days')::integer)
                 order by s.created_at limit 1000 for update skip locked);
  get diagnostics v_count = row_count;
  return v_all + v_count;
end
$$;
grant execute on function public.purge_suggestions() to service_role;

create index idx_suggestions_unused_age on public.prompt_suggestions (created_at)
  where last_used_at is null and user_id is not null;
insert into private.tasks (name, every) values ('purge_suggestions', '1 hour') on conflict (name) do nothing;
