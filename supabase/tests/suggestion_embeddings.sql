-- Vectors of the prompts that suggestions are for: made for those that are worth one, found by nearness.

do $$
declare
  a uuid := pg_temp.sign_up('e@example.test');
  s uuid;
  v jsonb := (select jsonb_agg(case n when 1 then 1 else 0 end) from generate_series(1, 1536) n);
begin
  update public.prompt_suggestions set embed_after = now() + interval '1 day';
  insert into public.prompt_suggestions (user_id, base_prompt, suggested_prompt, source_type, confidence_score)
    values (a, 'near me', 'y', 'ai', 1) returning id into s;
  insert into public.prompt_suggestions (user_id, base_prompt, suggested_prompt, source_type, confidence_score)
    values (a, 'unused', 'y', 'history', 1);
  perform pg_temp.become('service_role');
  assert (select array_agg(c) from public.claim_suggestion_embeddings() c) = array[jsonb_build_object('id', s, 'base_prompt', 'near me')];
  assert not exists (select from public.claim_suggestion_embeddings()), 'not twice at once';
  assert (pg_temp.outcome(format('select public.complete_suggestion_embeddings(%L, ''m-1'')', jsonb_build_array(jsonb_build_object('id', s, 'embedding', '[1]'::jsonb))))).word = 'PT422 invalid_suggestions';
  assert public.complete_suggestion_embeddings(jsonb_build_array(jsonb_build_object('id', s, 'embedding', v)), 'm-1') = 1;
  assert public.complete_suggestion_embeddings(jsonb_build_array(jsonb_build_object('id', s, 'embedding', v)), 'm-1') = 0;
  perform pg_temp.become('authenticated', a);
  assert (select id from public.match_prompt_suggestions((v #>> '{}')::extensions.vector, 'm-1')) = s;
end
$$;
