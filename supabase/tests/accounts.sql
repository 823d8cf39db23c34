-- Sessions, leaving, what administrators do, and the work that nobody waits for.

do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  b uuid := pg_temp.sign_up('b@example.test');
  boss uuid := pg_temp.sign_up('boss@example.test');
  s1 uuid := gen_random_uuid();
  s2 uuid := gen_random_uuid();
  i uuid;
  said jsonb;
  due timestamptz;
begin
  update public.profiles set is_admin = true where id = boss;
  insert into auth.sessions (id, user_id, created_at, updated_at, user_agent, ip) values
    (s1, a, now() - interval '1 day', now() - interval '1 day', 'desk', '10.0.0.1'), (s2, b, now(), now(), 'phone', null);
  perform pg_temp.become('authenticated', a);
  perform set_config('request.jwt.claims', jsonb_build_object('sub', a, 'role', 'authenticated', 'session_id', s1)::text, true);
  assert (select count(*) = 1 and bool_and(id = s1 and user_agent = 'desk' and ip = '10.0.0.1' and current) from public.my_sessions()),
    (select to_jsonb(array_agg(m)) from public.my_sessions() m)::text;
  assert not public.end_session(s2), 'somebody else''s';
  assert public.end_session(s1), 'own';
  assert not public.end_session(s1), 'ended';

  said := public.request_account_deletion();
  due := said ->> 'due_at';
  assert due between now() + interval '13 days' and now() + interval '15 days' and public.request_account_deletion() = said;
  assert public.cancel_account_deletion() and not public.cancel_account_deletion();
  perform public.request_account_deletion();
  perform pg_temp.become('service_role');
  assert public.delete_due_account() is null, 'not yet';
  perform pg_temp.become('postgres');
  i := pg_temp.image(a);
  update public.profiles set deletion_due_at = now() where id = a;
  insert into public.subscriptions (user_id, stripe_subscription_id, plan_id, status, current_period_start, current_period_end)
    values (a, 'sub_paying', 'pro', 'active', now(), now() + interval '1 month'), (a, 'sub_over', 'pro', 'canceled', now(), now());
  assert public.delete_due_account() = a;
  assert not exists (select from public.profiles where id = a) and not exists (select from public.generated_images where id = i);
  assert (select array_agg(s) from public.claim_orphan_subscriptions() s) = '{sub_paying}', 'nobody is charged for what is gone';
  assert public.finish_orphan_subscription('sub_paying') and not public.finish_orphan_subscription('sub_paying');
  assert exists (select from private.ledger_archive where amount = 100), 'the accounts keep the amount and nobody''s name';
  assert (select count(*) from private.storage_garbage where path = a || '/') = 3, 'and the files go';

  -- administrators
  perform pg_temp.become('authenticated', boss);
  said := public.admin_adjust_credits(b, 25, 'sorry', 'k1');
  assert said = '{"credited": true, "credits_balance": 125}', said::text;
  assert public.admin_adjust_credits(b, 25, 'sorry', 'k1') = '{"credited": false, "credits_balance": 125}';
  assert (pg_temp.outcome(format('select public.admin_adjust_credits(%L, -126, ''x'', ''k2'')', b))).word = 'PT422 balance_too_low';
  assert public.admin_suspend(b, true, 'abuse') = '{"subscription_status": "suspended"}';
  assert public.admin_suspend(b, false, 'a mistake') = '{"subscription_status": "active"}';
  update public.models set credits_cost = 2 where id = 'sketch';
  assert (select array_agg(action order by action) from public.admin_actions where admin_id = boss)
    = array['credits', 'models.update', 'suspend', 'unsuspend'], 'each act leaves a row';
  said := public.admin_ledger_audit();
  assert said -> 'differences' = '[]', said::text;
  perform pg_temp.become('postgres');
  update public.profiles set credits_balance = credits_balance + 1 where id = b;
  perform pg_temp.become('authenticated', boss);
  assert public.admin_ledger_audit() #>> '{differences,0,user_id}' = b::text, 'a difference is found';
  perform pg_temp.become('postgres');
  update public.profiles set credits_balance = credits_balance - 1 where id = b;
end
$$;

-- The queue as its users see it.
reset role;
do $$
declare
  a uuid := pg_temp.sign_up('q@example.test');
  b uuid := pg_temp.sign_up('r@example.test');
  p uuid[] := array(select gen_random_uuid() from generate_series(1, 3));
begin
  perform pg_temp.become('postgres');
  update public.models set credits_cost = 1 where id = 'sketch';
  delete from private.jobs;
  perform pg_temp.become('authenticated', a);
  perform public.request_generation(p[1], 'sketch', 'x', p_hf_loras => '{}', p_lora_scales => '{}');
  perform pg_temp.become('authenticated', b);
  perform public.request_generation(p[2], 'sketch', 'x', p_hf_loras => '{}', p_lora_scales => '{}');
  perform pg_temp.become('authenticated', a);
  perform public.request_generation(p[3], 'sketch', 'x', p_hf_loras => '{}', p_lora_scales => '{}');
  assert (public.queue_position(p[1]), public.queue_position(p[3])) = (0, 2) and public.queue_position(p[2]) is null;
  assert public.prioritize_generation(p[3]) = 0;
  assert public.queue_position(p[1]) = 2, 'it takes the other''s place';
  assert (pg_temp.outcome(format('select public.prioritize_generation(%L)', p[2]))).word = 'PT404 unknown_prompt';
  perform pg_temp.become('authenticated', b);
  assert public.queue_position(p[2]) = 1, 'nobody else waits longer';
end
$$;

-- Scheduled work: every task runs, one a call, and only when it is due.
reset role;
do $$
declare
  a uuid := pg_temp.sign_up('s@example.test');
  i uuid := pg_temp.image(a);
  old uuid := pg_temp.image(a);
  kept uuid := pg_temp.image(a);
  done text[] := '{}';
  said jsonb;
begin
  update public.generated_images set trashed_at = now() - interval '31 days' where id = i;
  insert into public.models (id, name, provider, version, metadata) values
    ('t-old', 'Old', 'openai', '1', '{"retires_on": "2020-01-01"}'), ('t-new', 'New', 'openai', '1', '{"retires_on": "2999-01-01"}');
  update private.jobs set state = 'done', finished_at = now() - interval '31 days' where image_id = old and kind = 'vision';
  update private.jobs set state = 'done', finished_at = now() - interval '29 days' where image_id = kept and kind = 'vision';
  insert into storage.objects (bucket_id, name, created_at) values
    ('generated-images', format('%s/%s/%s.webp', a, gen_random_uuid(), gen_random_uuid()), now() - interval '2 days');
  perform pg_temp.become('service_role');
  loop
    said := public.run_due_task();
    exit when said ->> 'task' is null;
    assert not coalesce(said -> 'result' ? 'error', false), said::text;
    done := done || (said ->> 'task');
    assert cardinality(done) < 40, done::text;
  end loop;
  perform pg_temp.become('postgres');
  assert (select array_agg(name order by name) from private.tasks) = array(select distinct t from unnest(done) t order by t);
  assert not exists (select from public.generated_images where id = i), 'trash';
  assert (select count(*) from private.jobs where kind = 'vision' and state = 'done') = 1, 'finished jobs are kept for a month';
  assert (select array_agg(id) from public.models where id in ('t-old', 't-new') and is_active) = '{t-new}';
  assert exists (select from private.storage_garbage where path like a || '/%.webp'), 'an orphan';
end
$$;
