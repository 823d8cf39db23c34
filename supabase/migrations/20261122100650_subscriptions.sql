-- Who pays for which plan. The payment provider is the truth: its verified events arrive through
-- apply_subscription_event. profiles.subscription_* mirrors what a user is entitled to right now.
--
-- A late payment never takes away what a user owns: `past_due` keeps the tier until the period ends; credits that were
-- granted stay. `suspended` in the profile is moderation's word and is never written or lifted here.

create table public.subscriptions (
  id                     uuid primary key default gen_random_uuid(),
  user_id                uuid not null references auth.users (id) on delete cascade,
  stripe_subscription_id text unique,
  stripe_customer_id     text,
  plan_id                text not null references public.subscription_plans (id),
  status                 text not null,
  current_period_start   timestamptz not null,
  current_period_end     timestamptz not null,
  cancel_at_period_end   boolean not null default false,
  canceled_at            timestamptz,
  created_at             timestamptz not null default now(),
  updated_at             timestamptz not null default now(),
  metadata               jsonb not null default '{}',
  last_event_at          timestamptz,  -- of the provider's event that wrote the row; an older one changes nothing
  constraint valid_subscription_status check (status in (
    'active', 'canceled', 'incomplete', 'incomplete_expired', 'past_due', 'trialing', 'unpaid'
  )),
  constraint valid_period check (current_period_end >= current_period_start)
);
create index idx_subscriptions_user on public.subscriptions (user_id);
create index idx_subscriptions_status on public.subscriptions (status);
create index idx_subscriptions_period on public.subscriptions (current_period_end);
create index idx_subscriptions_plan on public.subscriptions (plan_id);

create trigger set_updated_at before update on public.subscriptions
  for each row execute function private.set_updated_at();

create function private.plan_tier(p_plan public.subscription_plans) returns text
language sql immutable set search_path = '' as $$
  select case
    when p_plan.features ->> 'tier' in ('pro', 'enterprise') then p_plan.features ->> 'tier'
    when p_plan.id in ('pro', 'enterprise') then p_plan.id
    else 'pro'
  end
$$;

