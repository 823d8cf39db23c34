-- Credits for watching an ad. start_ad hands out a claim that is good for one reward; a house ad is believed once its
-- length has passed, a network's ad once the network's server has said so (verify_ad). The day is the UTC day.

insert into private.settings (key, value) values
  ('ad_reward_credits', '1'),
  ('ad_seconds', '15'),        -- length of a house ad
  ('ad_claim_minutes', '60')   -- a claim not redeemed by then is void
on conflict (key) do nothing;

create table private.ad_claims (
  id             uuid primary key default gen_random_uuid(),
  user_id        uuid not null references auth.users (id) on delete cascade,
  network        text not null,
  ready_at       timestamptz not null,  -- house: not before; network: no meaning
  expires_at     timestamptz not null,
  verified_at    timestamptz,           -- when the network's server vouched for it
  transaction_id text unique,           -- the network's own, so that one view counts once
  rewarded_at    timestamptz,
  created_at     timestamptz not null default now(),
  constraint valid_network check (network ~ '^[a-z0-9_-]{1,40}$')
);
create index ad_claims_user on private.ad_claims (user_id, created_at desc);
create index ad_claims_expired on private.ad_claims (expires_at);
alter table private.ad_claims enable row level security;

-- The caller's profile, locked, with the counter of today; or a refusal.
create function private.ad_watcher() returns public.profiles
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_today date := (now() at time zone 'utc')::date;
  v_profile public.profiles;
begin
  if v_user is null then
    perform private.refuse('PT401', 'not_authenticated');
  end if;
  select * into v_profile from public.profiles where id = v_user for update;
  if not found then
    perform private.refuse('PT403', 'no_profile');
  end if;
  if v_profile.ads_day < v_today then
    v_profile.ads_watched_today := 0;
    v_profile.ads_day := v_today;
  end if;
  return v_profile;
end
$$;

create function private.refuse_ads(p_profile public.profiles) returns void
language plpgsql set search_path = '' as $$
begin
  if p_profile.subscription_status = 'suspended' then
    perform private.refuse('PT403', 'account_suspended');
  elsif not p_profile.ads_enabled then
    perform private.refuse('PT403', 'ads_disabled');
  elsif p_profile.ads_watched_today >= p_profile.daily_ads_limit then
    perform private.refuse('PT429', 'ads_limit', jsonb_build_object('limit', p_profile.daily_ads_limit));
  end if;
end
$$;

-- Begins an ad: {claim_id, network, ready_at, expires_at, remaining}. An earlier claim that was not redeemed is void:
-- nobody watches two at once.
create function public.start_ad(p_network text default 'house') returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_profile public.profiles := private.ad_watcher();
  v_claim private.ad_claims;
begin
  perform private.refuse_ads(v_profile);
  delete from private.ad_claims where user_id = v_profile.id and rewarded_at is null and verified_at is null;
  insert into private.ad_claims (user_id, network, ready_at, expires_at)
  values (v_profile.id, p_network,
          now() + make_interval(secs => private.setting('ad_seconds')::integer),
          now() + make_interval(mins => private.setting('ad_claim_minutes')::integer))
  returning * into v_claim;
  return jsonb_build_object(
    'claim_id', v_claim.id, 'network', v_claim.network, 'ready_at', v_claim.ready_at, 'expires_at', v_claim.expires_at,
    'remaining', v_profile.daily_ads_limit - v_profile.ads_watched_today);
exception when check_violation or not_null_violation then
  perform private.refuse('PT422', 'invalid_parameters', '{"field": "network"}');
end
$$;
grant execute on function public.start_ad(text) to authenticated;

-- For the service that receives the network's callback, after it has verified the signature: whether it counted.
create function public.verify_ad(p_claim_id uuid, p_network text, p_transaction_id text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  update private.ad_claims
     set verified_at = now(), transaction_id = p_transaction_id
   where id = p_claim_id and network = p_network and network <> 'house' and verified_at is null
     and p_transaction_id <> '';
  return found;
exception when unique_violation then
  return false;
end
$$;
grant execute on function public.verify_ad(uuid, text, text) to service_role;

-- Redeems a claim: {credited, amount, ads_watched_today, remaining, credits_balance}; redeemed again, credited is false.
-- PT404 unknown_claim · PT409 ad_not_finished {ready_at}, ad_not_verified · PT410 claim_expired · PT429 ads_limit.
create function public.claim_ad_reward(p_claim_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_profile public.profiles := private.ad_watcher();
  v_claim private.ad_claims;
  v_amount integer := private.setting('ad_reward_credits')::integer;
begin
  select * into v_claim from private.ad_claims where id = p_claim_id and user_id = v_profile.id for update;
  if not found then
    perform private.refuse('PT404', 'unknown_claim');
  end if;
  if v_claim.rewarded_at is null then
    perform private.refuse_ads(v_profile);
    if v_claim.expires_at <= now() then
      perform private.refuse('PT410', 'claim_expired');
    elsif v_claim.network = 'house' and v_claim.ready_at > now() then
      perform private.refuse('PT409', 'ad_not_finished', jsonb_build_object('ready_at', v_claim.ready_at));
    elsif v_claim.network <> 'house' and v_claim.verified_at is null then
      perform private.refuse('PT409', 'ad_not_verified');
    end if;
    update private.ad_claims set rewarded_at = now() where id = v_claim.id;
    v_profile.ads_watched_today := v_profile.ads_watched_today + 1;
    update public.profiles
       set ads_watched_today = v_profile.ads_watched_today, ads_day = v_profile.ads_day
     where id = v_profile.id;
    insert into public.credit_transactions (user_id, amount, type, description, reference_id, idempotency_key)
    values (v_profile.id, v_amount, 'ads_reward', 'ad watched', v_claim.id, 'ad:' || v_claim.id);
    v_profile.credits_balance := v_profile.credits_balance + v_amount;
  end if;
  return jsonb_build_object(
    'credited', v_claim.rewarded_at is null, 'amount', v_amount, 'ads_watched_today', v_profile.ads_watched_today,
    'remaining', greatest(0, v_profile.daily_ads_limit - v_profile.ads_watched_today),
    'credits_balance', v_profile.credits_balance);
end
$$;
grant execute on function public.claim_ad_reward(uuid) to authenticated;

-- A new day for everybody who watched yesterday, and the claims nobody redeemed: how many counters went to zero.
create function public.reset_daily_ads() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_today date := (now() at time zone 'utc')::date;
  v_count integer;
begin
  update public.profiles
     set ads_watched_today = 0, ads_day = v_today
   where id in (
     select p.id from public.profiles p
      where p.ads_day < v_today and p.ads_watched_today > 0 order by p.id for update skip locked);
  get diagnostics v_count = row_count;
  delete from private.ad_claims where rewarded_at is null and expires_at < now();
  delete from private.ad_claims where rewarded_at < now() - interval '90 days';
  return v_count;
end
$$;
grant execute on function public.reset_daily_ads() to service_role;
