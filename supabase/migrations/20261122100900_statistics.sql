-- What a user made, in numbers. A table and not a materialized view: a view knows no row-level security and is
-- refreshed for everybody at once, which made one image insert cost over a second at 100 000 images. Triggers add
-- what a statement changed to sums and counts, so that the cost does not grow with what is there.

create table public.user_generation_stats (
  user_id          uuid primary key references auth.users (id) on delete cascade,
  total_prompts    bigint not null default 0,
  total_images     bigint not null default 0,
  avg_nsfw_score   double precision,
  preferred_styles text[] not null default '{}',  -- most frequent first, at most 50
  common_subjects  text[] not null default '{}',  -- likewise
  refreshed_at     timestamptz not null default now()
);

-- Exact, so that adding and taking away comes back to zero.
create table private.user_score_sums (
  user_id uuid primary key references auth.users (id) on delete cascade,
  total   numeric not null default 0,
  scored  bigint not null default 0
);
alter table private.user_score_sums enable row level security;

create table private.user_tag_counts (
  user_id uuid not null references auth.users (id) on delete cascade,
  kind    text not null check (kind in ('style', 'subject')),
  tag     text not null,
  n       bigint not null,
  primary key (user_id, kind, tag)
);
create index user_tag_counts_top on private.user_tag_counts (user_id, kind, n desc, tag);
alter table private.user_tag_counts enable row level security;

-- What a statement adds (n = 1) or takes away (n = -1): one of `image` with its score per image, one per tag.
create type private.stats_delta as (user_id uuid, kind text, tag text, score double precision, n integer);

create function private.deltas_of(p_image public.generated_images, p_n integer) returns setof private.stats_delta
language sql immutable set search_path = '' as $$
  select p_image.user_id, 'image', '', p_image.nsfw_score, p_n
  union all select distinct p_image.user_id, 'style', s.tag, null::double precision, p_n
    from unnest(p_image.style_tags) as s (tag) where s.tag is not null
  union all select distinct p_image.user_id, 'subject', s.tag, null::double precision, p_n
    from unnest(p_image.vision_labels) as s (tag) where s.tag is not null
$$;

create function private.add_to_stats(p_deltas private.stats_delta[]) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if coalesce(cardinality(p_deltas), 0) = 0 then
    return;
  end if;
  -- An account being deleted has no statistics any more. One order for all, so that two statements cannot deadlock.
  insert into public.user_generation_stats (user_id)
  select distinct d.user_id from unnest(p_deltas) as d
   where exists (select from auth.users u where u.id = d.user_id) order by d.user_id
  on conflict (user_id) do nothing;
  perform 1 from public.user_generation_stats s
    where s.user_id in (select d.user_id from unnest(p_deltas) as d) order by s.user_id for update;

  insert into private.user_score_sums as s (user_id, total, scored)
  select d.user_id, coalesce(sum(d.score::numeric * d.n), 0), sum(d.n) filter (where d.score is not null)
    from unnest(p_deltas) as d
   where d.kind = 'image' and d.score is not null
     and exists (select from public.user_generation_stats t where t.user_id = d.user_id)
   group by d.user_id
  on conflict (user_id) do update set total = s.total + excluded.total, scored = s.scored + excluded.scored;

  insert into private.user_tag_counts as c (user_id, kind, tag, n)
  select d.user_id, d.kind, d.tag, sum(d.n) from unnest(p_deltas) as d
   where d.kind <> 'image' and exists (select from public.user_generation_stats t where t.user_id = d.user_id)
   group by d.user_id, d.kind, d.tag having sum(d.n) <> 0
  on conflict (user_id, kind, tag) do update set n = c.n + excluded.n;
  delete from private.user_tag_counts c
   using (select distinct d.user_id, d.kind, d.tag from unnest(p_deltas) as d where d.kind <> 'image' and d.n < 0) as d
   where (c.user_id, c.kind, c.tag) = (d.user_id, d.kind, d.tag) and c.n <= 0;

  update public.user_generation_stats s
     set total_images = s.total_images + d.images,
         avg_nsfw_score = (select case when m.scored > 0 then m.total / m.scored end
                             from private.user_score_sums m where m.user_id = s.user_id),
         preferred_styles = case when d.styles then private.top_tags(s.user_id, 'style') else s.preferred_styles end,
         common_subjects = case when d.subjects then private.top_tags(s.user_id, 'subject') else s.common_subjects end,
         refreshed_at = now()
    from (select x.user_id, coalesce(sum(x.n) filter (where x.kind = 'image'), 0) as images,
                 bool_or(x.kind = 'style') as styles, bool_or(x.kind = 'subject') as subjects
            from unnest(p_deltas) as x group by x.user_id) as d
   where s.user_id = d.user_id;