-- Writes to the profile what the best of the user's subscriptions entitles him to at this moment.
create function private.mirror_subscription(p_user uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_best record;
  v_status text;
begin
  select s.status, s.current_period_end, private.plan_tier(p) as tier
    into v_best
    from public.subscriptions s join public.subscription_plans p on p.id = s.plan_id
   where s.user_id = p_user
     and (s.status in ('active', 'trialing')
          or s.status in ('past_due', 'canceled') and s.current_period_end > now())
   order by (s.status = 'canceled'), (private.plan_tier(p) = 'enterprise') desc, s.current_period_end desc
   limit 1;
  v_status := case v_best.status when 'canceled' then 'cancelled' else 'active' end;
  -- A suspended account keeps that word; what it paid for still shows.
  update public.profiles f
     set subscription_tier = coalesce(v_best.tier, 'free'),
         subscription_status = case f.subscription_status when 'suspended' then 'suspended' else v_status end,
         subscription_end_date = v_best.current_period_end
   where f.id = p_user
     and (f.subscription_tier, f.subscription_end_date, f.subscription_status)
         is distinct from (coalesce(v_best.tier, 'free'), v_best.current_period_end,
                           case f.subscription_status when 'suspended' then 'suspended' else v_status end);
end
$$;

create function private.sync_profile_subscription() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op <> 'INSERT' then
    perform private.mirror_subscription(old.user_id);
  end if;
  if tg_op = 'INSERT' or tg_op = 'UPDATE' and new.user_id <> old.user_id then
    perform private.mirror_subscription(new.user_id);
  end if;
  return null;
end
$$;
create trigger sync_profile_subscription after insert or update or delete on public.subscriptions
  for each row execute function private.sync_profile_subscription();

-- The months of a paid period that have begun, in UTC. A month that would begin within the period's last days is the
-- next period's: providers shorten the months of a subscription that began on the 29th to 31st.
create function private.begun_months(p_start timestamptz, p_end timestamptz) returns setof timestamptz
language sql stable set search_path = '' as $$
  select m.begins
    from generate_series(0, 11) as k (months)
    cross join lateral (
      select ((p_start at time zone 'utc') + make_interval(months => k.months)) at time zone 'utc' as begins) as m
   where m.begins <= now() and (k.months = 0 or m.begins < p_end - interval '15 days')
$$;

-- Grants the credits of each month that has begun within a paid period, once: a yearly plan in its third month has
-- had three grants. Answers how many it made. A change of plan grants nothing before the next period begins.
create function public.grant_monthly_credits(p_user_id uuid default null) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid;
  v_count integer;
  v_all integer := 0;
begin
  -- Whoever lacks a grant, in one order; his profile is locked before his ledger, as everywhere.
  for v_user in
    select distinct s.user_id
      from public.subscriptions s cross join lateral private.begun_months(s.current_period_start, s.current_period_end) as m (begins)
     where (p_user_id is null or s.user_id = p_user_id)
       and s.status in ('active', 'trialing')
       and not exists (
         select from public.credit_transactions t
         where t.idempotency_key = 'plan:' || s.id || ':' || (m.begins at time zone 'utc')::date)
     order by s.user_id limit 1000
  loop
    perform 1 from public.profiles where id = v_user for update;
    insert into public.credit_transactions (user_id, amount, type, description, reference_id, idempotency_key)
    select s.user_id, p.credits_per_month, 'purchase', 'plan ' || p.id, s.id,
           'plan:' || s.id || ':' || (m.begins at time zone 'utc')::date
      from public.subscriptions s
      join public.subscription_plans p on p.id = s.plan_id
      cross join lateral private.begun_months(s.current_period_start, s.current_period_end) as m (begins)
     where s.user_id = v_user and s.status in ('active', 'trialing')
     order by m.begins
    on conflict (idempotency_key) do nothing;
    get diagnostics v_count = row_count;
    v_all := v_all + v_count;
  end loop;
  return v_all;
end
$$;
grant execute on function public.grant_monthly_credits(uuid) to service_role;

-- Takes in a verified event of the payment provider: {applied}. Events may come twice and out of order; one that is
-- older than what is stored changes nothing. Of two of the same second, which is as fine as providers tell time, the
-- one that arrives last stands. A new paid month is granted at once.
create function public.apply_subscription_event(
  p_user_id uuid, p_stripe_subscription_id text, p_stripe_customer_id text, p_plan_id text, p_status text,
  p_period_start timestamptz, p_period_end timestamptz, p_event_at timestamptz,
  p_cancel_at_period_end boolean default false, p_canceled_at timestamptz default null, p_metadata jsonb default '{}')
returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from public.subscription_plans p where p.id = p_plan_id) then
    perform private.refuse('PT404', 'unknown_plan');
  elsif coalesce(p_stripe_subscription_id, '') = '' or p_event_at is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "stripe_subscription_id, event_at", "reason": "required"}');
  end if;
  -- What one user owns moves in one line: profile first, as everywhere.
  perform 1 from public.profiles where id = p_user_id for update;
  if not found then
    perform private.refuse('PT404', 'no_profile');
  end if;
  insert into public.subscriptions as s (
    user_id, stripe_subscription_id, stripe_customer_id, plan_id, status, current_period_start, current_period_end,
    cancel_at_period_end, canceled_at, metadata, last_event_at)
  values (
    p_user_id, p_stripe_subscription_id, p_stripe_customer_id, p_plan_id, p_status, p_period_start, p_period_end,
    coalesce(p_cancel_at_period_end, false), p_canceled_at, coalesce(p_metadata, '{}'), p_event_at)
  on conflict (stripe_subscription_id) do update
    set plan_id = excluded.plan_id, stripe_customer_id = excluded.stripe_customer_id, status = excluded.status,
        current_period_start = excluded.current_period_start, current_period_end = excluded.current_period_end,
        cancel_at_period_end = excluded.cancel_at_period_end, canceled_at = excluded.canceled_at,
        metadata = s.metadata || excluded.metadata, last_event_at = excluded.last_event_at
    where s.user_id = excluded.user_id and (s.last_event_at is null or s.last_event_at <= excluded.last_event_at);
  if not found then
    return '{"applied": false}';
  end if;
  return jsonb_build_object('applied', true, 'granted', public.grant_monthly_credits(p_user_id));
