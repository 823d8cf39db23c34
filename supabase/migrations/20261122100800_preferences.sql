-- What follows a user from device to device: five documents of preferences, and what he thinks of each model.
--
-- UPDATE is granted on the key columns too, because an upsert through PostgREST sets every column of its payload;
-- WITH CHECK keeps the owner.

create table public.user_preferences (
  id               uuid primary key default gen_random_uuid(),
  user_id          uuid not null references auth.users (id) on delete cascade,
  preference_type  text not null,
  preference_value jsonb not null,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  constraint valid_preference_type check (preference_type in (
    'generation_defaults', 'style_preferences', 'safety_settings', 'ui_preferences', 'notification_settings'
  )),
  constraint user_preferences_one_per_type unique (user_id, preference_type)
);

create trigger set_updated_at before update on public.user_preferences
  for each row execute function private.set_updated_at();

alter table public.user_preferences enable row level security;

create policy "Users manage their own preferences" on public.user_preferences
  for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

grant select, delete on public.user_preferences to authenticated;
grant insert (id, user_id, preference_type, preference_value), update (user_id, preference_type, preference_value)
  on public.user_preferences to authenticated;
grant select, insert, update, delete on public.user_preferences to service_role;

-- use_count and last_used_at are written by request_generation, the rest by the user.
create table public.user_model_preferences (
  user_id          uuid references auth.users (id) on delete cascade,
  model_id         text references public.models (id) on delete cascade,
  is_favorite      boolean not null default false,
  last_used_at     timestamptz,
  use_count        integer not null default 0,
  default_settings jsonb not null default '{}',
  updated_at       timestamptz not null default now(),
  primary key (user_id, model_id)
);
create index idx_model_prefs_model on public.user_model_preferences (model_id);

create trigger set_updated_at before update on public.user_model_preferences
  for each row execute function private.set_updated_at();

alter table public.user_model_preferences enable row level security;

create policy "Users manage their own model preferences" on public.user_model_preferences
  for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

grant select, delete on public.user_model_preferences to authenticated;
grant insert (user_id, model_id, is_favorite, default_settings),
  update (user_id, model_id, is_favorite, default_settings) on public.user_model_preferences to authenticated;
grant select, insert, update, delete on public.user_model_preferences to service_role;
