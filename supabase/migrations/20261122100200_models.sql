-- The catalogue of models: what may be asked for and what one image costs. Limits, labels and prices of a model are
-- data in this row, never constants in a program. An inactive model is invisible to users and refused.

create table public.models (
  id           text primary key,
  name         text not null,
  description  text,
  provider     text not null,  -- which of the worker's providers paints; `local` = engines run by ourselves
  version      text not null,  -- copied into each prompt, so that history says what painted it
  is_active    boolean not null default true,
  credits_cost integer not null default 1,  -- credits per image and begun megapixel
  created_at   timestamptz not null default now(),
  -- label_fr, label_en, max_loras, max_steps, max_pixels, supports[], loras[] …
  metadata     jsonb not null default '{}',
  updated_at   timestamptz not null default now(),
  constraint valid_provider check (provider in ('replicate', 'stability', 'openai', 'local')),
  constraint valid_model_cost check (credits_cost >= 0)
);

create trigger set_updated_at before update on public.models
  for each row execute function private.set_updated_at();

alter table public.models enable row level security;

create policy "Anyone can view active models" on public.models
  for select to anon, authenticated using (is_active or (select private.is_admin()));
create policy "Admins manage models" on public.models
  for all to authenticated using ((select private.is_admin())) with check ((select private.is_admin()));

grant select on public.models to anon, authenticated;
grant insert, update, delete on public.models to authenticated;
grant select, insert, update, delete on public.models to service_role;
