-- Addresses of the payment provider's pages. A user asks, a worker who knows the provider's key asks there and writes
-- the address, and the row reaches the user's devices by the feed.

create table public.checkout_requests (
  id         uuid primary key,  -- chosen by the client: asked twice is asked once
  user_id    uuid not null references auth.users (id) on delete cascade,
  kind       text not null,
  plan_id    text references public.subscription_plans (id),
  period     text,
  status     text not null default 'pending',
  url        text,
  error      text,              -- a stable code
  expires_at timestamptz,       -- of the address
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  run_after  timestamptz not null default now(),  -- while a worker holds it: until when
  constraint valid_kind check (kind in ('checkout', 'portal')),
  constraint valid_plan check ((kind = 'checkout') = (plan_id is not null and period is not null)),
  constraint valid_period check (period in ('month', 'year')),
  constraint valid_checkout_status check (status in ('pending', 'ready', 'failed')),
  constraint valid_url check ((status = 'ready') = (url is not null) and url like 'https://%')
);
create index idx_checkout_user on public.checkout_requests (user_id, created_at desc);
create index idx_checkout_plan on public.checkout_requests (plan_id) where plan_id is not null;
create index idx_checkout_pending on public.checkout_requests (run_after) where status = 'pending';

create trigger set_updated_at before update on public.checkout_requests
  for each row execute function private.set_updated_at();

create function private.request_payment_page(p_id uuid, p_kind text, p_plan_id text, p_period text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_row public.checkout_requests;
begin
  if v_user is null then
    perform private.refuse('PT401', 'not_authenticated');
  elsif p_id is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "id", "reason": "required"}');
  end if;
  perform 1 from public.profiles where id = v_user for update;
  select * into v_row from public.checkout_requests where id = p_id;
  if not found then
    if (select count(*) from public.checkout_requests c
         where c.user_id = v_user and c.created_at > now() - interval '1 hour') >= 20 then
      perform private.refuse('PT429', 'too_many_checkouts');
    end if;
    insert into public.checkout_requests (id, user_id, kind, plan_id, period)
    values (p_id, v_user, p_kind, p_plan_id, p_period) returning * into v_row;
  elsif v_row.user_id <> v_user then
    perform private.refuse('PT409', 'id_conflict');
  elsif (v_row.kind, v_row.plan_id, v_row.period) is distinct from (p_kind, p_plan_id, p_period) then
    perform private.refuse('PT409', 'id_reused');
  end if;
  return jsonb_build_object('id', v_row.id, 'status', v_row.status, 'url', v_row.url, 'error', v_row.error);
end
$$;

-- Asks for the page to subscribe to a plan: {id, status, url, error}; the same id again answers how far it is.
create function public.request_checkout(p_id uuid, p_plan_id text, p_period text default 'month') returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from public.subscription_plans p where p.id = p_plan_id and p.is_active) then
    perform private.refuse('PT404', 'unknown_plan');
  elsif p_period is null or p_period not in ('month', 'year') then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "period", "reason": "month_or_year"}');
  end if;
  return private.request_payment_page(p_id, 'checkout', p_plan_id, p_period);
end
$$;
grant execute on function public.request_checkout(uuid, text, text) to authenticated;

-- Asks for the page where a subscriber changes or ends what he pays for.
create function public.request_portal(p_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from public.subscriptions s
                  where s.user_id = (select auth.uid()) and s.stripe_customer_id is not null) then
    perform private.refuse('PT409', 'no_subscription');
  end if;
  return private.request_payment_page(p_id, 'portal', null, null);
end
$$;
grant execute on function public.request_portal(uuid) to authenticated;

-- For workers: requests to serve, each held for a minute.
create function public.claim_checkouts(p_limit integer default 10) returns setof jsonb
language sql security definer set search_path = '' as $$
  with due as (
    select c.id from public.checkout_requests c
     where c.status = 'pending' and c.run_after <= now()
     order by c.run_after limit least(greatest(coalesce(p_limit, 10), 0), 100) for update skip locked
  ),
  held as (
    update public.checkout_requests c set run_after = now() + interval '1 minute'
      from due d where c.id = d.id
    returning c.*
  )
  select jsonb_build_object(
           'id', h.id, 'user_id', h.user_id, 'email', f.email, 'language', f.language, 'kind', h.kind,
           'plan_id', h.plan_id, 'period', h.period, 'plan_features', p.features,
           'stripe_customer_id', (select s.stripe_customer_id from public.subscriptions s
                                   where s.user_id = h.user_id and s.stripe_customer_id is not null
                                   order by s.created_at desc limit 1))
    from held h
    join public.profiles f on f.id = h.user_id
    left join public.subscription_plans p on p.id = h.plan_id
$$;
grant execute on function public.claim_checkouts(integer) to service_role;

-- Writes the address, or why there is none. Only the first answer counts.
create function public.finish_checkout(
  p_id uuid, p_url text default null, p_error text default null, p_expires_at timestamptz default null) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if p_url not like 'https://%' then
    p_error := 'invalid_url';
    p_url := null;
  end if;
  update public.checkout_requests
     set status = case when p_url is null then 'failed' else 'ready' end, url = p_url,
         error = case when p_url is null then left(coalesce(nullif(p_error, ''), 'provider_failed'), 200) end,
         expires_at = p_expires_at
   where id = p_id and status = 'pending';
  return found;
end
$$;
grant execute on function public.finish_checkout(uuid, text, text, timestamptz) to service_role;

alter table public.checkout_requests enable row level security;

create policy "Users can view their own checkouts" on public.checkout_requests
  for select to authenticated using (user_id = (select auth.uid()));

grant select on public.checkout_requests to authenticated;
grant select, insert, update, delete on public.checkout_requests to service_role;
