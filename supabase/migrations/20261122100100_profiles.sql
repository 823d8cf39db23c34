-- One row per account, made by a trigger at sign-up. Clients may change their preferences and nothing else: credits
-- move through the ledger only, tier and status through subscriptions, is_admin by SQL.

create table public.profiles (
  id                         uuid primary key references auth.users (id) on delete cascade,
  email                      text not null unique,   -- mirrors auth.users; `<id>@users.invalid` where there is none
  full_name                  text,
  avatar_url                 text,
  credits_balance            integer not null default 100,  -- always the sum of the ledger; the default is the welcome credit
  subscription_tier          text not null default 'free',
  subscription_status        text not null default 'active',  -- `suspended` is for moderation only
  subscription_end_date      timestamptz,
  lifetime_credits           integer not null default 0,  -- credits ever received, refunds apart
  total_generations          integer not null default 0,  -- images ever generated, not requests
  language                   text not null default 'fr',
  theme                      text not null default 'dark',
  is_admin                   boolean not null default false,
  created_at                 timestamptz not null default now(),
  last_sign_in_at            timestamptz,
  auth_provider              text not null default 'email',
  notifications_enabled      boolean not null default true,
  marketing_emails_enabled   boolean not null default true,
  ads_enabled                boolean not null default true,
  ads_watched_today          integer not null default 0,
  daily_ads_limit            integer not null default 5,
  ads_credits_earned         integer not null default 0,
  prompt_suggestions_enabled boolean not null default true,
  ai_safety_level            text not null default 'standard',
  ads_day                    date not null default (now() at time zone 'utc')::date,  -- the UTC day that ads_watched_today counts
  deletion_requested_at      timestamptz,
  deletion_due_at            timestamptz,  -- when the account goes for good, unless its owner changes his mind
  updated_at                 timestamptz not null default now(),
  constraint valid_subscription_tier check (subscription_tier in ('free', 'pro', 'enterprise')),
  constraint valid_subscription_status check (subscription_status in ('active', 'cancelled', 'suspended')),
  constraint valid_language check (language in ('fr', 'en')),
  constraint valid_theme check (theme in ('light', 'dark', 'system')),
  constraint valid_credits check (credits_balance >= 0),
  constraint valid_ads_watched check (ads_watched_today >= 0 and ads_watched_today <= daily_ads_limit),
  constraint valid_safety_level check (ai_safety_level in ('standard', 'strict', 'relaxed')),
  constraint valid_profile_texts check (char_length(full_name) <= 200 and char_length(avatar_url) <= 2000)
) with (fillfactor = 85);  -- room for in-place updates of the balance

create index idx_profiles_email on public.profiles (lower(email));  -- look-up regardless of case
create index idx_profiles_subscription on public.profiles (subscription_tier, subscription_status);
create index idx_profiles_credits on public.profiles (credits_balance);

create index idx_profiles_deletion on public.profiles (deletion_due_at) where deletion_due_at is not null;

create trigger set_updated_at before update on public.profiles
  for each row execute function private.set_updated_at();

-- Security definer, so that policies of `profiles` itself may ask without recursion.
create function private.is_admin() returns boolean
language sql stable security definer set search_path = '' as $$
  select coalesce((select p.is_admin from public.profiles p where p.id = (select auth.uid())), false)
$$;
grant execute on function private.is_admin() to anon, authenticated, service_role;

alter table public.profiles enable row level security;

create policy "Users can view their own profile" on public.profiles
  for select to authenticated using ((select auth.uid()) = id);
create policy "Users can update their own profile" on public.profiles
  for update to authenticated using ((select auth.uid()) = id) with check ((select auth.uid()) = id);
create policy "Admins can view all profiles" on public.profiles
  for select to authenticated using ((select private.is_admin()));

grant select on public.profiles to authenticated;
grant update (
  full_name, avatar_url, language, theme, notifications_enabled, marketing_emails_enabled, ads_enabled,
  prompt_suggestions_enabled, ai_safety_level
) on public.profiles to authenticated;

-- Even the service role does not write the columns that the ledger and the ads counter own.
-- and a profile goes with its account only, or the ledger would be left without its balance.
grant select, insert on public.profiles to service_role;
grant update (
  email, full_name, avatar_url, subscription_tier, subscription_status, subscription_end_date, language, theme,
  is_admin, last_sign_in_at, auth_provider, notifications_enabled, marketing_emails_enabled, ads_enabled,
  daily_ads_limit, prompt_suggestions_enabled, ai_safety_level
) on public.profiles to service_role;