end
$$;
grant execute on function public.apply_subscription_event to service_role;

-- Books credits that were paid for outside of a plan: {credited, credits_balance, missing}. p_external_id is the
-- provider's payment; the same one counts once. A negative amount takes a disputed payment back, as far as there are
-- credits; what is missing is kept in the line's metadata, or told alone where there are none.
create function public.record_purchase(p_user_id uuid, p_amount integer, p_external_id text, p_description text default null)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_credited boolean := false;
  v_balance integer;
  v_amount integer;
begin
  if p_amount is null or p_amount = 0 or coalesce(p_external_id, '') = '' then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "amount"}');
  end if;
  select p.credits_balance into v_balance from public.profiles p where p.id = p_user_id for update;
  if not found then
    perform private.refuse('PT404', 'no_profile');
  end if;
  v_amount := greatest(p_amount, -v_balance);
  if v_amount <> 0 then
    insert into public.credit_transactions (user_id, amount, type, description, idempotency_key, metadata)
    values (p_user_id, v_amount, 'purchase', coalesce(p_description, 'credits'), 'stripe:' || p_external_id,
            case when v_amount <> p_amount then jsonb_build_object('missing', v_amount - p_amount) else '{}' end)
    on conflict (idempotency_key) do nothing;
    v_credited := found;
  end if;
  return (select jsonb_build_object('credited', v_credited, 'credits_balance', p.credits_balance,
                                    'missing', v_amount - p_amount)
            from public.profiles p where p.id = p_user_id);
end
$$;
grant execute on function public.record_purchase(uuid, integer, text, text) to service_role;

-- Subscriptions of accounts that are gone: somebody has to end them at the provider, who would go on charging.
create table private.orphan_subscriptions (
  stripe_subscription_id text primary key,
  created_at             timestamptz not null default now(),
  run_after              timestamptz not null default now()
);
create index orphan_subscriptions_due on private.orphan_subscriptions (run_after);
alter table private.orphan_subscriptions enable row level security;

create function private.keep_orphan_subscription() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if old.stripe_subscription_id is not null and old.status not in ('canceled', 'incomplete_expired') then
    insert into private.orphan_subscriptions (stripe_subscription_id) values (old.stripe_subscription_id)
    on conflict do nothing;
  end if;
  return null;
end
$$;
create trigger keep_orphan_subscription after delete on public.subscriptions
  for each row execute function private.keep_orphan_subscription();

-- For workers: ids to end at the provider, each hidden for ten minutes; and that they are ended.
create function public.claim_orphan_subscriptions(p_limit integer default 10) returns setof text
language sql security definer set search_path = '' as $$
  update private.orphan_subscriptions o set run_after = now() + interval '10 minutes'
   where o.stripe_subscription_id in (
     select d.stripe_subscription_id from private.orphan_subscriptions d
      where d.run_after <= now() order by d.run_after
      limit least(greatest(coalesce(p_limit, 10), 0), 100) for update skip locked)
  returning o.stripe_subscription_id
$$;
create function public.finish_orphan_subscription(p_stripe_subscription_id text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  delete from private.orphan_subscriptions where stripe_subscription_id = p_stripe_subscription_id;
  return found;
end
$$;
grant execute on function public.claim_orphan_subscriptions(integer), public.finish_orphan_subscription(text) to service_role;

alter table public.subscriptions enable row level security;

create policy "Users can view their own subscriptions" on public.subscriptions
  for select to authenticated using (user_id = (select auth.uid()) or (select private.is_admin()));

grant select on public.subscriptions to authenticated;
grant select, insert, update, delete on public.subscriptions to service_role;
