-- What a user likes, counted: in how many requests he used a clause, how many of them brought an image that he likes;
-- on how many images a label or style lies, how many of those he likes. Suggestions are made from these counts, so
-- that they cost the same for ten requests and for ten thousand.
--
-- Writers only mark a request to be counted anew: one small row. The counting is done when suggestions are asked for,
-- and by a scheduled task. Each request remembers what it added, so that this can be taken away again exactly.

insert into private.settings (key, value) values
  ('liked_rating', '4')  -- from this rating on an image is liked
on conflict (key) do nothing;

-- Comparable form of a wording: case and spaces do not matter.
create function private.wording_key(p_text text) returns text
language sql immutable strict parallel safe set search_path = '' as $$
  select lower(btrim(regexp_replace(p_text, '\s+', ' ', 'g'), ' .,;'))
$$;

-- The clauses of a prompt: what stands between commas, semicolons and line ends, once each, in order. A comma within
-- a number is none (f/1,8), and what such a cut would leave with an open bracket is no clause. The first one names the
-- subject, by the custom of prompts; its place is 1.
create function private.clauses(p_text text) returns table (place bigint, key text, clause text)
language sql immutable strict parallel safe rows 8 set search_path = '' as $$
  select min(c.place), private.wording_key(c.clause), (array_agg(c.clause order by c.place))[1]
    from (select s.place, btrim(regexp_replace(s.part, '\s+', ' ', 'g'), ' .') as clause
            from regexp_split_to_table(p_text, ',(?![0-9])|(?<![0-9]),|[;\n\r，、；]') with ordinality as s (part, place)
           limit 100) as c
   where char_length(c.clause) between 2 and 120
     and char_length(translate(c.clause, '([{<', '')) = char_length(translate(c.clause, ')]}>', ''))
   group by private.wording_key(c.clause)
$$;

-- The words that say what a prompt is about: three letters or more, once each, at most 64.
create function private.words(p_text text) returns text[]
language sql immutable strict parallel safe set search_path = '' as $$
  select array(
    select distinct w from regexp_split_to_table(lower(p_text), '[\s[:punct:]«»“”‘’…–—，、；]+') as w
     where char_length(w) between 3 and 40 order by w limit 64)
$$;

-- kind: `clause` (not the first of a prompt), `whole` (key: hash of the wording), `label`, `style`.
create type private.liking as (kind text, key text, text text, uses integer, liked integer);

-- Of each request, what it adds to the counts. It outlives the request until the counts have forgotten it.
create table private.counted_prompts (
  prompt_id uuid primary key,
  user_id   uuid not null references auth.users (id) on delete cascade,
  likings   private.liking[] not null default '{}',
  words     text[] not null default '{}',
  liked     boolean not null default false,
  made_at   timestamptz not null default now(),
  stale     boolean not null default true  -- to be counted anew
);
create index counted_prompts_stale on private.counted_prompts (user_id, prompt_id) where stale;
create index counted_prompts_liked on private.counted_prompts (user_id, made_at desc) where liked;
alter table private.counted_prompts enable row level security;

create table private.liking_counts (
  user_id uuid not null references auth.users (id) on delete cascade,
  kind    text not null check (kind in ('clause', 'whole', 'label', 'style')),
  key     text not null,
  text    text,  -- as it was last written
  uses    integer not null,
  liked   integer not null,
  bound   double precision generated always as (private.wilson_lower_bound(liked, uses)) stored,
  primary key (user_id, kind, key)
);
create index liking_counts_best on private.liking_counts (user_id, kind, bound desc) where liked > 0;
create index liking_counts_forgotten on private.liking_counts (user_id) where uses <= 0;
alter table private.liking_counts enable row level security;

-- Marks a request to be counted anew. The row is locked even if it is marked already, so that a counting at the same
-- moment leaves it alone.
create function private.recount(p_prompt uuid, p_user uuid) returns void
language sql security definer set search_path = '' as $$
  insert into private.counted_prompts as c (prompt_id, user_id)
  select p_prompt, p_user
  where p_prompt is not null and exists (select from auth.users u where u.id = p_user)
  on conflict (prompt_id) do update set stale = true where not c.stale
$$;

create function private.recount_prompt() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'DELETE' then
    perform private.recount(old.id, old.user_id);
  else
    perform private.recount(new.id, new.user_id);
  end if;
  return null;
end
$$;
create trigger recount after insert on public.prompts
  for each row when (new.status = 'completed') execute function private.recount_prompt();
create trigger recount_update after update of status on public.prompts
  for each row when (new.status = 'completed' and old.status <> 'completed') execute function private.recount_prompt();
create trigger recount_delete after delete on public.prompts
  for each row when (old.status = 'completed') execute function private.recount_prompt();

create function private.recount_image() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'DELETE' then
    perform private.recount(old.prompt_id, old.user_id);
  else
    perform private.recount(new.prompt_id, new.user_id);
  end if;
  return null;
end
$$;
-- New images need no mark: the request that brings them completes in the same transaction.
create trigger recount after update of is_favorite, vision_labels, style_tags, trashed_at on public.generated_images
  for each row when ((old.is_favorite, old.vision_labels, old.style_tags, old.trashed_at)
              is distinct from (new.is_favorite, new.vision_labels, new.style_tags, new.trashed_at))
  execute function private.recount_image();
create trigger recount_delete after delete on public.generated_images
  for each row execute function private.recount_image();

create function private.recount_mark() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.recount(g.prompt_id, g.user_id) from public.generated_images g
    where g.id = case tg_op when 'DELETE' then old.image_id else new.image_id end;
  return null;
