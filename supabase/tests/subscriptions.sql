-- Plans, their credits, and what a late payment does not do.

do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  b uuid := pg_temp.sign_up('b@example.test');
  t0 timestamptz := now() - interval '10 days';
  said jsonb;
  p public.profiles;
begin
  perform pg_temp.become('service_role');
  said := public.apply_subscription_event(a, 'sub_1', 'cus_1', 'pro', 'active', t0, t0 + interval '1 month', now() - interval '9 days');
  assert said = '{"applied": true, "granted": 1}', said::text;
  select * into p from public.profiles where id = a;
  assert (p.subscription_tier, p.subscription_status, p.credits_balance) = ('pro', 'active', 700), p::text;
  assert p.subscription_end_date = t0 + interval '1 month';

  -- the same event again, and an older one that comes late
  said := public.apply_subscription_event(a, 'sub_1', 'cus_1', 'pro', 'active', t0, t0 + interval '1 month', now() - interval '9 days');
  assert said ->> 'granted' = '0';
  said := public.apply_subscription_event(a, 'sub_1', 'cus_1', 'pro', 'incomplete', t0, t0 + interval '1 month', now() - interval '10 days');
  assert said = '{"applied": false}';
  assert public.grant_monthly_credits() = 0, 'granted once';

  -- a bigger plan in the middle of the period grants nothing more
  said := public.apply_subscription_event(a, 'sub_1', 'cus_1', 'enterprise', 'active', t0, t0 + interval '1 month', now() - interval '5 days');
  assert said ->> 'granted' = '0';
  select * into p from public.profiles where id = a;
  assert (p.subscription_tier, p.credits_balance) = ('enterprise', 700);

  -- the next period
  said := public.apply_subscription_event(a, 'sub_1', 'cus_1', 'enterprise', 'active', now(), now() + interval '1 month', now() - interval '4 days');
  assert said ->> 'granted' = '1' and (select credits_balance from public.profiles where id = a) = 3700;

  -- paying late keeps the tier until the period ends, and the credits for ever
  perform public.apply_subscription_event(a, 'sub_1', 'cus_1', 'enterprise', 'past_due', now(), now() + interval '1 month', now() - interval '3 days');
  select * into p from public.profiles where id = a;
  assert (p.subscription_tier, p.subscription_status) = ('enterprise', 'active');
  perform public.apply_subscription_event(a, 'sub_1', 'cus_1', 'enterprise', 'unpaid', now(), now() + interval '1 month', now() - interval '2 days');
  select * into p from public.profiles where id = a;
  assert (p.subscription_tier, p.subscription_status, p.credits_balance) = ('free', 'active', 3700);
  assert public.grant_monthly_credits() = 0;

  -- ended by the user: what is paid for lasts until its end
  perform public.apply_subscription_event(a, 'sub_1', 'cus_1', 'pro', 'canceled', now() - interval '1 month', now() + interval '1 hour', now() - interval '1 day');
  select * into p from public.profiles where id = a;
  assert (p.subscription_tier, p.subscription_status) = ('pro', 'cancelled');
  perform pg_temp.become('postgres');
  update public.subscriptions set current_period_end = now() - interval '1 second' where user_id = a;
  update public.profiles set subscription_tier = 'pro', subscription_end_date = now() - interval '1 second' where id = a;
  assert public.resync_subscriptions() = 1;
  assert (select subscription_tier from public.profiles where id = a) = 'free', 'ends by time alone';

  -- a yearly plan in its third month
  perform pg_temp.become('service_role');
  said := public.apply_subscription_event(b, 'sub_2', 'cus_2', 'pro', 'active', now() - interval '70 days', now() + interval '295 days', now());
  assert said ->> 'granted' = '3' and (select credits_balance from public.profiles where id = b) = 1900, said::text;
  -- months that a provider shortens are still one grant each, in any time zone
  perform pg_temp.become('postgres');
  set local timezone = 'Europe/Paris';
  assert (select array_agg(m order by m) from private.begun_months('2026-02-28 12:00Z', '2026-03-31 12:00Z') m) = array['2026-02-28 12:00Z'::timestamptz];
  assert (select array_agg(m order by m) from private.begun_months('2026-03-15 00:30Z', '2026-04-15 00:30Z') m) = array['2026-03-15 00:30Z'::timestamptz];
  assert (select count(*) from private.begun_months('2025-01-31 12:00Z', '2026-01-31 12:00Z')) = 12;
  perform pg_temp.become('service_role');
  -- two events of one second
  perform public.apply_subscription_event(a, 'sub_3', 'cus_1', 'pro', 'incomplete', now(), now() + interval '1 month', now());
  assert public.apply_subscription_event(a, 'sub_3', 'cus_1', 'pro', 'active', now(), now() + interval '1 month', now()) ->> 'granted' = '1';
  assert (pg_temp.outcome(format('select public.apply_subscription_event(%L, null, ''c'', ''pro'', ''active'', now(), now(), now())', a))).word = 'PT422 invalid_parameters';
  -- nobody takes over another user's subscription
  said := public.apply_subscription_event(a, 'sub_2', 'cus_2', 'pro', 'active', now(), now() + interval '1 month', now() + interval '1 hour');
  assert said = '{"applied": false}' and (select user_id from public.subscriptions where stripe_subscription_id = 'sub_2') = b;
  assert (pg_temp.outcome(format('select public.apply_subscription_event(%L, ''s'', ''c'', ''ghost'', ''active'', now(), now(), now())', a))).word = 'PT404 unknown_plan';

  -- packs of credits, and one that was disputed
  assert public.record_purchase(b, 50, 'pi_1') = '{"credited": true, "credits_balance": 1950, "missing": 0}';
  assert public.record_purchase(b, 50, 'pi_1') ->> 'credited' = 'false';
  assert public.record_purchase(b, -50, 'pi_1-dispute') ->> 'credits_balance' = '1900';
  assert public.record_purchase(b, -2000, 'pi_2-dispute') = '{"credited": true, "credits_balance": 0, "missing": 100}', 'spent already';
  assert public.record_purchase(b, -5, 'pi_3-dispute') = '{"credited": false, "credits_balance": 0, "missing": 5}';

  -- moderation's word is not lifted by a payment
  perform pg_temp.become('postgres');
  update public.profiles set subscription_status = 'suspended' where id = b;
  perform public.apply_subscription_event(b, 'sub_2', 'cus_2', 'enterprise', 'active', now(), now() + interval '1 month', now() + interval '2 hours');
  select * into p from public.profiles where id = b;
  assert (p.subscription_tier, p.subscription_status) = ('enterprise', 'suspended');
