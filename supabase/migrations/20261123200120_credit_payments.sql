-- What was paid for packs of credits, and how much of it went back. Tickets and events: see payment_events.

-- Packs that were paid for. `settled` of the credits are given up to refunds and disputes, `missing` of those had been
-- spent by then.
create table private.credit_payments (
  external_id text primary key,  -- the provider's payment
  user_id     uuid not null references auth.users (id) on delete cascade,
  credits     integer not null check (credits > 0),
  settled     integer not null default 0,
  missing     integer not null default 0,
  changes     integer not null default 0,
  ticket      bigint not null default 0,
  created_at  timestamptz not null default now(),
  constraint valid_settlement check (settled between 0 and credits and missing between 0 and settled)
);
create index credit_payments_user on private.credit_payments (user_id);
alter table private.credit_payments enable row level security;

-- Takes in how a payment for a pack stands: {applied, credited, taken} or {applied: false, reason}. p_payment: {id,
-- user_id, project, pack_id, credits, amount, withheld}. The credits are booked once. `withheld` of `amount`, both in
-- the currency's smallest unit, is what was refunded or is disputed by now, all in all; null: not asked. Its share of
-- the credits, rounded down, is taken back as far as they are there, and given back if it grows less: a dispute that
-- is won. Reasons as in apply_subscription_state, and `not_credits`: pays for something else.
create function public.apply_credit_payment(p_event_id text, p_ticket bigint, p_payment jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_id text := p_payment ->> 'id';
  v_row private.credit_payments;
  v_user uuid;
  v_credits integer;
  v_credited boolean := false;
  v_share integer;
  v_back integer;
  v_said jsonb;
begin
  if coalesce(v_id, '') = '' or p_ticket is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "payment"}');
  end if;
  if p_payment ->> 'project' is distinct from private.setting('project_id') #>> '{}' then
    return jsonb_build_object('applied', false, 'reason',
                              case when p_payment ->> 'project' is null then 'not_credits' else 'other_project' end);
  end if;
  v_user := (p_payment ->> 'user_id')::uuid;
  -- What was shown when the page was made counts, whatever the pack is now.
  v_credits := coalesce(
    (p_payment ->> 'credits')::integer,
    (select k.credits from public.credit_packs k where k.id = p_payment ->> 'pack_id'));
  if v_user is null or v_credits is null or v_credits <= 0 then
    return '{"applied": false, "reason": "not_credits"}';
  end if;
  perform 1 from public.profiles p where p.id = v_user for update;
  if not found then
    return '{"applied": false, "reason": "no_profile"}';
  elsif not private.take_payment_event(p_event_id) then
    return '{"applied": false, "reason": "replayed"}';
  end if;
  insert into private.credit_payments (external_id, user_id, credits) values (v_id, v_user, v_credits)
  on conflict (external_id) do nothing;
  if found then
    v_said := public.record_purchase(v_user, v_credits, v_id, 'credits ' || coalesce(p_payment ->> 'pack_id', ''));
    v_credited := (v_said ->> 'credited')::boolean;
  end if;
  select * into v_row from private.credit_payments c where c.external_id = v_id and c.user_id = v_user for update;
  if not found or p_payment ->> 'withheld' is null then
    return jsonb_build_object('applied', v_credited, 'credited', v_credited, 'taken', 0);
  elsif v_row.ticket >= p_ticket then
    return '{"applied": false, "reason": "stale"}';
  end if;

  v_share := least(v_row.credits, floor(
    v_row.credits::numeric * greatest((p_payment ->> 'withheld')::numeric, 0)
    / nullif(greatest((p_payment ->> 'amount')::numeric, 0), 0)));
  v_share := coalesce(v_share, 0);
  if v_share > v_row.settled then
    v_said := public.record_purchase(
      v_user, v_row.settled - v_share, v_id || ':back:' || v_row.changes + 1, 'credits taken back');
    v_row.missing := v_row.missing + (v_said ->> 'missing')::integer;
  elsif v_share < v_row.settled then
    -- What had been spent was never taken and does not come back.
    v_back := v_row.settled - v_share - least(v_row.missing, v_row.settled - v_share);
    v_row.missing := v_row.missing - least(v_row.missing, v_row.settled - v_share);
    if v_back > 0 then
      perform public.record_purchase(v_user, v_back, v_id || ':back:' || v_row.changes + 1, 'credits given back');
    end if;
  end if;
  update private.credit_payments c
     set settled = v_share, missing = v_row.missing, ticket = p_ticket,
         changes = v_row.changes + (v_share <> v_row.settled)::integer
   where c.external_id = v_id;
  return jsonb_build_object('applied', v_credited or v_share <> v_row.settled, 'credited', v_credited,
                            'taken', v_share - v_row.settled);
exception when invalid_text_representation or numeric_value_out_of_range then
  perform private.refuse('PT422', 'invalid_parameters', '{"field": "payment"}');
end
$$;
grant execute on function public.apply_credit_payment(text, bigint, jsonb) to service_role;