end
$$;
create trigger recount after insert or delete or update of rating, pick on public.image_marks
  for each row execute function private.recount_mark();

-- What requests add to the counts as they are now.
create function private.likings_of(p_prompts uuid[])
returns table (prompt_id uuid, likings private.liking[], words text[], liked boolean, made_at timestamptz)
language sql stable security definer set search_path = '' as $$
  with image as (
    select g.id, g.prompt_id, g.vision_labels, g.style_tags,
           g.trashed_at is null and m.pick is distinct from 'reject'
             and (g.is_favorite or m.pick is not distinct from 'pick'
                  or coalesce(m.rating >= (private.setting('liked_rating'))::integer, false)) as liked
      from public.generated_images g left join public.image_marks m on m.image_id = g.id
     where g.prompt_id = any (p_prompts)
  ),
  prompt as (
    select p.id, p.prompt, p.created_at, coalesce(i.liked, false) as liked
      from public.prompts p
      left join (select o.prompt_id, bool_or(o.liked) as liked from image o group by o.prompt_id) as i
        on i.prompt_id = p.id
     where p.id = any (p_prompts) and p.status = 'completed'
  ),
  liking as (
    select p.id, 'clause' as kind, c.key, c.clause as text, 1 as uses, p.liked::integer as liked
      from prompt p cross join lateral private.clauses(p.prompt) as c where c.place > 1
    union all
    select p.id, 'whole', md5(private.wording_key(p.prompt)), null, 1, p.liked::integer from prompt p
    union all
    select t.prompt_id, t.kind, lower(t.tag), min(t.tag), count(distinct t.id)::integer,
           (count(distinct t.id) filter (where t.liked))::integer
      from (select i.id, i.prompt_id, i.liked, 'label' as kind, btrim(u.tag) as tag
              from image i cross join lateral unnest(i.vision_labels) as u (tag)
            union all
            select i.id, i.prompt_id, i.liked, 'style', btrim(u.tag)
              from image i cross join lateral unnest(i.style_tags) as u (tag)) as t
     where char_length(t.tag) between 2 and 120
     group by t.prompt_id, t.kind, lower(t.tag)
  )
  select p.id, l.likings, private.words(p.prompt), p.liked, p.created_at
    from prompt p
    join (select o.id, array_agg((o.kind, o.key, o.text, o.uses, o.liked)::private.liking) as likings
            from liking o group by o.id) as l on l.id = p.id
$$;

-- Counts up to p_limit marked requests anew, of one user or (null) of anybody: how many.
create function private.count_likings(p_user uuid, p_limit integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_ids uuid[];
begin
  select array_agg(s.prompt_id) into v_ids from (
    select c.prompt_id from private.counted_prompts c
     where c.stale and c.user_id between coalesce(p_user, '00000000-0000-0000-0000-000000000000')
                                     and coalesce(p_user, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
     order by c.user_id, c.prompt_id limit p_limit for update skip locked) as s;
  if v_ids is null then
    return 0;
  end if;
  -- A statement of its own: it sees what was committed before the rows were locked, whatever came to them meanwhile.
  with fresh as materialized (
    select * from private.likings_of(v_ids)
  ),
  change as (
    select d.user_id, d.kind, d.key, sum(d.uses)::integer as uses, sum(d.liked)::integer as liked,
           (array_agg(d.text order by d.made_at desc, d.text) filter (where d.text is not null))[1] as text
      from (select c.user_id, l.kind, l.key, null as text, -l.uses as uses, -l.liked as liked, c.made_at
              from private.counted_prompts c cross join lateral unnest(c.likings) as l where c.prompt_id = any (v_ids)
            union all
            select c.user_id, l.kind, l.key, l.text, l.uses, l.liked, f.made_at
              from fresh f join private.counted_prompts c using (prompt_id) cross join lateral unnest(f.likings) as l) as d
     group by d.user_id, d.kind, d.key having sum(d.uses) <> 0 or sum(d.liked) <> 0
  ),
  kept as (
    update private.counted_prompts c
       set likings = f.likings, words = f.words, liked = f.liked, made_at = f.made_at, stale = false
      from fresh f where c.prompt_id = f.prompt_id
  ),
  gone as (
    delete from private.counted_prompts c
     where c.prompt_id = any (v_ids) and not exists (select from fresh f where f.prompt_id = c.prompt_id)
  )
  insert into private.liking_counts as n (user_id, kind, key, text, uses, liked)
  select c.user_id, c.kind, c.key, c.text, c.uses, c.liked from change c order by c.user_id, c.kind, c.key
  on conflict (user_id, kind, key) do update
    set uses = n.uses + excluded.uses, liked = n.liked + excluded.liked, text = coalesce(excluded.text, n.text);
  -- Nobody uses it any more: the words of a deleted request are forgotten with it.
  delete from private.liking_counts n where n.uses <= 0;
  return cardinality(v_ids);
end
$$;

-- Scheduled: what is marked and nobody asked for.
create function public.count_likings() returns integer
language sql security definer set search_path = '' as $$
  select private.count_likings(null, 2000)
$$;
grant execute on function public.count_likings() to service_role;

insert into private.tasks (name, every) values ('count_likings', '1 minute') on conflict (name) do nothing;

-- What was made before this was counted.
insert into private.counted_prompts (prompt_id, user_id)
select p.id, p.user_id from public.prompts p where p.status = 'completed'
on conflict (prompt_id) do nothing;
