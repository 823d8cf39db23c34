-- Which images a user keeps at heart: own ones, and public ones of others. This table is the truth;
-- generated_images.is_favorite mirrors the owner's own row for filters and indexes.

create table public.user_favorites (
  user_id    uuid references auth.users (id) on delete cascade,
  image_id   uuid references public.generated_images (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (user_id, image_id)
);
create index idx_favorites_image on public.user_favorites (image_id);

create function private.mirror_favorite() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    update public.generated_images set is_favorite = true
     where id = new.image_id and user_id = new.user_id and not is_favorite;
  else
    update public.generated_images set is_favorite = false
     where id = old.image_id and user_id = old.user_id and is_favorite;
  end if;
  return null;
end
$$;
create trigger mirror_favorite after insert or delete on public.user_favorites
  for each row execute function private.mirror_favorite();

-- Publishing needs a known, low score. Unpublishing takes the image out of other people's favorites, and so off
-- their devices.
create function private.guard_publication() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.is_public and not old.is_public
     and (new.nsfw_score is null or new.nsfw_score >= private.setting('nsfw_public_max')::double precision) then
    perform private.refuse('PT422', 'not_publishable', jsonb_build_object('nsfw_score', new.nsfw_score));
  end if;
  if old.is_public and not new.is_public then
    delete from public.user_favorites f where f.image_id = new.id and f.user_id <> new.user_id;
  end if;
  return new;
end
$$;
create trigger guard_publication before update of is_public on public.generated_images
  for each row execute function private.guard_publication();

alter table public.user_favorites enable row level security;

create policy "Users can view their own favorites" on public.user_favorites
  for select to authenticated using (user_id = (select auth.uid()));
-- A private image of someone else and one that does not exist are refused alike.
create policy "Users can add visible images to favorites" on public.user_favorites
  for insert to authenticated with check (
    user_id = (select auth.uid())
    and exists (
      select from public.generated_images g
      where g.id = image_id and (g.user_id = (select auth.uid()) or g.is_public)
    )
  );
create policy "Users can remove their own favorites" on public.user_favorites
  for delete to authenticated using (user_id = (select auth.uid()));

grant select, delete on public.user_favorites to authenticated;
grant insert (user_id, image_id) on public.user_favorites to authenticated;
grant select, insert, update, delete on public.user_favorites to service_role;
