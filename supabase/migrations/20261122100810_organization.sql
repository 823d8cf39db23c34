-- How a user keeps order among his images: trash, marks, tags, collections, saved searches. Own images only. Written
-- by functions only, each safe to repeat by its intent id and ordered by the time of the act (see intents).

insert into private.settings (key, value) values
  ('trash_days', '30')  -- after that an image in the trash goes for good
on conflict (key) do nothing;

-- Rating and pick. Apart from the image's row, which everybody may read once it is public.
create table public.image_marks (
  image_id   uuid primary key references public.generated_images (id) on delete cascade,
  user_id    uuid not null references auth.users (id) on delete cascade,
  rating     smallint,
  pick       text,
  updated_at timestamptz not null default now(),
  constraint valid_rating check (rating between 1 and 5),
  constraint valid_pick check (pick in ('pick', 'reject'))
);
create index idx_marks_user on public.image_marks (user_id);

create table public.image_tags (
  id         uuid primary key default gen_random_uuid(),
  user_id    uuid not null references auth.users (id) on delete cascade,
  image_id   uuid not null references public.generated_images (id) on delete cascade,
  tag        text not null,
  created_at timestamptz not null default now(),
  constraint image_tags_once unique (image_id, tag),
  constraint valid_tag check (char_length(tag) between 1 and 64 and tag = lower(btrim(tag)))
);
create index idx_tags_user on public.image_tags (user_id, tag);

-- Manual collections hold images, smart ones a rule that devices evaluate.
create table public.collections (
  id             uuid primary key,  -- chosen by the client
  user_id        uuid not null references auth.users (id) on delete cascade,
  name           text not null,
  kind           text not null default 'manual',
  rule           jsonb,             -- of a smart collection
  cover_image_id uuid references public.generated_images (id) on delete set null,
  position       double precision not null default 0,  -- order among the user's collections
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  constraint valid_collection_name check (char_length(btrim(name)) between 1 and 120),
  constraint valid_collection_kind check (kind in ('manual', 'smart')),
  constraint valid_rule check ((kind = 'smart') = (rule is not null) and jsonb_typeof(rule) = 'object'
                               and octet_length(rule::text) <= 16384)
);
create index idx_collections_user on public.collections (user_id, position);
create index idx_collections_cover on public.collections (cover_image_id) where cover_image_id is not null;

create table public.collection_images (
  id            uuid primary key default gen_random_uuid(),
  collection_id uuid not null references public.collections (id) on delete cascade,
  image_id      uuid not null references public.generated_images (id) on delete cascade,
  user_id       uuid not null references auth.users (id) on delete cascade,
  position      double precision not null default 0,
  created_at    timestamptz not null default now(),
  constraint collection_images_once unique (collection_id, image_id)
);
create index idx_collection_images_image on public.collection_images (image_id);
create index idx_collection_images_user on public.collection_images (user_id);

create table public.saved_searches (
  id         uuid primary key,  -- chosen by the client
  user_id    uuid not null references auth.users (id) on delete cascade,
  name       text not null,
  query      jsonb not null,
  position   double precision not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint valid_search_name check (char_length(btrim(name)) between 1 and 120),
  constraint valid_query check (jsonb_typeof(query) = 'object' and octet_length(query::text) <= 16384)
);
create index idx_saved_searches_user on public.saved_searches (user_id, position);

do $$
declare
  t text;
begin
  foreach t in array array['image_marks', 'image_tags', 'collections', 'collection_images', 'saved_searches'] loop
    execute format('alter table public.%I enable row level security', t);
    execute format(
      'create policy "Users can view their own %s" on public.%I for select to authenticated using (user_id = (select auth.uid()))',
      replace(t, '_', ' '), t);
    execute format('grant select on public.%I to authenticated', t);
    execute format('grant select, insert, update, delete on public.%I to service_role', t);
    if t in ('image_marks', 'collections', 'saved_searches') then
      execute format(
        'create trigger set_updated_at before update on public.%I for each row execute function private.set_updated_at()', t);
    end if;
  end loop;
end
$$;

-- Which of these images are the caller's, locked in one order; a list of more than 1 000 is refused.
create function private.own_images(p_user uuid, p_images uuid[]) returns uuid[]
language plpgsql security definer set search_path = '' as $$
begin
  if p_images is null or cardinality(p_images) not between 1 and 1000 then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "image_ids", "min": 1, "max": 1000}');
  end if;
  return array(
    select g.id from public.generated_images g
     where g.id = any (p_images) and g.user_id = p_user order by g.id for no key update);
