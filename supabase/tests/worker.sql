-- The life of a request in a worker's hands: claim, report, complete, fail, cancel, get lost.

-- Only this file's requests are in the queue; the statement is undone with the rest.
update private.jobs set run_after = now() + interval '1 day' where state in ('queued', 'leased');
insert into public.models (id, name, provider, version, credits_cost, metadata) values ('t-model', 'Test', 'local', '1', 5, '{"kind": "t"}');
insert into private.settings (key, value) values ('max_pending', '{"free": 1000}') on conflict (key) do update set value = excluded.value;

create function pg_temp.ask(p_user uuid, p_outputs integer default 1, p_suggestion uuid default null) returns uuid language plpgsql as $$
declare
  id uuid := gen_random_uuid();
begin
  perform pg_temp.become('authenticated', p_user);
  perform public.request_generation(id, 't-model', 'x', p_num_outputs => p_outputs, p_prompt_suggestion_id => p_suggestion);
  perform pg_temp.become('service_role');
  return id;
end
$$;
create function pg_temp.images(p_user uuid, p_prompt uuid, p_count integer) returns jsonb language sql as $$
  select jsonb_agg(jsonb_build_object(
    'storage_path', format('%s/%s/%s.webp', p_user, p_prompt, gen_random_uuid()), 'public_url', '/storage/v1/x',
    'thumbnail_url', '/storage/v1/y', 'width', 1024, 'height', 1024, 'format', 'webp', 'size_bytes', 1000,
    'metadata', '{"seed": 3}'::jsonb, 'technical_metadata', '{"provider": "t", "files": []}'::jsonb))
  from generate_series(1, p_count)
$$;
create function pg_temp.balance(p_user uuid) returns integer language sql security definer as $$
  select credits_balance from public.profiles where id = p_user
$$;
create function pg_temp.let_lease_end(p_prompt uuid) returns void language sql security definer as $$
  update private.jobs set run_after = now() - interval '1 second' where prompt_id = p_prompt
$$;
create function pg_temp.job(p_prompt uuid) returns private.jobs language sql security definer as $$
  select j from private.jobs j where prompt_id = p_prompt
$$;
grant execute on function pg_temp.balance, pg_temp.let_lease_end, pg_temp.images, pg_temp.job, pg_temp.ask to public;

do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  s uuid;
  pid uuid;
  work jsonb;
  token uuid;
  other jsonb;
  answer jsonb;
  n integer;
