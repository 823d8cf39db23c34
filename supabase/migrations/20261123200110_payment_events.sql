-- What the payment provider tells, taken in so that it may come twice, late and in any order.
--
-- Whoever handles an event first draws a ticket and then asks the provider how things stand now. Tickets are drawn
-- after the event happened, so that of two answers the one with the higher ticket is never the staler one: an answer
-- with a lower ticket than what is stored changes nothing. Events of one second need no order of their own.

create sequence private.payment_tickets;

-- Events that were applied. The provider repeats one for some days, and on demand for a month.
create table private.payment_events (
  event_id   text primary key,
  applied_at timestamptz not null default now()
);
create index payment_events_age on private.payment_events (applied_at);
alter table private.payment_events enable row level security;

-- Of each subscription: the answer that is stored, and whether the provider's latest invoice for it is paid.
create table private.subscription_reads (
  stripe_subscription_id text primary key references public.subscriptions (stripe_subscription_id)
                         on update cascade on delete cascade deferrable initially deferred,
  ticket                 bigint not null,
  is_paid                boolean not null
);
alter table private.subscription_reads enable row level security;

create index idx_subscriptions_customer on public.subscriptions (stripe_customer_id) where stripe_customer_id is not null;

-- As before, and only where the provider's latest invoice is paid: a period begins an hour before it is charged, and
-- the charge may fail. Subscriptions that the provider was never asked about count as paid.
create or replace function public.grant_monthly_credits(p_user_id uuid default null) returns integer
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
       and not exists (select from private.subscription_reads r
                        where r.stripe_subscription_id = s.stripe_subscription_id and not r.is_paid)
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
       and not exists (select from private.subscription_reads r
                        where r.stripe_subscription_id = s.stripe_subscription_id and not r.is_paid)
     order by m.begins
    on conflict (idempotency_key) do nothing;
    get diagnostics v_count = row_count;
    v_all := v_all + v_count;
  end loop;
  return v_all;
end
$$;

-- The plan that a price of the provider pays for. A price never changes there: `features.stripe_prices` lists the ones
-- of earlier days, which subscribers keep.
create function private.plan_of_price(p_price text) returns text
language sql stable set search_path = '' as $$
  select p.id from public.subscription_plans p
   where p_price in (p.features ->> 'stripe_price_month', p.features ->> 'stripe_price_year')
      or p.features -> 'stripe_prices' ? p_price
   order by p.is_active desc, p.id limit 1
$$;

-- Draws the ticket for an event: {ticket, applied}. Where it is applied already there is nothing to do.
create function public.begin_payment_event(p_event_id text) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if coalesce(p_event_id, '') = '' then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "event_id", "reason": "required"}');
  end if;
  return jsonb_build_object(
    'ticket', nextval('private.payment_tickets'),
    'applied', exists (select from private.payment_events e where e.event_id = p_event_id));
end
$$;
grant execute on function public.begin_payment_event(text) to service_role;

-- Remembers an event; false: it was applied before. Of two at once the second one waits here for the first.
create function private.take_payment_event(p_event_id text) returns boolean
language plpgsql set search_path = '' as $$
begin
  insert into private.payment_events (event_id) values (p_event_id) on conflict do nothing;
  return found;
end
$$;