end
$$;

-- Of the images that an act is about, those for which it is the latest; and what to answer: {applied, unknown}.
create function private.latest_images(
  p_user uuid, p_images uuid[], p_field text, p_at timestamptz, p_intent uuid, out latest uuid[], out told jsonb)
language plpgsql security definer set search_path = '' as $$
declare
  v_own uuid[] := private.own_images(p_user, p_images);
begin
  latest := array(select i from unnest(v_own) as i
                   where private.is_latest(p_user, p_field || ':' || i, p_at, p_intent));
  told := jsonb_build_object(
    'applied', to_jsonb(latest),
    'unknown', to_jsonb(array(select i from unnest(p_images) as i where i <> all (v_own))));
end
$$;

-- Moves images to the trash or back: {applied: [ids], unknown: [ids]}. In the trash an image is private.
create function public.set_trashed(p_image_ids uuid[], p_on boolean, p_at timestamptz, p_intent_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_latest uuid[];
  v_told jsonb;
begin
  if v_answer is not null then
    return v_answer;
  elsif p_on is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "on", "reason": "required"}');
  end if;
  select * into v_latest, v_told
    from private.latest_images(v_user, p_image_ids, 'trash', p_at, p_intent_id);
  if p_on then
    update public.generated_images set trashed_at = now(), is_public = false
     where id = any (v_latest) and trashed_at is null;
  else
    update public.generated_images set trashed_at = null where id = any (v_latest) and trashed_at is not null;
  end if;
  return private.answer(v_user, p_intent_id, v_told);
end
$$;
grant execute on function public.set_trashed(uuid[], boolean, timestamptz, uuid) to authenticated;

-- Removes images that are in the trash, for good: {deleted: [ids]}. Nothing outside of the trash is touched.
create function public.delete_trashed(p_image_ids uuid[], p_intent_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_gone uuid[];
begin
  if v_answer is not null then
    return v_answer;
  end if;
  with gone as (
    delete from public.generated_images g
     where g.id = any (private.own_images(v_user, p_image_ids)) and g.trashed_at is not null
    returning g.id
  )
  select coalesce(array_agg(id), '{}') into v_gone from gone;
  return private.answer(v_user, p_intent_id, jsonb_build_object('deleted', to_jsonb(v_gone)));
end
$$;
grant execute on function public.delete_trashed(uuid[], uuid) to authenticated;

-- Sets the stars (1 to 5, null for none) of images: {applied: [ids], unknown: [ids]}.
create function public.set_rating(
  p_image_ids uuid[], p_rating integer default null, p_at timestamptz default null, p_intent_id uuid default null)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_latest uuid[];
  v_told jsonb;
begin
  if v_answer is not null then
    return v_answer;
  elsif p_rating not between 1 and 5 then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "rating", "min": 1, "max": 5}');
  end if;
  select * into v_latest, v_told
    from private.latest_images(v_user, p_image_ids, 'rating', p_at, p_intent_id);
  insert into public.image_marks as m (image_id, user_id, rating)
  select i, v_user, p_rating from unnest(v_latest) as i
  on conflict (image_id) do update set rating = excluded.rating where m.rating is distinct from excluded.rating;
  return private.answer(v_user, p_intent_id, v_told);
end
$$;
grant execute on function public.set_rating(uuid[], integer, timestamptz, uuid) to authenticated;

-- Marks images as `pick` or `reject`, or neither (null): {applied: [ids], unknown: [ids]}.
create function public.set_pick(
  p_image_ids uuid[], p_pick text default null, p_at timestamptz default null, p_intent_id uuid default null)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_latest uuid[];
  v_told jsonb;
begin
  if v_answer is not null then
    return v_answer;
  elsif p_pick not in ('pick', 'reject') then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "pick", "reason": "pick_or_reject"}');
  end if;
  select * into v_latest, v_told
    from private.latest_images(v_user, p_image_ids, 'pick', p_at, p_intent_id);
  insert into public.image_marks as m (image_id, user_id, pick)
  select i, v_user, p_pick from unnest(v_latest) as i
  on conflict (image_id) do update set pick = excluded.pick where m.pick is distinct from excluded.pick;
  return private.answer(v_user, p_intent_id, v_told);