begin
  insert into public.prompt_suggestions (user_id, base_prompt, suggested_prompt, source_type, confidence_score, used_count, success_rate)
    values (null, 'x', 'y', 'ai', 1, 4, 0.75) returning prompt_suggestions.id into s;

  -- whole way
  pid := pg_temp.ask(a, 2, s);
  assert pg_temp.balance(a) = 90;
  select c into work from public.claim_generation('w1') c;
  token := (work ->> 'lease_token')::uuid;
  assert work ->> 'id' = pid::text and work ->> 'status' = 'processing' and work ->> 'provider' = 'local'
    and work #>> '{model_metadata,kind}' = 't' and (work ->> 'attempt')::integer = 1, work::text;
  assert not exists (select from public.claim_generation('w2')), 'nobody else gets it';
  assert public.extend_lease(pid, token, 120, '{"step": 1, "steps": 28}') = '{"held": true, "cancel_requested": false, "nudges": 0}';
  assert public.extend_lease(pid, token, 120, '{"step": 2, "steps": 28}') = '{"held": true, "cancel_requested": false, "nudges": 0}';
  assert (select metadata #>> '{progress,step}' from public.prompts where id = pid) = '1', 'written at most once a second';
  assert public.extend_lease(pid, gen_random_uuid()) = '{"held": false, "cancel_requested": false, "nudges": 0}';
  assert (pg_temp.outcome(format('select public.extend_lease(%L, %L, 120, ''[]'')', pid, token))).word = 'PT422 invalid_parameters';

  -- what a careless worker may not write
  for answer in values ('[]'::jsonb), ('{}'), (null), (pg_temp.images(a, pid, 3)), (pg_temp.images(a, gen_random_uuid(), 1)),
      (pg_temp.images(gen_random_uuid(), pid, 1)), (pg_temp.images(a, pid, 1) #- '{0,width}'),
      (jsonb_set(pg_temp.images(a, pid, 1), '{0,format}', '"exe"')), (jsonb_set(pg_temp.images(a, pid, 1), '{0,storage_path}', '"x"')),
      (jsonb_set(pg_temp.images(a, pid, 1), '{0,width}', '"wide"')) loop
    assert (pg_temp.outcome(format('select public.complete_generation(%L, %L, %L)', pid, token, answer))).word = 'PT422 invalid_images',
      format('%s', answer);
  end loop;
  assert (pg_temp.outcome(format('select public.complete_generation(%L, %L, %L)', pid, gen_random_uuid(), pg_temp.images(a, pid, 1)))).word
    = 'PT409 stale_lease';

  answer := public.complete_generation(pid, token, pg_temp.images(a, pid, 2), '{"seed": 3, "request_hash": "mine"}');
  assert answer = '{"completed": true, "images": 2, "refunded": 0}', answer::text;
  assert public.complete_generation(pid, token, pg_temp.images(a, pid, 2)) = '{"completed": false, "replay": true}';
  assert (select count(*) from public.generated_images g where g.prompt_id = pid) = 2, 'a repeat adds nothing';
  assert (select bool_and(storage_path like '%/' || g.id || '.webp') from public.generated_images g where g.user_id = a);
  assert (select status = 'completed' and completed_at is not null and metadata ->> 'seed' = '3'
                 and not metadata ? 'progress' and metadata ->> 'request_hash' <> 'mine'
            from public.prompts where id = pid);
  assert pg_temp.balance(a) = 90;
  assert (select total_generations from public.profiles p where p.id = a) = 2;
  assert (select total_images = 2 and total_prompts = 1 from public.user_generation_stats where user_id = a);
  assert (select used_count = 5 and success_rate = 0.8 from public.prompt_suggestions p where p.id = s);
  assert public.extend_lease(pid, token) = '{"held": false, "cancel_requested": false, "nudges": 0}';

  -- one of four delivered: three quarters come back, rounded down
  pid := pg_temp.ask(a, 4);
  assert pg_temp.balance(a) = 70;
  select c into work from public.claim_generation('w1') c;
  answer := public.complete_generation(pid, (work ->> 'lease_token')::uuid, pg_temp.images(a, pid, 1));
  assert answer = '{"completed": true, "images": 1, "refunded": 15}', answer::text;
  assert pg_temp.balance(a) = 85;

  -- fails for good: everything comes back, once
  pid := pg_temp.ask(a);
  select c into work from public.claim_generation('w1') c;
  token := (work ->> 'lease_token')::uuid;
  assert public.fail_generation(pid, token, 'content_rejected') = '{"status": "failed"}';
  assert public.fail_generation(pid, token, 'content_rejected') = '{"status": "failed", "replay": true}';
  assert pg_temp.balance(a) = 85;
  assert (select status = 'failed' and error_message = 'content_rejected' from public.prompts where id = pid);
  assert (pg_temp.outcome(format('select public.complete_generation(%L, %L, %L)', pid, token, pg_temp.images(a, pid, 1)))).word
    = 'PT409 stale_lease';

  -- may be tried again: twice, then it fails
  pid := pg_temp.ask(a);
  for attempt in 1 .. 3 loop
    perform pg_temp.let_lease_end(pid);
    select c into work from public.claim_generation('w1') c;
    assert (work ->> 'attempt')::integer = attempt;
    answer := public.fail_generation(pid, (work ->> 'lease_token')::uuid, 'provider_failed', true);
    assert answer ->> 'status' = case attempt when 3 then 'failed' else 'pending' end, answer::text;
    if attempt < 3 then
      assert (pg_temp.job(pid)).run_after = now() + make_interval(secs => 5 * power(4, attempt - 1));
      assert not exists (select from public.claim_generation('w1')), 'not before its time';
      assert pg_temp.balance(a) = 80;
    end if;
  end loop;
  assert pg_temp.balance(a) = 85;

  -- a lost lease: the next one takes over, the first one is told
  pid := pg_temp.ask(a);
  select c into work from public.claim_generation('w1') c;
  perform pg_temp.let_lease_end(pid);
  select c into other from public.claim_generation('w2') c;
  assert other ->> 'id' = pid::text and other ->> 'lease_token' <> work ->> 'lease_token';
  assert public.extend_lease(pid, (work ->> 'lease_token')::uuid) = '{"held": false, "cancel_requested": false, "nudges": 0}';
  assert (pg_temp.outcome(format('select public.complete_generation(%L, %L, %L)', pid, work ->> 'lease_token', pg_temp.images(a, pid, 1)))).word
    = 'PT409 stale_lease';
  assert (pg_temp.outcome(format('select public.fail_generation(%L, %L, ''x'')', pid, work ->> 'lease_token'))).word = 'PT409 stale_lease';
  perform pg_temp.let_lease_end(pid);
  select c into other from public.claim_generation('w3') c;
  perform pg_temp.let_lease_end(pid);
  assert not exists (select from public.claim_generation('w4')), 'three times is enough';
  assert (select status = 'failed' and error_message = 'worker_lost' from public.prompts where id = pid);
  assert pg_temp.balance(a) = 85;

  -- cancelled in the queue: over at once, and again the same
  pid := pg_temp.ask(a);
  perform pg_temp.become('authenticated', a);
  answer := jsonb_build_object('prompt_id', pid, 'status', 'failed', 'cancel_requested', true);
  assert public.cancel_generation(pid) = answer and public.cancel_generation(pid) = answer;
  assert pg_temp.balance(a) = 85;
  assert (select error_message from public.prompts where id = pid) = 'cancelled';
  perform pg_temp.become('service_role');
  assert not exists (select from public.claim_generation('w1'));

  -- cancelled in a worker's hands: the worker is told, ends it, and it counts as cancelled whatever he says
  pid := pg_temp.ask(a);
  select c into work from public.claim_generation('w1') c;
  token := (work ->> 'lease_token')::uuid;
  perform pg_temp.become('authenticated', a);
  answer := jsonb_build_object('prompt_id', pid, 'status', 'processing', 'cancel_requested', true);
  assert public.cancel_generation(pid) = answer and public.cancel_generation(pid) = answer;
  assert (select metadata -> 'cancel_requested' from public.prompts where id = pid) = 'true';
  assert pg_temp.balance(a) = 80;
  perform pg_temp.become('service_role');
  assert public.extend_lease(pid, token) = '{"held": true, "cancel_requested": true, "nudges": 0}';
  assert public.fail_generation(pid, token, 'provider_failed', true) = '{"status": "failed"}';
  assert (select error_message from public.prompts where id = pid) = 'cancelled';
  assert pg_temp.balance(a) = 85;

  -- cancelled, and the worker never came back
  pid := pg_temp.ask(a);
  select c into work from public.claim_generation('w1') c;
  perform pg_temp.become('authenticated', a);
  perform public.cancel_generation(pid);
  perform pg_temp.become('service_role');
  perform pg_temp.let_lease_end(pid);
  assert not exists (select from public.claim_generation('w2')), 'not painted again';
  assert (select error_message from public.prompts where id = pid) = 'cancelled';
  assert pg_temp.balance(a) = 85;

  -- too late, and not one's own
  pid := pg_temp.ask(a);
  select c into work from public.claim_generation('w1') c;
  perform public.complete_generation(pid, (work ->> 'lease_token')::uuid, pg_temp.images(a, pid, 1));
  perform pg_temp.become('authenticated', a);
  assert (pg_temp.outcome(format('select public.cancel_generation(%L)', pid))).word = 'PT409 not_cancellable';
  perform pg_temp.become('postgres');
  s := pg_temp.sign_up('b@example.test');
  perform pg_temp.become('authenticated', s);
  assert (pg_temp.outcome(format('select public.cancel_generation(%L)', pid))).word = 'PT404 unknown_prompt';

  -- several at once
  perform pg_temp.ask(a);
  perform pg_temp.ask(a);
  select count(*) into n from public.claim_generation('w1', 5);
  assert n = 2;
end
$$;

-- After all that every balance is the sum of its ledger, and every failed request was paid back in full.
do $$
begin
  assert not exists (
    select from public.profiles p
    where p.credits_balance <> (select coalesce(sum(t.amount), 0) from public.credit_transactions t where t.user_id = p.id));
  assert not exists (
    select from public.prompts p
    where p.status = 'failed'
      and 0 <> (select coalesce(sum(t.amount), 0) from public.credit_transactions t where t.reference_id = p.id));
  assert (pg_temp.outcome('update public.credit_transactions set amount = 1')).word = '42501', 'not even a superuser edits the ledger';
  assert (pg_temp.outcome('insert into public.credit_transactions (user_id, amount, type) select id, 5, ''usage'' from public.profiles')).word like '23514%';
  assert (pg_temp.outcome('insert into public.credit_transactions (user_id, amount, type) select id, -1000, ''usage'' from public.profiles')).word like '23514%';
  assert (pg_temp.outcome('insert into public.credit_transactions (user_id, amount, type) select id, -1, ''refund'' from public.profiles')).word like '23514%';
end
$$;
