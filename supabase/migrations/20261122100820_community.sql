-- What everybody may see of everybody: published images, whose they are by name only, and what they are about.

-- What a user does not want to see again in the community feed. For an author, one of his images names him.
create table public.community_hidden (
  id         uuid primary key default gen_random_uuid(),
  user_id    uuid not null references auth.users (id) on delete cascade,
  kind       text not null,
  image_id   uuid references public.generated_images (id) on delete cascade,
  author_id  uuid references auth.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  constraint valid_hidden_kind check (kind in ('image', 'author')),
  constraint valid_hidden check ((kind = 'image') = (image_id is not null) and (kind = 'author') = (author_id is not null)),
  constraint community_hidden_once unique nulls not distinct (user_id, image_id, author_id)
);
create index idx_hidden_image on public.community_hidden (image_id) where image_id is not null;
create index idx_hidden_author on public.community_hidden (author_id) where author_id is not null;

alter table public.community_hidden enable row level security;

create policy "Users can view what they hide" on public.community_hidden
  for select to authenticated using (user_id = (select auth.uid()));

grant select on public.community_hidden to authenticated;
grant select, insert, update, delete on public.community_hidden to service_role;

-- Hides a public image, or all of its author's, from the caller's community feed; or shows them again:
-- {applied, hidden}.
create function public.hide_from_community(
  p_kind text, p_image_id uuid, p_on boolean, p_at timestamptz, p_intent_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_author uuid;
  v_applied boolean;
begin
  if v_answer is not null then
    return v_answer;
  elsif p_on is null or p_kind is null or p_kind not in ('image', 'author') then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "kind", "reason": "image_or_author"}');
  end if;
  -- What is hidden can be shown again even if it is public no more.
  select g.user_id into v_author from public.generated_images g
   where g.id = p_image_id
     and (g.is_public or not p_on and exists (
       select from public.community_hidden h
        where h.user_id = v_user and (h.image_id = g.id or h.author_id = g.user_id)));
  if not found then
    perform private.refuse('PT404', 'unknown_image');
  end if;
  v_applied := private.is_latest(
    v_user, 'hidden:' || case p_kind when 'image' then p_image_id else v_author end, p_at, p_intent_id);
  if v_applied and p_on then
    insert into public.community_hidden (user_id, kind, image_id, author_id)
    values (v_user, p_kind, case p_kind when 'image' then p_image_id end, case p_kind when 'author' then v_author end)
    on conflict do nothing;
  elsif v_applied then
    delete from public.community_hidden h
     where h.user_id = v_user
       and case p_kind when 'image' then h.image_id = p_image_id else h.author_id = v_author end;
  end if;
  return private.answer(v_user, p_intent_id, jsonb_build_object('applied', v_applied, 'hidden', p_on));
end
$$;
grant execute on function public.hide_from_community(text, uuid, boolean, timestamptz, uuid) to authenticated;

-- The newest published images, a page at a time: {images: [{id, image_url, thumbnail_url, width, height,
-- dominant_color, description, labels, author, created_at, published_at, is_mine, is_favorite}], cursor}. A null
-- cursor begins, a null answer ends. Without hidden ones and, for users on the strict level, without anything near
-- the limit. `author` is the name its owner chose to show, or null.
create function public.community_page(p_cursor text default null, p_limit integer default 50, p_label text default null)
returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_limit integer := least(greatest(coalesce(p_limit, 50), 1), 200);
  v_before timestamptz := 'infinity';
  v_before_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  v_max_score double precision := private.setting('nsfw_public_max')::double precision;
  v_images jsonb;
  v_count integer;
  v_cursor text;
begin
  if p_cursor is not null then
    if p_cursor !~ '^[0-9]{1,17}:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
      perform private.refuse('PT422', 'bad_cursor');
    end if;
    v_before := 'epoch'::timestamptz + split_part(p_cursor, ':', 1)::bigint * interval '1 microsecond';
    v_before_id := split_part(p_cursor, ':', 2)::uuid;
  end if;
  if (select p.ai_safety_level from public.profiles p where p.id = v_user) is distinct from 'relaxed' then
    v_max_score := v_max_score / 2;
  end if;
  with page as (
    select g.* from public.generated_images g
     where g.is_public and g.published_at is not null
       and (g.published_at, g.id) < (v_before, v_before_id)
       and (p_label is null or g.vision_labels @> array[p_label])
       and (g.nsfw_score < v_max_score or g.user_id = v_user)
       and not exists (select from public.community_hidden h where h.user_id = v_user and h.image_id = g.id)
       and not exists (select from public.community_hidden h where h.user_id = v_user and h.author_id = g.user_id)
     order by g.published_at desc, g.id desc limit v_limit
  )
  select coalesce(jsonb_agg(jsonb_build_object(
           'id', g.id, 'image_url', g.public_url, 'thumbnail_url', g.thumbnail_url, 'width', g.width,
           'height', g.height, 'dominant_color', g.technical_metadata ->> 'dominant_color',
           'description', g.vision_description, 'labels', g.vision_labels, 'author', nullif(btrim(p.full_name), ''),
           'created_at', g.created_at, 'published_at', g.published_at,
           'is_mine', coalesce(g.user_id = v_user, false),
           'is_favorite', exists (select from public.user_favorites f where f.user_id = v_user and f.image_id = g.id))
           order by g.published_at desc, g.id desc), '[]'),
         count(*),
         (array_agg((extract(epoch from g.published_at) * 1000000)::bigint || ':' || g.id
                    order by g.published_at, g.id))[1]
    into v_images, v_count, v_cursor
    from page g left join public.profiles p on p.id = g.user_id;
  return jsonb_build_object('images', v_images, 'cursor', case when v_count = v_limit then v_cursor end);
