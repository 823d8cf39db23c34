-- How good a suggestion is: measured success, what became of its images, and the one order in which suggestions are
-- shown. The order is mirrored in the client (crates/model/src/suggestion); both are held to the numbers of
-- tests/fixtures/suggestion/ranking.json.

-- Lower end of the Wilson score interval for a share of successes among trials: what is known for sure at confidence
-- z (1.96: 95 %). Few trials know little, so 1 of 1 is 0.21 and 180 of 200 is 0.85. Nothing is known of no trials: 0.
-- E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927) 209–212:
--   (p + z²/2n − z √((p(1 − p) + z²/4n) / n)) / (1 + z²/n),  p = successes / n
create function private.wilson_lower_bound(
  p_successes double precision, p_trials double precision, p_z double precision default 1.96) returns double precision
language sql immutable strict parallel safe set search_path = '' as $$
  select case when p_trials > 0 then greatest(0, least(1,
    (s.p + p_z * p_z / (2 * p_trials) - p_z * sqrt((s.p * (1 - s.p) + p_z * p_z / (4 * p_trials)) / p_trials))
    / (1 + p_z * p_z / p_trials))) else 0 end
    from (select case when p_trials > 0 then greatest(0, least(1, p_successes / p_trials)) end as p) as s
$$;

-- The place of a suggestion in the order: the Wilson bound of its measured success, to which its confidence adds one
-- imagined use that succeeded to that degree. Before any use this is at most 0.21, so that nothing unproven stands
-- before what is proven; behind two hundred uses the imagined one weighs nothing.
--   rank = wilson(round(success_rate × used_count) + confidence, used_count + 1)
create function private.suggestion_rank(
  p_confidence double precision, p_used_count integer, p_success_rate double precision) returns double precision
language sql immutable strict parallel safe set search_path = '' as $$
  select private.wilson_lower_bound(round(p_success_rate * p_used_count) + p_confidence, p_used_count + 1)
$$;

-- What became of the images made from a suggestion. Images that are deleted later stay counted: they were made.
alter table public.prompt_suggestions
  add column image_count integer not null default 0,
  add column favorite_count integer not null default 0,
  add constraint valid_image_counts check (favorite_count >= 0 and image_count >= favorite_count);

-- Which image was made from which suggestion. Apart from the request, which its owner may delete.
create table private.image_suggestions (
  image_id      uuid primary key,  -- no foreign key: the count below must find it when the image goes
  suggestion_id uuid not null references public.prompt_suggestions (id) on delete cascade
);
create index image_suggestions_suggestion on private.image_suggestions (suggestion_id);
alter table private.image_suggestions enable row level security;

-- Statement triggers: the suggestions of one statement are locked in one order, so that two statements that concern
-- the same ones cannot wait for each other.
create function private.count_suggested_images() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_ids uuid[];
  v_images integer[];
  v_favorites integer[];
begin
  if tg_op = 'INSERT' then
    insert into private.image_suggestions (image_id, suggestion_id)
    select n.id, p.prompt_suggestion_id from new_rows n join public.prompts p on p.id = n.prompt_id
     where p.prompt_suggestion_id is not null;
    select array_agg(c.id), array_agg(c.images), array_agg(c.favorites) into v_ids, v_images, v_favorites from (
      select m.suggestion_id as id, count(*) as images, count(*) filter (where n.is_favorite) as favorites
        from new_rows n join private.image_suggestions m on m.image_id = n.id group by m.suggestion_id) as c;
  elsif tg_op = 'UPDATE' then
    select array_agg(c.id), array_agg(0), array_agg(c.favorites) into v_ids, v_images, v_favorites from (
      select m.suggestion_id as id, sum(n.is_favorite::integer - o.is_favorite::integer) as favorites
        from old_rows o join new_rows n on n.id = o.id and n.is_favorite <> o.is_favorite
        join private.image_suggestions m on m.image_id = n.id group by m.suggestion_id) as c;
  else
    select array_agg(c.id), array_agg(0), array_agg(c.favorites) into v_ids, v_images, v_favorites from (
      select m.suggestion_id as id, -count(*) filter (where o.is_favorite) as favorites
        from old_rows o join private.image_suggestions m on m.image_id = o.id group by m.suggestion_id) as c;
    delete from private.image_suggestions m using old_rows o where m.image_id = o.id;
  end if;
  if v_ids is null then
    return null;
  end if;
  perform 1 from public.prompt_suggestions s where s.id = any (v_ids) order by s.id for no key update;
  update public.prompt_suggestions s
     set image_count = s.image_count + c.images, favorite_count = greatest(0, s.favorite_count + c.favorites)
    from unnest(v_ids, v_images, v_favorites) as c (id, images, favorites)
   where s.id = c.id and (c.images, c.favorites) <> (0, 0);
  return null;
end
$$;
create trigger suggested_images after insert on public.generated_images
  referencing new table as new_rows for each statement execute function private.count_suggested_images();
create trigger suggested_images_update after update on public.generated_images
  referencing old table as old_rows new table as new_rows
  for each statement execute function private.count_suggested_images();
create trigger suggested_images_delete after delete on public.generated_images
  referencing old table as old_rows for each statement execute function private.count_suggested_images();

drop trigger sync_feed on public.prompt_suggestions;
create trigger sync_feed after insert or delete or update of
    user_id, base_prompt, suggested_prompt, source_type, confidence_score, used_count, success_rate, last_used_at,
    metadata, image_count, favorite_count
  on public.prompt_suggestions for each row execute function private.sync_feed('id', 'user_id');

-- What was made before this was counted.
insert into private.image_suggestions (image_id, suggestion_id)
select g.id, p.prompt_suggestion_id from public.generated_images g join public.prompts p on p.id = g.prompt_id
 where p.prompt_suggestion_id is not null;
update public.prompt_suggestions s set image_count = c.images, favorite_count = c.favorites
  from (select m.suggestion_id, count(*) as images, count(*) filter (where g.is_favorite) as favorites
          from private.image_suggestions m join public.generated_images g on g.id = m.image_id
         group by m.suggestion_id) as c
 where s.id = c.suggestion_id;