-- Takes in how a subscription stands: {applied, granted} or {applied: false, reason}. p_subscription: {id, customer,
-- status, items: [{price, period_start, period_end}], cancel_at_period_end, canceled_at, ended_at, is_paid, user_id,
-- plan_id, project}; the last three are what was written to it when its page was made.
--   replayed       the event was applied before
--   stale          a newer answer is stored
--   other_project  another project's
--   unknown_user   nobody's that is known here
--   no_profile     its account is gone; ours to end, see claim_orphan_subscriptions
--   unknown_price  pays for something else
-- PT409 unknown_price: it is ours and no plan has its price; the event is kept open, so that it can come again once
-- the plan has it.
create function public.apply_subscription_state(
  p_event_id text, p_ticket bigint, p_event_at timestamptz, p_subscription jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_id text := p_subscription ->> 'id';
  v_known public.subscriptions;
  v_user uuid;
  v_item jsonb;
  v_plan text;
  v_ours boolean := p_subscription ->> 'project' is not distinct from private.setting('project_id') #>> '{}';
  v_start timestamptz;
  v_end timestamptz;
begin
  if coalesce(v_id, '') = '' or p_ticket is null or p_event_at is null
     or jsonb_typeof(p_subscription -> 'items') is distinct from 'array' then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "subscription"}');
  end if;
  if p_subscription ->> 'project' is not null and not v_ours then
    return '{"applied": false, "reason": "other_project"}';
  end if;
  select * into v_known from public.subscriptions s where s.stripe_subscription_id = v_id;
  v_user := coalesce(
    v_known.user_id, (p_subscription ->> 'user_id')::uuid,
    (select s.user_id from public.subscriptions s
      where s.stripe_customer_id = p_subscription ->> 'customer' order by s.created_at desc limit 1));
  if v_user is null then
    return '{"applied": false, "reason": "unknown_user"}';
  end if;
  perform 1 from public.profiles p where p.id = v_user for update;
  if not found then
    if v_ours and p_subscription ->> 'status' not in ('canceled', 'incomplete_expired') then
      insert into private.orphan_subscriptions (stripe_subscription_id) values (v_id) on conflict do nothing;
    end if;
    return '{"applied": false, "reason": "no_profile"}';
  end if;
  -- Under the lock: what it was before may be another answer by now.
  select * into v_known from public.subscriptions s where s.stripe_subscription_id = v_id;

  -- One price of several may be the plan's; others are extras.
  select i.item, private.plan_of_price(i.item ->> 'price') into v_item, v_plan
    from jsonb_array_elements(p_subscription -> 'items') with ordinality as i (item, place)
   order by private.plan_of_price(i.item ->> 'price') is null, i.place limit 1;
  if v_plan is null then
    -- A price that was taken out of its plan, and one that came with the page that we made.
    v_plan := case
      when v_known.metadata ->> 'price' = v_item ->> 'price' then v_known.plan_id
      when v_known.id is null and v_ours then
        (select p.id from public.subscription_plans p where p.id = p_subscription ->> 'plan_id')
    end;
  end if;
  if v_plan is null then
    if v_ours or v_known.id is not null then
      perform private.refuse('PT409', 'unknown_price', jsonb_build_object('price', v_item ->> 'price'));
    end if;
    return '{"applied": false, "reason": "unknown_price"}';
  end if;
  -- Not earlier: an event that came to nothing may be sent again when what was missing is there.
  if not private.take_payment_event(p_event_id) then
    return '{"applied": false, "reason": "replayed"}';
  elsif exists (select from private.subscription_reads r
                 where r.stripe_subscription_id = v_id and r.ticket >= p_ticket) then
    return '{"applied": false, "reason": "stale"}';
  end if;

  v_start := (v_item ->> 'period_start')::timestamptz;
  v_end := (v_item ->> 'period_end')::timestamptz;
  if p_subscription ->> 'status' = 'canceled' and not coalesce((p_subscription ->> 'is_paid')::boolean, true) then
    -- What nobody paid for ends when it ends.
    v_end := greatest(v_start, least(v_end, (p_subscription ->> 'ended_at')::timestamptz));
  end if;
  insert into private.subscription_reads as r (stripe_subscription_id, ticket, is_paid)
  values (v_id, p_ticket, coalesce((p_subscription ->> 'is_paid')::boolean, true))
  on conflict (stripe_subscription_id) do update set ticket = excluded.ticket, is_paid = excluded.is_paid;
  return public.apply_subscription_event(
    v_user, v_id, p_subscription ->> 'customer', v_plan, p_subscription ->> 'status', v_start, v_end,
    -- An older event brought the newer answer.
    greatest(v_known.last_event_at, p_event_at),
    (p_subscription ->> 'cancel_at_period_end')::boolean, (p_subscription ->> 'canceled_at')::timestamptz,
    jsonb_build_object('price', v_item ->> 'price'));
exception when invalid_text_representation or datetime_field_overflow or invalid_datetime_format or check_violation
            or not_null_violation then
  perform private.refuse('PT422', 'invalid_parameters', '{"field": "subscription"}');
end
$$;
grant execute on function public.apply_subscription_state(text, bigint, timestamptz, jsonb) to service_role;

-- Forgets events that the provider cannot send again: how many.
create function public.purge_payment_events() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_count integer;
begin
  delete from private.payment_events where applied_at < now() - interval '60 days';
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
grant execute on function public.purge_payment_events() to service_role;

insert into private.tasks (name, every) values ('purge_payment_events', '1 day') on conflict (name) do nothing;
