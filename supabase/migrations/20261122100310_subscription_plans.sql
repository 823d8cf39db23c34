-- What can be subscribed to. The tier `free` is the absence of a subscription and has no row: prices are positive.

create table public.subscription_plans (
  id                text primary key,
  name              text not null,
  description       text,
  price_monthly     integer not null,  -- cents
  price_yearly      integer not null,  -- cents, for twelve months
  credits_per_month integer not null,
  -- tier, currency, label_fr, label_en, stripe_price_monthly, stripe_price_yearly …
  features          jsonb not null default '{}',
  is_active         boolean not null default true,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint valid_prices check (price_monthly > 0 and price_yearly > 0),
  constraint valid_credits check (credits_per_month > 0)
);

create trigger set_updated_at before update on public.subscription_plans
  for each row execute function private.set_updated_at();

alter table public.subscription_plans enable row level security;

create policy "Anyone can view active plans" on public.subscription_plans
  for select to anon, authenticated using (is_active or (select private.is_admin()));
create policy "Admins manage plans" on public.subscription_plans
  for all to authenticated using ((select private.is_admin())) with check ((select private.is_admin()));

grant select on public.subscription_plans to anon, authenticated;
grant insert, update, delete on public.subscription_plans to authenticated;
grant select, insert, update, delete on public.subscription_plans to service_role;
