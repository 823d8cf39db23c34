-- Credits for ads: one a claim, none too early, none too many.

do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  b uuid := pg_temp.sign_up('b@example.test');
  c uuid;
  said jsonb;
begin
  perform pg_temp.become('authenticated', a);
  c := public.start_ad() ->> 'claim_id';
  assert (pg_temp.outcome(format('select public.claim_ad_reward(%L)', c))).word = 'PT409 ad_not_finished';
  perform pg_temp.become('authenticated', b);
  assert (pg_temp.outcome(format('select public.claim_ad_reward(%L)', c))).word = 'PT404 unknown_claim', 'somebody else''s';
  perform pg_temp.become('postgres');
  update private.ad_claims set ready_at = now() where id = c;
  perform pg_temp.become('authenticated', a);
  said := public.claim_ad_reward(c);
  assert said = '{"credited": true, "amount": 1, "ads_watched_today": 1, "remaining": 4, "credits_balance": 101}', said::text;
  said := public.claim_ad_reward(c);
  assert said ->> 'credited' = 'false' and said ->> 'credits_balance' = '101', 'once';

  -- a second ad voids the first claim
  c := public.start_ad() ->> 'claim_id';
  perform public.start_ad();
  assert (pg_temp.outcome(format('select public.claim_ad_reward(%L)', c))).word = 'PT404 unknown_claim';

  -- a network's ad counts when its server says so, and one view once
  c := public.start_ad('admob') ->> 'claim_id';
  assert (pg_temp.outcome(format('select public.claim_ad_reward(%L)', c))).word = 'PT409 ad_not_verified';
  perform pg_temp.become('service_role');
  assert not public.verify_ad(c, 'other', 'tx-1') and public.verify_ad(c, 'admob', 'tx-1') and not public.verify_ad(c, 'admob', 'tx-1');
  perform pg_temp.become('authenticated', a);
  assert public.claim_ad_reward(c) ->> 'ads_watched_today' = '2';
  c := public.start_ad('admob') ->> 'claim_id';
  assert (pg_temp.outcome('select public.start_ad(null)')).word = 'PT422 invalid_parameters';
  perform pg_temp.become('service_role');
  assert not public.verify_ad(c, 'admob', 'tx-1'), 'the same view';

  -- late, and the day's limit
  perform pg_temp.become('postgres');
  update private.ad_claims set verified_at = now(), expires_at = now() - interval '1 second' where id = c;
  perform pg_temp.become('authenticated', a);
  assert (pg_temp.outcome(format('select public.claim_ad_reward(%L)', c))).word = 'PT410 claim_expired';
  for i in 3 .. 5 loop
    c := public.start_ad() ->> 'claim_id';
    perform pg_temp.become('postgres');
    update private.ad_claims set ready_at = now() where id = c;
    perform pg_temp.become('authenticated', a);
    perform public.claim_ad_reward(c);
  end loop;
  assert (pg_temp.outcome('select public.start_ad()')).word = 'PT429 ads_limit';

  -- a new day
  perform pg_temp.become('postgres');
  update public.profiles set ads_day = ads_day - 1 where id = a;
  assert public.reset_daily_ads() = 1;
  assert (select ads_watched_today from public.profiles where id = a) = 0;
  perform pg_temp.become('authenticated', a);
  assert public.start_ad() ->> 'remaining' = '5';
  update public.profiles set ads_enabled = false where id = a;
  assert (pg_temp.outcome('select public.start_ad()')).word = 'PT403 ads_disabled';
  perform pg_temp.become('authenticated', null);
  assert (pg_temp.outcome('select public.start_ad()')).word = 'PT401 not_authenticated';
  perform pg_temp.become('postgres');
  assert (select (credits_balance, ads_credits_earned, lifetime_credits) from public.profiles where id = a) = (105, 5, 105);
end
$$;
