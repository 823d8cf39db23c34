-- Images and wordings that are near to a vector. Vectors of different models mean different things: every search is
-- within one space. A user's own rows are compared exactly (0.1 ms for a hundred, 60 ms for ten thousand); everybody's
-- by the approximate index, which holds public or shared rows only, so that nothing is filtered away behind it.

-- scope `mine` or `public`. Answers at most match_count (1 to 100) images of at least min_similarity (cosine, -1 to 1),
-- the nearest first. Nothing from the trash. Runs as the caller: row-level security holds here as everywhere.
create function public.match_images(
  query_embedding extensions.vector(1536), embedding_space text, match_count integer default 10,
  min_similarity double precision default 0, scope text default 'mine')
returns table (id uuid, user_id uuid, similarity double precision)
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_count integer := least(greatest(coalesce(match_count, 10), 1), 100);
begin
  -- The size in the signature is not enforced by the server.
  if query_embedding is null or extensions.vector_dims(query_embedding) <> 1536 then
    raise sqlstate 'PT422' using message = 'invalid_parameters', detail = '{"field": "query_embedding", "dimensions": 1536}';
  end if;
  if scope = 'mine' then
    return query
    -- `offset 0` keeps the approximate index out
    select n.id, n.user_id, n.similarity from (
      select g.id, g.user_id, 1 - (g.vision_embedding operator(extensions.<=>) query_embedding) as similarity
        from public.generated_images g
       where g.user_id = v_user and g.embedding_space = match_images.embedding_space and g.trashed_at is null
         and g.vision_embedding is not null
      offset 0) as n
     where n.similarity >= min_similarity
     order by n.similarity desc limit v_count;
  elsif scope = 'public' then
    return query
    select n.id, n.user_id, n.similarity from (
      select g.id, g.user_id, 1 - (g.vision_embedding operator(extensions.<=>) query_embedding) as similarity
        from public.generated_images g
       where g.is_public and g.embedding_space = match_images.embedding_space
       order by g.vision_embedding operator(extensions.<=>) query_embedding limit v_count) as n
     where n.similarity >= min_similarity
     order by n.similarity desc;
  else
    raise sqlstate 'PT422' using message = 'invalid_parameters', detail = '{"field": "scope"}';
  end if;
end
$$;

-- Own suggestions and shared ones, merged, under the same rules.
create function public.match_prompt_suggestions(
  query_embedding extensions.vector(1536), embedding_space text, match_count integer default 10,
  min_similarity double precision default 0)
returns table (id uuid, user_id uuid, suggested_prompt text, similarity double precision)
language sql stable security invoker set search_path = '' as $$
  select n.id, n.user_id, n.suggested_prompt, n.similarity from (
    (select s.id, s.user_id, s.suggested_prompt,
            1 - (s.embedding operator(extensions.<=>) query_embedding) as similarity
       from public.prompt_suggestions s
      where s.user_id = (select auth.uid()) and s.embedding_space = match_prompt_suggestions.embedding_space
        and s.embedding is not null
      offset 0)
    union all
    (select s.id, s.user_id, s.suggested_prompt,
            1 - (s.embedding operator(extensions.<=>) query_embedding)
       from public.prompt_suggestions s
      where s.user_id is null and s.embedding_space = match_prompt_suggestions.embedding_space
      order by s.embedding operator(extensions.<=>) query_embedding
      limit least(greatest(coalesce(match_count, 10), 1), 100))
  ) as n
  where n.similarity >= min_similarity
  order by n.similarity desc limit least(greatest(coalesce(match_count, 10), 1), 100)
$$;

-- The vector operators are found where the extension lies.
grant usage on schema extensions to anon, authenticated, service_role;
grant execute on function
  public.match_images(extensions.vector, text, integer, double precision, text) to anon, authenticated, service_role;
grant execute on function
  public.match_prompt_suggestions(extensions.vector, text, integer, double precision) to authenticated, service_role;

-- The approximate search looks at 100 candidates, and goes on where those of one space are not enough.
do $$
begin
  perform '[1]'::extensions.vector;  -- loads the library, and with it the names of its settings
  alter function public.match_images set hnsw.ef_search = 100;
  alter function public.match_images set hnsw.iterative_scan = 'strict_order';
  alter function public.match_prompt_suggestions set hnsw.ef_search = 100;
  alter function public.match_prompt_suggestions set hnsw.iterative_scan = 'strict_order';
exception when others then
  raise notice 'hnsw settings are not available here: %', sqlerrm;
end
$$;

-- Counts a look at an image, its owner's or a visitor's, at most once a minute. No news for any device.
create function public.record_image_access(p_image_id uuid) returns void
language sql security definer set search_path = '' as $$
  update public.generated_images
     set access_count = access_count + 1, last_accessed_at = now()
   where id = p_image_id
     and (user_id = (select auth.uid()) or is_public)
     and (last_accessed_at is null or last_accessed_at < now() - interval '1 minute')
$$;
grant execute on function public.record_image_access(uuid) to authenticated;
