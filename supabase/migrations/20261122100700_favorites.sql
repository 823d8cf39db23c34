-- Which images a user keeps at heart: own ones, and public ones of others. This table is the truth;
-- generated_images.is_favorite mirrors the owner's own row for filters and indexes. Written by set_favorite only,
-- which knows the time of both directions.

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

-- Sets or clears the caller's mark: {image_id, is_favorite, applied}. Not applied: a later act stands. An image that
-- he cannot see and one that does not exist are refused alike: PT404 unknown_image.
create function public.set_favorite(p_image_id uuid, p_on boolean, p_at timestamptz, p_intent_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_applied boolean;
begin
  if v_answer is not null then
    return v_answer;
  elsif p_on is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "on", "reason": "required"}');
  end if;
  -- An unpublishing at the same moment waits, and then finds this one to remove; or this waits, and then finds nothing
  -- to keep. The owner's mark is mirrored in the row, so he takes it for writing at once.
  perform 1 from public.generated_images g where g.id = p_image_id and g.user_id = v_user for no key update;
  if not found then
    perform 1 from public.generated_images g where g.id = p_image_id and g.is_public for share;
  end if;
  if not found and (p_on or not exists (
       select from public.user_favorites f where f.user_id = v_user and f.image_id = p_image_id)) then
    perform private.refuse('PT404', 'unknown_image');
  end if;
  v_applied := private.is_latest(v_user, 'favorite:' || p_image_id, p_at, p_intent_id);
  if v_applied and p_on then
    insert into public.user_favorites (user_id, image_id) values (v_user, p_image_id) on conflict do nothing;
  elsif v_applied then
    delete from public.user_favorites where user_id = v_user and image_id = p_image_id;
  end if;
  return private.answer(v_user, p_intent_id, jsonb_build_object(
    'image_id', p_image_id, 'applied', v_applied,
    'is_favorite', exists (select from public.user_favorites f where f.user_id = v_user and f.image_id = p_image_id)));
end
$$;
grant execute on function public.set_favorite(uuid, boolean, timestamptz, uuid) to authenticated;

alter table public.user_favorites enable row level security;

create policy "Users can view their own favorites" on public.user_favorites
  for select to authenticated using (user_id = (select auth.uid()));

grant select on public.user_favorites to authenticated;
grant select, insert, update, delete on public.user_favorites to service_role;
