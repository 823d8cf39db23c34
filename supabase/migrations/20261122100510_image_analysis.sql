-- What analysers found in an image, one row per kind and version of the analyser: an image may be looked at again.
-- What the product shows is copied to generated_images by complete_analysis; here is the whole answer.

create table public.image_analysis (
  id               uuid primary key default gen_random_uuid(),
  image_id         uuid not null references public.generated_images (id) on delete cascade,
  user_id          uuid not null references auth.users (id) on delete cascade,  -- the image's, for policies and feed
  analysis_type    text not null,
  analysis_version text not null,  -- analyser and its version, for example `local-1`
  raw_response     jsonb not null,
  created_at       timestamptz not null default now(),
  constraint valid_analysis_type check (analysis_type in ('vision', 'safety', 'style', 'color')),
  constraint image_analysis_once unique (image_id, analysis_type, analysis_version)
);
create index idx_analysis_user on public.image_analysis (user_id, created_at desc);

create function private.fill_analysis_owner() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  select g.user_id into new.user_id from public.generated_images g where g.id = new.image_id;
  return new;
end
$$;
create trigger fill_analysis_owner before insert on public.image_analysis
  for each row execute function private.fill_analysis_owner();

alter table public.image_analysis enable row level security;

create policy "Users can view analyses of their own images" on public.image_analysis
  for select to authenticated using (user_id = (select auth.uid()) or (select private.is_admin()));

grant select on public.image_analysis to authenticated;
grant select, insert, update, delete on public.image_analysis to service_role;
