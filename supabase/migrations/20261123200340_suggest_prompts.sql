-- Suggestions for a prompt: what its author liked before, what his liked images share, what many people write. Made
-- when asked for, found again when asked again; never about the words themselves, which are the user's in whatever
-- language, only about what became of them.

insert into private.settings (key, value) values
  ('suggestion_days', '90'),     -- a suggestion that nobody used goes after that
  ('suggestions_kept', '500')    -- unused ones of one user; the oldest go
on conflict (key) do nothing;

-- One suggestion per user, prompt and wording. Null for rows that are older or that a client wrote by itself.
alter table public.prompt_suggestions add column wording_key text;
create unique index prompt_suggestions_once on public.prompt_suggestions (user_id, wording_key);
create index idx_suggestions_base on public.prompt_suggestions (md5(lower(base_prompt)), user_id);
create index idx_suggestions_unused on public.prompt_suggestions (user_id, created_at desc) where last_used_at is null;

create function private.suggestion_key(p_base text, p_wording text) returns text
language sql immutable strict parallel safe set search_path = '' as $$
  select md5(p_base || E'\x1f' || private.wording_key(p_wording))
$$;

-- A prompt with one more clause.
create function private.with_clause(p_base text, p_clause text) returns text
language sql immutable strict parallel safe set search_path = '' as $$
  select case when p_base ~ '[.!?…]$' then p_base || ' ' || p_clause
              else rtrim(p_base, E' ,;\n\r\t') || ', ' || p_clause end
$$;

-- How a suggestion is told.
create function private.told_suggestion(p_row public.prompt_suggestions) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object(
    'id', p_row.id, 'shared', p_row.user_id is null, 'base_prompt', p_row.base_prompt,
    'suggested_prompt', p_row.suggested_prompt, 'source_type', p_row.source_type,
    'confidence_score', p_row.confidence_score, 'used_count', p_row.used_count, 'success_rate', p_row.success_rate,
    'image_count', p_row.image_count, 'favorite_count', p_row.favorite_count,
    'rank', private.suggestion_rank(p_row.confidence_score, p_row.used_count, p_row.success_rate),
    'metadata', p_row.metadata, 'created_at', p_row.created_at, 'last_used_at', p_row.last_used_at)
$$;

-- What could be suggested for a prompt, from the counts alone: source, wording, confidence and its evidence. Clauses
-- that went with the words of this prompt come before those that did well elsewhere.
create function private.suggestion_candidates(p_user uuid, p_base text, p_limit integer)
returns table (source text, wording text, confidence double precision, evidence jsonb)
language plpgsql stable security definer set search_path = '' as $$
declare
  v_key text := private.wording_key(p_base);
  v_words text[] := private.words(p_base);
  v_keys text[] := array(select c.key from private.clauses(p_base) as c);
begin
  return query
  with recent as materialized (
    select c.prompt_id, c.words, c.likings from private.counted_prompts c
     where c.user_id = p_user and c.liked order by c.made_at desc limit 500
  ),
  near as materialized (
    select r.prompt_id, r.likings, count(*) as hits,
           count(*)::double precision / (cardinality(r.words) + cardinality(v_words) - count(*)) as similarity
      from recent r cross join lateral unnest(r.words) as w (word) join unnest(v_words) as b (word) using (word)
     group by r.prompt_id, r.likings, r.words
     order by 4 desc, r.prompt_id limit 20
  ),
  beside as materialized (
    select distinct l.kind, l.key from near n cross join lateral unnest(n.likings) as l
  ),
  own as (
    select c.kind, c.key, c.text, c.uses, c.liked, c.bound,
           exists (select from beside b where (b.kind, b.key) = (c.kind, c.key)) as is_beside
      from (
        select n.* from (values ('clause'), ('label'), ('style')) as k (kind)
         cross join lateral (
           select t.* from private.liking_counts t
            where t.user_id = p_user and t.kind = k.kind and t.liked > 0 order by t.bound desc limit 60) as n
        union
        select t.* from beside b join private.liking_counts t
            on t.user_id = p_user and t.kind = b.kind and t.key = b.key
         where t.liked > 0 and t.kind <> 'whole') as c
     -- One liked image shares nothing with others.
     where (c.kind = 'clause' or c.liked >= 2)
       and c.key <> all (v_keys) and strpos(v_key, c.key) = 0
  ),
  history as (
    select 'history', private.with_clause(p_base, o.text), o.bound,
           jsonb_build_object('key', o.key, 'clause', o.text, 'uses', o.uses, 'liked', o.liked)
      from own o where o.kind = 'clause' order by o.is_beside desc, o.bound desc, o.key limit p_limit
  ),
  vision as (
    select 'vision', private.with_clause(p_base, o.text), o.bound,
           jsonb_build_object('key', o.key, 'clause', o.text, 'kind', o.kind, 'images', o.uses, 'liked', o.liked)
      from own o where o.kind <> 'clause' order by o.is_beside desc, o.kind = 'style' desc, o.bound desc, o.key
     limit p_limit
  ),
  whole as (
    select distinct on (t.key) 'history', btrim(p.prompt), t.bound,
           jsonb_build_object('prompt_id', p.id, 'uses', t.uses, 'liked', t.liked,
                              'similarity', round(n.similarity::numeric, 3))
      from near n join public.prompts p on p.id = n.prompt_id
      join private.liking_counts t
        on t.user_id = p_user and t.kind = 'whole' and t.key = md5(private.wording_key(p.prompt)) and t.liked > 0
     where n.similarity >= 0.4 and private.wording_key(p.prompt) <> v_key
     order by t.key, p.created_at desc
  ),
  common as (
    select 'community', private.with_clause(p_base, c.clause), c.bound,
           jsonb_build_object('key', c.key, 'clause', c.clause, 'authors', c.authors, 'kept', c.kept)
      from (
        select t.*, 0::bigint as hits from (
          select b.* from private.community_clauses b order by b.bound desc, b.authors desc limit 60) as t
        union all
        select t.*, h.hits
          from (select p.key, count(*) as hits from private.community_pairs p
                 where p.word = any (v_words) group by p.key order by 2 desc, 1 limit 60) as h
          join private.community_clauses t using (key)) as c
     where c.key <> all (v_keys) and strpos(v_key, c.key) = 0
     order by c.hits desc, c.bound desc, c.authors desc, c.key limit 2 * p_limit
  )
  select * from history union all select * from whole union all select * from vision union all select * from common;
