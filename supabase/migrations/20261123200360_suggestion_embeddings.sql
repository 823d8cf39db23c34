-- Vectors of the prompts that suggestions are for, so that near prompts find them (match_prompt_suggestions). A worker
-- that has a model makes them; only of suggestions that are worth one: shared ones, used ones and those of a model.

alter table public.prompt_suggestions
  add column embed_after timestamptz not null default now();  -- not to be handed out before

create index idx_suggestions_unembedded on public.prompt_suggestions (embed_after)
  where embedding is null and (user_id is null or last_used_at is not null or source_type = 'ai');

-- Hands out suggestions without a vector: {id, base_prompt}. Each comes again after ten minutes while it has none.
create function public.claim_suggestion_embeddings(p_limit integer default 50) returns setof jsonb
language sql security definer set search_path = '' as $$
  with due as (
    select s.id from public.prompt_suggestions s
     where s.embedding is null and (s.user_id is null or s.last_used_at is not null or s.source_type = 'ai')
       and s.embed_after <= now()
     order by s.embed_after limit least(greatest(coalesce(p_limit, 50), 0), 200) for update skip locked
  ),
  held as (
    update public.prompt_suggestions s set embed_after = now() + interval '10 minutes'
      from due d where s.id = d.id
    returning s.id, s.base_prompt
  )
  select jsonb_build_object('id', h.id, 'base_prompt', h.base_prompt) from held h order by h.id
$$;
grant execute on function public.claim_suggestion_embeddings(integer) to service_role;

-- Keeps vectors [{id, embedding}], each an array of 1 536 numbers: how many. p_version names their space. Repeating it
-- changes nothing. PT422 invalid_suggestions.
create function public.complete_suggestion_embeddings(p_embeddings jsonb, p_version text) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_count integer;
begin
  if coalesce(p_version, '') = '' or jsonb_typeof(p_embeddings) is distinct from 'array' then
    perform private.refuse('PT422', 'invalid_suggestions');
  end if;
  begin
    update public.prompt_suggestions s
       set embedding = (e.item ->> 'embedding')::extensions.vector(1536), embedding_space = left(p_version, 200)
      from jsonb_array_elements(p_embeddings) as e (item)
     where s.id = (e.item ->> 'id')::uuid and s.embedding is null and e.item ->> 'embedding' is not null;
    get diagnostics v_count = row_count;
  exception when data_exception then
    perform private.refuse('PT422', 'invalid_suggestions');
  end;
  return v_count;
end
$$;
grant execute on function public.complete_suggestion_embeddings(jsonb, text) to service_role;
