-- Packs of credits, and what the payment provider tells: once, in any order, and to nobody but workers.

-- Who sees and asks what.
do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  boss uuid := pg_temp.sign_up('boss@example.test');
  c uuid := gen_random_uuid();
  o uuid := gen_random_uuid();
  said jsonb;
begin
  update public.profiles set is_admin = true where id = boss;
  update public.credit_packs set is_active = false where id = 'pack-1000';
  perform pg_temp.become('anon');
  assert (select array_agg(id) from public.credit_packs) = array['pack-200'];
  assert (pg_temp.outcome('select public.request_credits(gen_random_uuid(), ''pack-200'')')).word = '42501';
  perform pg_temp.become('authenticated', boss);
  update public.credit_packs set price = 590, stripe_price = 'price_pack' where id = 'pack-200';
  assert (select count(*) from public.credit_packs) = 2;
  assert (select detail #>> '{after,price}' from public.admin_actions where action = 'credit_packs.update') = '590';

  perform pg_temp.become('authenticated', a);
  assert (pg_temp.outcome('select public.request_credits(gen_random_uuid(), ''pack-1000'')')).word = 'PT404 unknown_pack';
  assert (pg_temp.outcome('select public.request_credits(null, ''pack-200'')')).word = 'PT422 invalid_parameters';
  said := public.request_credits(c, 'pack-200');
  assert said ->> 'status' = 'pending' and public.request_credits(c, 'pack-200') = said, said::text;
  assert (pg_temp.outcome(format('select public.request_checkout(%L, ''pro'')', c))).word = 'PT409 id_reused';
  perform public.request_checkout(o, 'pro', 'year');
  assert (pg_temp.outcome('select public.begin_payment_event(''evt'')')).word = '42501';
  assert (pg_temp.outcome('select public.apply_subscription_state(''evt'', 1, now(), ''{}'')')).word = '42501';
  assert (pg_temp.outcome('select public.apply_credit_payment(''evt'', 1, ''{}'')')).word = '42501';
  assert (pg_temp.outcome('select * from private.credit_payments')).word = '42501';

  perform pg_temp.become('postgres');
  update public.subscription_plans set features = features || '{"stripe_price_year": "price_year"}' where id = 'pro';
  perform pg_temp.become('service_role');
  select j into said from public.claim_checkouts() j where j ->> 'id' = c::text;
  assert said ->> 'kind' = 'credits' and said ->> 'credits' = '200' and said ->> 'stripe_price' = 'price_pack'
     and said ->> 'subscribed' = 'false' and said ->> 'round' = '0' and said ->> 'project' is not null, said::text;
  perform pg_temp.become('postgres');
  insert into public.subscriptions (user_id, stripe_subscription_id, plan_id, status, current_period_start, current_period_end)
  values (a, 'sub_had', 'pro', 'past_due', now(), now());
  update public.checkout_requests set run_after = now(), created_at = now() - interval '6 minutes' where id = o;
  perform pg_temp.become('service_role');
  select j into said from public.claim_checkouts() j where j ->> 'id' = o::text;
  assert said ->> 'stripe_price' = 'price_year' and said ->> 'subscribed' = 'true' and said ->> 'round' = '1', said::text;
  perform pg_temp.become('postgres');
end
$$;

-- The catalogue reaches devices.
do $$
begin
  assert (select count(*) from public.sync_changes where table_name = 'credit_packs' and user_id is null and op = 'upsert') = 2;
  assert private.sync_row('credit_packs', 'pack-200', null) ->> 'credits' = '200';
end
$$;

create function pg_temp.subscription(p_id text, p_user uuid, p_more jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object(
    'id', p_id, 'customer', 'cus_' || p_id, 'status', 'active', 'is_paid', true, 'user_id', p_user,
    'project', private.setting('project_id'), 'cancel_at_period_end', false,
    'items', jsonb_build_array(jsonb_build_object(
      'price', 'price_pro', 'period_start', now() - interval '1 day', 'period_end', now() + interval '30 days'))) || p_more
$$;

-- How a subscription stands.
do $$
declare
  a uuid := pg_temp.sign_up('c@example.test');
  gone uuid := gen_random_uuid();
  s jsonb := pg_temp.subscription('sub_1', a);
  old bigint;
  new bigint;
  said jsonb;
begin
  update public.subscription_plans
     set features = features || '{"stripe_price_month": "price_pro", "stripe_prices": ["price_of_old"]}' where id = 'pro';
  assert private.plan_of_price('price_of_old') = 'pro' and private.plan_of_price('price_ghost') is null;
  old := (public.begin_payment_event('evt_0') ->> 'ticket')::bigint;
  new := (public.begin_payment_event('evt_1') ->> 'ticket')::bigint;
  assert new > old;
  assert (pg_temp.outcome('select public.begin_payment_event('''')')).word = 'PT422 invalid_parameters';

  -- not paid yet: the tier, and no credits
  said := public.apply_subscription_state('evt_1', new, now(), s || '{"is_paid": false}');
  assert said = '{"applied": true, "granted": 0}', said::text;
  assert public.grant_monthly_credits() = 0;
  assert public.begin_payment_event('evt_1') ->> 'applied' = 'true';
  assert public.apply_subscription_state('evt_1', new + 100, now(), s) ->> 'reason' = 'replayed';
  -- of the same second, asked before: stale, though it says more
  assert public.apply_subscription_state('evt_0', old, now(), s) ->> 'reason' = 'stale';
  -- an older event whose answer is newer
  said := public.apply_subscription_state('evt_2', new + 1, now() - interval '1 hour', s);
  assert said = '{"applied": true, "granted": 1}', said::text;
  assert (select credits_balance from public.profiles where id = a) = 700;

  -- a price that left its plan, one that nobody knows, one among others
  update public.subscription_plans set features = features - 'stripe_price_month' where id = 'pro';
  assert public.apply_subscription_state('evt_3', new + 2, now(), s) ->> 'applied' = 'true';
  assert (pg_temp.outcome(format('select public.apply_subscription_state(''evt_4'', %s, now(), %L)', new + 3,
    s || '{"items": [{"price": "price_ghost"}]}'))).word = 'PT409 unknown_price';
  assert public.begin_payment_event('evt_4') ->> 'applied' = 'false';
  assert public.apply_subscription_state('evt_4', new + 3, now(),
    jsonb_set(s, '{items,1}', (s #> '{items,0}') || '{"price": "price_of_old"}')) ->> 'applied' = 'true';
  assert (select metadata ->> 'price' from public.subscriptions where stripe_subscription_id = 'sub_1') = 'price_of_old';

  -- what does not concern us is left alone, and may come again
  assert public.apply_subscription_state('evt_5', new + 4, now(), pg_temp.subscription('sub_2', a, '{"project": "another"}'))
    ->> 'reason' = 'other_project';
  assert public.apply_subscription_state('evt_5', new + 4, now(),
    pg_temp.subscription('sub_2', null, '{"project": null}')) ->> 'reason' = 'unknown_user';
  assert public.apply_subscription_state('evt_5', new + 4, now(), pg_temp.subscription('sub_2', a,
    '{"project": null, "items": [{"price": "price_ghost"}]}')) ->> 'reason' = 'unknown_price';
  assert public.begin_payment_event('evt_5') ->> 'applied' = 'false';
  -- known by its customer, and by the plan that its page was for
  said := public.apply_subscription_state('evt_5', new + 4, now(), pg_temp.subscription('sub_2', null,
    '{"project": null, "customer": "cus_sub_1", "items": [{"price": "price_of_old", "period_start": "2026-01-01", "period_end": "2026-01-02"}]}'));
  assert said ->> 'applied' = 'true', said::text;
  said := public.apply_subscription_state('evt_6', new + 5, now(), pg_temp.subscription('sub_3', a, '{"plan_id": "enterprise"}'));
  assert (select plan_id from public.subscriptions where stripe_subscription_id = 'sub_3') = 'enterprise', said::text;

  -- ended without having been paid for: at once
  said := public.apply_subscription_state('evt_7', new + 6, now(), pg_temp.subscription('sub_3', a,
    jsonb_build_object('status', 'canceled', 'is_paid', false, 'plan_id', 'enterprise', 'ended_at', now() - interval '1 hour')));
  assert (select current_period_end from public.subscriptions where stripe_subscription_id = 'sub_3') = now() - interval '1 hour';

  -- paid for by an account that is gone: ended at the provider, if it is ours
  assert public.apply_subscription_state('evt_8', new + 7, now(), pg_temp.subscription('sub_4', gone)) ->> 'reason' = 'no_profile';
  perform public.apply_subscription_state('evt_9', new + 8, now(), pg_temp.subscription('sub_5', gone, '{"project": null}'));
  perform public.apply_subscription_state('evt_9', new + 8, now(), pg_temp.subscription('sub_6', gone, '{"status": "canceled"}'));
  assert (select array_agg(o) from public.claim_orphan_subscriptions() o) = array['sub_4'];

  assert (pg_temp.outcome(format('select public.apply_subscription_state(''evt_x'', 99, now(), %L)',
    pg_temp.subscription('sub_7', a, '{"status": "odd", "plan_id": "pro"}')))).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.apply_subscription_state(''evt_x'', 99, now(), ''{"id": "s"}'')')).word = 'PT422 invalid_parameters';
  delete from public.subscriptions where user_id = a;
  assert not exists (select from private.subscription_reads);
end
$$;

-- How a payment for a pack stands.
do $$
declare
  a uuid := pg_temp.sign_up('d@example.test');
  p jsonb := jsonb_build_object('id', 'pi_1', 'user_id', a, 'project', private.setting('project_id'),
                                'pack_id', 'pack-200', 'credits', 210, 'amount', 490);
  t bigint := (public.begin_payment_event('evt_p') ->> 'ticket')::bigint;
  said jsonb;
begin
  said := public.apply_credit_payment('evt_p1', t, p);
  assert said = '{"applied": true, "credited": true, "taken": 0}', said::text;
  assert public.apply_credit_payment('evt_p1', t, p) ->> 'reason' = 'replayed';
  assert public.apply_credit_payment('evt_p2', t, p) ->> 'applied' = 'false', 'another event of the same payment';
  assert (select credits_balance from public.profiles where id = a) = 310;

  -- a third is refunded, told twice, and told late as less
  assert public.apply_credit_payment('evt_p3', t + 3, p || '{"withheld": 165}') ->> 'taken' = '70';
  assert public.apply_credit_payment('evt_p4', t + 4, p || '{"withheld": 165}') ->> 'taken' = '0';
  assert public.apply_credit_payment('evt_p5', t + 2, p || '{"withheld": 100}') ->> 'reason' = 'stale';
  assert (select credits_balance from public.profiles where id = a) = 240;
  -- the rest is disputed, of which 20 are spent; won again, what was taken comes back
  insert into public.credit_transactions (user_id, amount, type) values (a, -120, 'usage');
  assert public.apply_credit_payment('evt_p6', t + 5, p || '{"withheld": 490}') ->> 'taken' = '140';
  assert (select credits_balance from public.profiles where id = a) = 0;
  assert (select (settled, missing) from private.credit_payments where external_id = 'pi_1') = (210, 20);
  assert public.apply_credit_payment('evt_p7', t + 6, p || '{"withheld": 165}') ->> 'taken' = '-140';
  assert (select credits_balance from public.profiles where id = a) = 120;
  assert (select (settled, missing) from private.credit_payments where external_id = 'pi_1') = (70, 0);

  -- refunded before it was told that it was bought
  said := public.apply_credit_payment('evt_p8', t + 7, p || '{"id": "pi_2", "withheld": 490}');
  assert said = '{"applied": true, "credited": true, "taken": 210}', said::text;
  assert public.apply_credit_payment('evt_p9', t + 8, p || '{"id": "pi_2"}') ->> 'applied' = 'false';
  assert (select credits_balance from public.profiles where id = a) = 120;
  -- the pack tells how many, where the page did not
  said := public.apply_credit_payment('evt_p10', t + 9, (p - 'credits') || '{"id": "pi_3"}');
  assert (select credits from private.credit_payments where external_id = 'pi_3') = 200, said::text;

  assert public.apply_credit_payment('evt_p11', t + 9, p || '{"id": "pi_4", "project": null}') ->> 'reason' = 'not_credits';
  assert public.apply_credit_payment('evt_p11', t + 9, p || '{"id": "pi_4", "project": "x"}') ->> 'reason' = 'other_project';
  assert public.apply_credit_payment('evt_p11', t + 9, (p - 'credits' - 'pack_id') || '{"id": "pi_4"}') ->> 'reason' = 'not_credits';
  assert public.apply_credit_payment('evt_p11', t + 9, p || '{"id": "pi_4", "user_id": "00000000-0000-4000-8000-000000000009"}')
    ->> 'reason' = 'no_profile';
  assert (pg_temp.outcome(format('select public.apply_credit_payment(''evt_p12'', 99, %L)', p || '{"id": "pi_4", "credits": "many"}'))).word
    = 'PT422 invalid_parameters';
end
$$;

-- What is kept, and for how long.
do $$
begin
  update private.payment_events set applied_at = now() - interval '61 days' where event_id = 'evt_p1';
  assert public.purge_payment_events() = 1;
  assert exists (select from private.tasks where name = 'purge_payment_events');
end
$$;