end
$$;
grant execute on function public.set_pick(uuid[], text, timestamptz, uuid) to authenticated;

-- Puts a tag on images or takes it off: {tag, applied: [ids], unknown: [ids]}. Tags are compared in lower case; an
-- image carries at most 100.
create function public.tag_images(p_tag text, p_image_ids uuid[], p_on boolean, p_at timestamptz, p_intent_id uuid)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_tag text := lower(btrim(p_tag));
  v_latest uuid[];
  v_told jsonb;
begin
  if v_answer is not null then
    return v_answer;
  elsif p_on is null or v_tag is null or char_length(v_tag) not between 1 and 64 then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "tag", "min": 1, "max": 64}');
  end if;
  select * into v_latest, v_told
    from private.latest_images(v_user, p_image_ids, 'tag:' || v_tag, p_at, p_intent_id);
  if p_on then
    if exists (select from public.image_tags t where t.image_id = any (v_latest) and t.tag <> v_tag
                group by t.image_id having count(*) >= 100) then
      perform private.refuse('PT422', 'invalid_parameters', '{"field": "tag", "reason": "too_many", "max": 100}');
    end if;
    insert into public.image_tags (user_id, image_id, tag)
    select v_user, i, v_tag from unnest(v_latest) as i on conflict do nothing;
  else
    delete from public.image_tags where image_id = any (v_latest) and tag = v_tag;
  end if;
  return private.answer(v_user, p_intent_id, v_told || jsonb_build_object('tag', v_tag));
end
$$;
grant execute on function public.tag_images(text, uuid[], boolean, timestamptz, uuid) to authenticated;

-- Gives a tag another name on all of the caller's images, joining it with one of that name: {tag, images}.
create function public.rename_tag(p_from text, p_to text, p_intent_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_from text := lower(btrim(p_from));
  v_to text := lower(btrim(p_to));
  v_count integer;
begin
  if v_answer is not null then
    return v_answer;
  elsif v_to is null or char_length(v_to) not between 1 and 64 then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "to", "min": 1, "max": 64}');
  end if;
  if v_from <> v_to then
    with old as (
      delete from public.image_tags t where t.user_id = v_user and t.tag = v_from returning t.image_id
    )
    insert into public.image_tags (user_id, image_id, tag)
    select v_user, o.image_id, v_to from old o on conflict do nothing;
  end if;
  select count(*) into v_count from public.image_tags t where t.user_id = v_user and t.tag = v_to;
  return private.answer(v_user, p_intent_id, jsonb_build_object('tag', v_to, 'images', v_count));
end
$$;
grant execute on function public.rename_tag(text, text, uuid) to authenticated;

-- Makes or changes a collection: {id, applied}. A deleted one stays deleted. PT404 unknown_image for a cover that is
-- not the caller's own.
create function public.put_collection(
  p_id uuid, p_name text, p_at timestamptz, p_intent_id uuid, p_kind text default 'manual', p_rule jsonb default null,
  p_cover_image_id uuid default null, p_position double precision default 0)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_applied boolean;
begin
  if v_answer is not null then
    return v_answer;
  elsif exists (select from public.collections c where c.id = p_id and c.user_id <> v_user) then
    perform private.refuse('PT409', 'id_conflict');
  elsif p_cover_image_id is not null
        and not exists (select from public.generated_images g where g.id = p_cover_image_id and g.user_id = v_user) then
    perform private.refuse('PT404', 'unknown_image');
  elsif (select count(*) from public.collections c where c.user_id = v_user and c.id <> p_id) >= 1000 then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "collection", "reason": "too_many", "max": 1000}');
  end if;
  v_applied := private.is_latest(v_user, 'collection:' || p_id, p_at, p_intent_id);
  if v_applied then
    insert into public.collections as c (id, user_id, name, kind, rule, cover_image_id, position)
    values (p_id, v_user, btrim(p_name), p_kind, p_rule, p_cover_image_id, coalesce(p_position, 0))
    on conflict (id) do update
      set name = excluded.name, kind = excluded.kind, rule = excluded.rule, cover_image_id = excluded.cover_image_id,
          position = excluded.position
      where c.user_id = v_user;
    if not found then
      perform private.refuse('PT409', 'id_conflict');
    end if;
  end if;
  return private.answer(v_user, p_intent_id, jsonb_build_object('id', p_id, 'applied', v_applied));