end
$$;

-- Suggestions for a prompt, the best first: {enabled, suggestions: [{id, shared, base_prompt, suggested_prompt,
-- source_type, confidence_score, used_count, success_rate, image_count, favorite_count, rank, metadata, created_at,
-- last_used_at}]}. No source gets more than half of the places while others have something to say. Asked again for
-- the same prompt it finds the same rows again. PT422 invalid_parameters.
create function public.suggest_prompts(p_prompt text, p_limit integer default 6) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_base text := btrim(p_prompt, E' \n\r\t');
  v_limit integer := least(greatest(coalesce(p_limit, 6), 1), 20);
  v_ids uuid[];
begin
  if v_base is null or char_length(v_base) not between 1 and 4000 then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "prompt", "reason": "length", "min": 1, "max": 4000}');
  elsif not exists (select from public.profiles p where p.id = v_user and p.prompt_suggestions_enabled) then
    return '{"enabled": false, "suggestions": []}';
  end if;
  perform private.count_likings(v_user, 50);
  with known as materialized (
    select s.id, s.source_type as source, s.suggested_prompt as wording, s.confidence_score as confidence,
           s.used_count, s.success_rate, s.metadata as evidence, s.last_used_at,
           private.suggestion_key(v_base, s.suggested_prompt) as wording_key
      from public.prompt_suggestions s
     where md5(lower(s.base_prompt)) = md5(lower(v_base))
       -- shared ones in whatever case; one's own would change the letters just typed
       and (s.user_id is null or s.user_id = v_user and s.base_prompt = v_base)
  ),
  candidate as materialized (
    select c.source, c.wording, c.confidence, c.evidence, private.suggestion_key(v_base, c.wording) as wording_key
      from private.suggestion_candidates(v_user, v_base, v_limit) as c
     where char_length(c.wording) <= 4000
  ),
  offer as (
    -- Of one wording: the one that is known, else the first source.
    select distinct on (o.wording_key) o.*
      from (
        select k.id, k.source, k.wording, coalesce(c.confidence, k.confidence) as confidence, k.used_count,
               k.success_rate, coalesce(c.evidence, k.evidence) as evidence, k.wording_key
          from known k left join candidate c on c.wording_key = k.wording_key and c.source = k.source
         -- what was suggested for evidence that is gone is not suggested again, unless it was used or was paid for
         where k.source = 'ai' or k.last_used_at is not null or c.wording_key is not null or not k.evidence ?| array['key', 'prompt_id']
        union all
        select null, c.source, c.wording, c.confidence, 0, 0, c.evidence, c.wording_key from candidate c) as o
     order by o.wording_key, o.id is null, array_position(array['history', 'vision', 'community', 'ai'], o.source), o.id
  ),
  placed as (
    select o.*, private.suggestion_rank(o.confidence, o.used_count, o.success_rate) as rank,
           row_number() over (
             partition by o.source
             order by private.suggestion_rank(o.confidence, o.used_count, o.success_rate) desc, o.wording_key) as place
      from offer o where o.wording_key <> private.suggestion_key(v_base, v_base)
  ),
  chosen as materialized (
    select p.* from placed p order by p.place > (v_limit + 1) / 2, p.rank desc, p.wording_key limit v_limit
  ),
  written as (
    insert into public.prompt_suggestions as s (
      user_id, base_prompt, suggested_prompt, source_type, confidence_score, metadata, wording_key)
    select v_user, v_base, c.wording, c.source, c.confidence, c.evidence, c.wording_key
      from chosen c where c.id is null order by c.wording_key
    on conflict (user_id, wording_key) do update set wording_key = excluded.wording_key
    returning s.id
  ),
  refreshed as (
    -- Only what a person would notice is news to his devices.
    update public.prompt_suggestions s set confidence_score = c.confidence, metadata = s.metadata || c.evidence
      from chosen c
     where s.id = c.id and s.user_id = v_user and abs(s.confidence_score - c.confidence) >= 0.01
  )
  select array(select c.id from chosen c where c.id is not null union all select w.id from written w) into v_ids;
  delete from public.prompt_suggestions s
   where s.id <> all (v_ids) and s.id in (
     select o.id from public.prompt_suggestions o where o.user_id = v_user and o.last_used_at is null
      order by o.created_at desc, o.id offset private.setting('suggestions_kept')::integer);
  return jsonb_build_object('enabled', true, 'suggestions', (
    select coalesce(jsonb_agg(private.told_suggestion(s) order by
             private.suggestion_rank(s.confidence_score, s.used_count, s.success_rate) desc,
             private.wilson_lower_bound(s.favorite_count, s.image_count) desc, s.id), '[]')
      from public.prompt_suggestions s where s.id = any (v_ids)));
end
$$;
grant execute on function public.suggest_prompts(text, integer) to authenticated;