end
$$;
grant execute on function public.community_page(text, integer, text) to anon, authenticated;

-- How a public image was made: words and parameters, the author by name only. PT404 unknown_image.
create function public.public_recipe(p_image_id uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_recipe jsonb;
begin
  select jsonb_build_object(
           'image_id', g.id, 'author', nullif(btrim(f.full_name), ''), 'created_at', g.created_at,
           'prompt', p.prompt, 'negative_prompt', p.negative_prompt, 'model_id', p.model_id,
           'model_version', p.model_version, 'aspect_ratio', p.aspect_ratio, 'steps', p.steps,
           'guidance_scale', p.guidance_scale, 'hf_loras', p.hf_loras, 'lora_scales', p.lora_scales,
           'width', g.width, 'height', g.height, 'output_format', p.output_format,
           'seed', coalesce(g.metadata -> 'seed', to_jsonb(p.seed)))
    into v_recipe
    from public.generated_images g
    left join public.prompts p on p.id = g.prompt_id
    left join public.profiles f on f.id = g.user_id
   where g.id = p_image_id and g.is_public;
  if v_recipe is null then
    perform private.refuse('PT404', 'unknown_image');
  end if;
  return v_recipe;
end
$$;
grant execute on function public.public_recipe(uuid) to anon, authenticated;

-- What is being made this week. A view without an owner: only published images count, only subjects, styles
-- and colors that at least three people made, so that nobody is shown. Refreshed on schedule, never by a writer.
create materialized view public.community_trends as
with recent as materialized (
  select g.id, g.user_id, g.nsfw_score, g.vision_labels, g.style_tags, g.color_palette
    from public.generated_images g
   where g.is_public and g.created_at > now() - interval '7 days' and g.nsfw_score < 0.5
),
subject as materialized (
  select distinct r.id, r.user_id, r.nsfw_score, l.label as subject
    from recent r cross join lateral unnest(r.vision_labels) as l (label)
),
counted as materialized (
  select s.subject, count(*) as usage_count, avg(s.nsfw_score) as avg_nsfw_score
    from subject s group by s.subject
  having count(*) > 5 and count(distinct s.user_id) >= 3
),
style as materialized (
  select t.subject, array_agg(t.style order by t.n desc, t.style) as styles from (
    select c.subject, u.style, count(*) as n,
           row_number() over (partition by c.subject order by count(*) desc, u.style) as place
      from counted c join subject s using (subject) join recent r on r.id = s.id
      cross join lateral unnest(r.style_tags) as u (style)
     group by c.subject, u.style having count(distinct s.user_id) >= 3) as t
   where t.place <= 20 group by t.subject
),
color as materialized (
  select t.subject, array_agg(t.color order by t.n desc, t.color) as colors from (
    select c.subject, u.color, count(*) as n,
           row_number() over (partition by c.subject order by count(*) desc, u.color) as place
      from counted c join subject s using (subject) join recent r on r.id = s.id
      cross join lateral unnest(r.color_palette) as u (color)
     group by c.subject, u.color having count(distinct s.user_id) >= 3) as t
   where t.place <= 20 group by t.subject
)
select c.subject, c.usage_count, c.avg_nsfw_score, coalesce(s.styles, '{}') as common_styles,
       coalesce(k.colors, '{}') as color_trends
  from counted c left join style s using (subject) left join color k using (subject)
 order by c.usage_count desc;
-- Needed to refresh it beside its readers.
create unique index community_trends_subject on public.community_trends (subject);

grant select on public.community_trends to anon, authenticated, service_role;

create function public.refresh_community_trends() returns integer
language plpgsql security definer set search_path = '' as $$
begin
  refresh materialized view concurrently public.community_trends;
  return (select count(*) from public.community_trends);
end
$$;
grant execute on function public.refresh_community_trends() to service_role;