exception when check_violation or not_null_violation then
  perform private.refuse('PT422', 'invalid_parameters', '{"field": "collection"}');
end
$$;
grant execute on function public.put_collection to authenticated;

-- Deletes a collection, never its images: {id, deleted}. Final, whatever arrives later.
create function public.delete_collection(p_id uuid, p_intent_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_deleted boolean;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  if p_id is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "id", "reason": "required"}');
  end if;
  perform private.is_gone(v_user, 'collection:' || p_id, p_intent_id);
  delete from public.collections where id = p_id and user_id = v_user;
  v_deleted := found;
  return private.answer(v_user, p_intent_id, jsonb_build_object('id', p_id, 'deleted', v_deleted));
end
$$;
grant execute on function public.delete_collection(uuid, uuid) to authenticated;

-- Puts images into a manual collection, after those that are there, or takes them out:
-- {id, applied: [ids], unknown: [ids]}.
create function public.collect_images(
  p_collection_id uuid, p_image_ids uuid[], p_on boolean, p_at timestamptz, p_intent_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_latest uuid[];
  v_told jsonb;
begin
  if v_answer is not null then
    return v_answer;
  elsif p_on is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "on", "reason": "required"}');
  end if;
  perform 1 from public.collections c
    where c.id = p_collection_id and c.user_id = v_user and c.kind = 'manual' for no key update;
  if not found then
    perform private.refuse('PT404', 'unknown_collection');
  end if;
  select * into v_latest, v_told
    from private.latest_images(v_user, p_image_ids, 'collected:' || p_collection_id, p_at, p_intent_id);
  if p_on then
    insert into public.collection_images (collection_id, image_id, user_id, position)
    select p_collection_id, i.id, v_user, l.position + i.place
      from unnest(p_image_ids) with ordinality as i (id, place)
      cross join (select coalesce(max(c.position), 0) as position from public.collection_images c
                   where c.collection_id = p_collection_id) as l
     where i.id = any (v_latest)
    on conflict do nothing;
  else
    delete from public.collection_images where collection_id = p_collection_id and image_id = any (v_latest);
  end if;
  return private.answer(v_user, p_intent_id, v_told || jsonb_build_object('id', p_collection_id));
end
$$;
grant execute on function public.collect_images(uuid, uuid[], boolean, timestamptz, uuid) to authenticated;

-- Makes or changes a saved search: {id, applied}. A deleted one stays deleted.
create function public.put_saved_search(
  p_id uuid, p_name text, p_query jsonb, p_at timestamptz, p_intent_id uuid, p_position double precision default 0)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_applied boolean;
begin
  if v_answer is not null then
    return v_answer;
  elsif exists (select from public.saved_searches s where s.id = p_id and s.user_id <> v_user) then
    perform private.refuse('PT409', 'id_conflict');
  elsif (select count(*) from public.saved_searches s where s.user_id = v_user and s.id <> p_id) >= 1000 then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "saved_search", "reason": "too_many", "max": 1000}');
  end if;
  v_applied := private.is_latest(v_user, 'search:' || p_id, p_at, p_intent_id);
  if v_applied then
    insert into public.saved_searches as s (id, user_id, name, query, position)
    values (p_id, v_user, btrim(p_name), p_query, coalesce(p_position, 0))
    on conflict (id) do update set name = excluded.name, query = excluded.query, position = excluded.position
      where s.user_id = v_user;
    if not found then
      perform private.refuse('PT409', 'id_conflict');
    end if;
  end if;
  return private.answer(v_user, p_intent_id, jsonb_build_object('id', p_id, 'applied', v_applied));
exception when check_violation or not_null_violation then
  perform private.refuse('PT422', 'invalid_parameters', '{"field": "saved_search"}');
end
$$;
grant execute on function public.put_saved_search to authenticated;

-- Deletes a saved search: {id, deleted}. Final, whatever arrives later.
create function public.delete_saved_search(p_id uuid, p_intent_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_deleted boolean;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  if p_id is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "id", "reason": "required"}');
  end if;
  perform private.is_gone(v_user, 'search:' || p_id, p_intent_id);
  delete from public.saved_searches where id = p_id and user_id = v_user;
  v_deleted := found;
  return private.answer(v_user, p_intent_id, jsonb_build_object('id', p_id, 'deleted', v_deleted));
end
$$;
grant execute on function public.delete_saved_search(uuid, uuid) to authenticated;