end
$$;

-- Payment pages: asked by a user, answered by a worker, once.
do $$
declare
  a uuid := pg_temp.sign_up('c@example.test');
  b uuid := pg_temp.sign_up('d@example.test');
  c uuid := gen_random_uuid();
  said jsonb;
begin
  perform pg_temp.become('authenticated', a);
  said := public.request_checkout(c, 'pro', 'year');
  assert said ->> 'status' = 'pending' and public.request_checkout(c, 'pro', 'year') = said;
  assert (pg_temp.outcome(format('select public.request_checkout(%L, ''pro'', ''month'')', c))).word = 'PT409 id_reused';
  assert (pg_temp.outcome('select public.request_checkout(gen_random_uuid(), ''ghost'')')).word = 'PT404 unknown_plan';
  assert (pg_temp.outcome('select public.request_checkout(gen_random_uuid(), ''pro'', ''week'')')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.request_portal(gen_random_uuid())')).word = 'PT409 no_subscription';
  perform pg_temp.become('authenticated', b);
  assert (pg_temp.outcome(format('select public.request_checkout(%L, ''pro'', ''year'')', c))).word = 'PT409 id_conflict';
  perform pg_temp.become('service_role');
  select j into said from public.claim_checkouts() j where j ->> 'id' = c::text;
  assert said ->> 'email' = 'c@example.test' and said ->> 'period' = 'year', said::text;
  assert not exists (select from public.claim_checkouts() j where j ->> 'id' = c::text), 'held';
  assert public.finish_checkout(c, 'https://pay.example.test/1') and not public.finish_checkout(c, 'https://pay.example.test/2');
  perform pg_temp.become('authenticated', a);
  assert (select url from public.checkout_requests where id = c) = 'https://pay.example.test/1';
end
$$;