end
$$;

create function private.top_tags(p_user uuid, p_kind text) returns text[]
language sql stable security definer set search_path = '' as $$
  select array(
    select c.tag from private.user_tag_counts c
     where c.user_id = p_user and c.kind = p_kind order by c.n desc, c.tag limit 50)
$$;

-- Statement triggers with transition tables: one trigger per event and no column list is PostgreSQL's rule.
create function public.refresh_user_stats() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_deltas private.stats_delta[];
begin
  if tg_op = 'INSERT' then
    select array_agg(d::private.stats_delta) into v_deltas from new_rows n, lateral private.deltas_of(n, 1) as d;
  elsif tg_op = 'DELETE' then
    select array_agg(d::private.stats_delta) into v_deltas from old_rows o, lateral private.deltas_of(o, -1) as d;
  else
    select array_agg(d::private.stats_delta) into v_deltas
      from old_rows o join new_rows n using (id),
           lateral (select * from private.deltas_of(o, -1) union all select * from private.deltas_of(n, 1)) as d
     where (o.user_id, o.nsfw_score, o.style_tags, o.vision_labels)
        is distinct from (n.user_id, n.nsfw_score, n.style_tags, n.vision_labels);
  end if;
  perform private.add_to_stats(v_deltas);
  return null;
end
$$;
create trigger refresh_stats after insert on public.generated_images
  referencing new table as new_rows for each statement execute function public.refresh_user_stats();
create trigger refresh_stats_update after update on public.generated_images
  referencing old table as old_rows new table as new_rows for each statement execute function public.refresh_user_stats();
create trigger refresh_stats_delete after delete on public.generated_images
  referencing old table as old_rows for each statement execute function public.refresh_user_stats();

-- Of prompts only the number counts.
create function private.count_prompts() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    insert into public.user_generation_stats as s (user_id, total_prompts)
    select n.user_id, count(*) from new_rows n
    where exists (select from auth.users u where u.id = n.user_id)
    group by n.user_id order by n.user_id
    on conflict (user_id) do update
      set total_prompts = s.total_prompts + excluded.total_prompts, refreshed_at = now();
  else
    update public.user_generation_stats s
       set total_prompts = greatest(0, s.total_prompts - o.n), refreshed_at = now()
      from (select user_id, count(*) as n from old_rows group by user_id) as o
     where s.user_id = o.user_id;
  end if;
  return null;
end
$$;
create trigger refresh_stats_prompts after insert on public.prompts
  referencing new table as new_rows for each statement execute function private.count_prompts();
create trigger refresh_stats_prompts_delete after delete on public.prompts
  referencing old table as old_rows for each statement execute function private.count_prompts();

-- Every account has its row from the first moment, so that screens need no special case.
create function private.open_stats() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.user_generation_stats (user_id) values (new.id) on conflict (user_id) do nothing;
  return null;
end
$$;
create trigger open_stats after insert on public.profiles
  for each row execute function private.open_stats();

alter table public.user_generation_stats enable row level security;

create policy "Users can view their own stats" on public.user_generation_stats
  for select to authenticated using (user_id = (select auth.uid()) or (select private.is_admin()));

grant select on public.user_generation_stats to authenticated, service_role;
