-- What many people write: clauses of published, harmless images' prompts that at least k of them used, k people each.
-- Nothing that fewer wrote is kept here, neither a clause nor its spelling nor which word it goes with.

insert into private.settings (key, value) values
  ('community_min_authors', '3'),  -- k; less than two is taken as two
  ('community_images', '10000')    -- only the newest published images are read
on conflict (key) do nothing;

create table private.community_clauses (
  key     text primary key,
  clause  text not null,
  authors integer not null,        -- who used it
  kept    integer not null,        -- of them, those of whom an image with it is somebody's favorite
  bound   double precision generated always as (private.wilson_lower_bound(kept, authors)) stored
);
create index community_clauses_best on private.community_clauses (bound desc, authors desc);
alter table private.community_clauses enable row level security;

-- Which words of a prompt a clause goes with.
create table private.community_pairs (
  word    text not null,
  key     text not null references private.community_clauses (key) on delete cascade,
  authors integer not null,
  primary key (word, key)
);
create index community_pairs_key on private.community_pairs (key);
alter table private.community_pairs enable row level security;

-- Counts people and not images, so that nobody is many. Scheduled; answers how many clauses there are.
create function public.refresh_community_suggestions() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_people integer := greatest(2, private.setting('community_min_authors')::integer);
  v_count integer;
begin
  -- Readers go on with what was; a second one at the same time waits.
  lock table private.community_clauses in exclusive mode;
  delete from private.community_clauses;
  with image as materialized (
    select g.user_id, g.prompt_id, exists (select from public.user_favorites f where f.image_id = g.id) as kept
      from public.generated_images g
     where g.published_at is not null and g.is_public and g.prompt_id is not null
       and g.nsfw_score < private.setting('nsfw_public_max')::double precision
     order by g.published_at desc, g.id desc limit private.setting('community_images')::integer
  ),
  prompt as materialized (
    select i.user_id, bool_or(i.kept) as kept, p.prompt
      from image i join public.prompts p on p.id = i.prompt_id group by i.user_id, p.prompt
  ),
  said as materialized (
    select p.user_id, p.kept, c.key, c.clause, private.words(p.prompt) as words
      from prompt p cross join lateral private.clauses(p.prompt) as c where c.place > 1
  ),
  spelling as (
    select s.key, s.clause,
           row_number() over (partition by s.key order by count(distinct s.user_id) desc, s.clause) as place
      from said s group by s.key, s.clause having count(distinct s.user_id) >= v_people
  ),
  common as materialized (
    select s.key, count(distinct s.user_id)::integer as authors,
           (count(distinct s.user_id) filter (where s.kept))::integer as kept
      from said s group by s.key having count(distinct s.user_id) >= v_people
     order by private.wilson_lower_bound(
                count(distinct s.user_id) filter (where s.kept), count(distinct s.user_id)) desc, 2 desc, s.key
     limit 2000
  ),
  clause as (
    insert into private.community_clauses (key, clause, authors, kept)
    select c.key, coalesce(f.clause, c.key), c.authors, c.kept
      from common c left join spelling f on f.key = c.key and f.place = 1
  )
  insert into private.community_pairs (word, key, authors)
  select w.word, s.key, count(distinct s.user_id)
    from said s join common c on c.key = s.key cross join lateral unnest(s.words) as w (word)
   where strpos(s.key, w.word) = 0
   group by w.word, s.key having count(distinct s.user_id) >= v_people;
  select count(*) into v_count from private.community_clauses;
  -- What is no longer shared by many goes, unless somebody has made it his own.
  delete from public.prompt_suggestions s
   where s.source_type = 'community' and s.last_used_at is null and s.metadata ? 'key'
     and not exists (select from private.community_clauses c where c.key = s.metadata ->> 'key');
  return v_count;
end
$$;
grant execute on function public.refresh_community_suggestions() to service_role;

create index idx_suggestions_community on public.prompt_suggestions (created_at)
  where source_type = 'community' and last_used_at is null;

insert into private.tasks (name, every) values ('refresh_community_suggestions', '1 hour')
on conflict (name) do nothing;
