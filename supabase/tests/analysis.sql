-- What is found out about an image: queued with it, leased, kept by version, comparable within one space only.

do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  b uuid := pg_temp.sign_up('b@example.test');
  i uuid := pg_temp.image(a, null);
  job jsonb;
  tok uuid;
  near jsonb := (select jsonb_agg(case n when 1 then 1 else 0.01 end) from generate_series(1, 1536) n);
  far jsonb := (select jsonb_agg(case n when 2 then 1 else 0.01 end) from generate_series(1, 1536) n);
begin
  assert (select array_agg(kind order by kind) from private.jobs where image_id = i)
    = array['color', 'embedding', 'safety', 'style', 'vision'];
  perform pg_temp.become('service_role');
  select j into job from public.claim_analysis('w', array['vision'], 10) j where j ->> 'image_id' = i::text;
  tok := job ->> 'lease_token';
  assert job ->> 'prompt' = 'a test' and public.extend_analysis(i, 'vision', tok) = '{"held": true}';
  assert public.extend_analysis(i, 'vision', gen_random_uuid()) = '{"held": false}';
  assert (pg_temp.outcome(format('select public.complete_analysis(%L, ''vision'', gen_random_uuid(), ''v'', ''{}'')', i))).word = 'PT409 stale_lease';
  assert public.complete_analysis(i, 'vision', tok, 'local-1', '{"description": "un renard", "labels": ["fox", "mist"]}') ->> 'completed' = 'true';
  assert public.complete_analysis(i, 'vision', tok, 'local-1', '{}') ->> 'replay' = 'true';
  assert (select vision_description = 'un renard' and vision_labels = array['fox', 'mist'] from public.generated_images where id = i);
  assert (select user_id = a and analysis_version = 'local-1' from public.image_analysis where image_id = i);
  assert (select common_subjects from public.user_generation_stats where user_id = a) = array['fox', 'mist'];

  -- asked again it is queued again; another version stands beside the first
  perform public.analyze_image_with_vision(i);
  select j into job from public.claim_analysis('w', array['vision'], 10) j where j ->> 'image_id' = i::text;
  perform public.complete_analysis(i, 'vision', (job ->> 'lease_token')::uuid, 'local-2', '{"description": "a fox", "labels": ["fox"]}');
  assert (select count(*) from public.image_analysis where image_id = i) = 2;
  assert (select common_subjects from public.user_generation_stats where user_id = a) = array['fox'];

  select j into job from public.claim_analysis('w', array['safety'], 10) j where j ->> 'image_id' = i::text;
  assert (pg_temp.outcome(format('select public.complete_analysis(%L, ''safety'', %L, ''v'', ''{"nsfw_score": 7}'')', i, job ->> 'lease_token'))).word = 'PT422 invalid_analysis';
  assert public.fail_analysis(i, 'safety', (job ->> 'lease_token')::uuid, 'outage', true) = '{"state": "queued"}';
  perform pg_temp.become('postgres');
  update private.jobs set run_after = now() where image_id = i;
  perform pg_temp.become('service_role');
  select j into job from public.claim_analysis('w', array['safety'], 10) j where j ->> 'image_id' = i::text;
  assert job ->> 'attempt' = '2';
  perform public.complete_analysis(i, 'safety', (job ->> 'lease_token')::uuid, 'local-1', '{"nsfw_score": 0.1}');

  select j into job from public.claim_analysis('w', array['color'], 10) j where j ->> 'image_id' = i::text;
  perform public.complete_analysis(i, 'color', (job ->> 'lease_token')::uuid, 'local-1',
    '{"palette": ["#112233"], "dominant": ["#112233"], "technical": {"sharpness": 0.5}}');
  assert (select color_palette = array['#112233'] and technical_metadata ->> 'sharpness' = '0.5' from public.generated_images where id = i);

  -- vectors
  select j into job from public.claim_analysis('w', array['embedding'], 10) j where j ->> 'image_id' = i::text;
  assert (pg_temp.outcome(format('select public.complete_analysis(%L, ''embedding'', %L, ''v'', ''[1, 2]'')', i, job ->> 'lease_token'))).word = 'PT422 invalid_analysis';
  perform public.complete_analysis(i, 'embedding', (job ->> 'lease_token')::uuid, 'hash-1', near);
  assert (select embedding_space = 'hash-1' and length(decode(embedding_code, 'base64')) = 1536 from public.generated_images where id = i);
  perform pg_temp.become('authenticated', a);
  assert (select count(*) from public.match_images((near #>> '{}')::extensions.vector, 'hash-1')) = 1;
  assert (select similarity from public.match_images((near #>> '{}')::extensions.vector, 'hash-1')) > 0.999;
  assert (select count(*) from public.match_images((near #>> '{}')::extensions.vector, 'other-1')) = 0, 'another space means nothing';
  assert (select count(*) from public.match_images((far #>> '{}')::extensions.vector, 'hash-1', 10, 0.9)) = 0;
  assert (pg_temp.outcome(format('select public.match_images(%L, ''hash-1'', 10, 0, ''all'')', near #>> '{}'))).word = 'PT422 invalid_parameters';
  perform pg_temp.become('authenticated', b);
  assert (select count(*) from public.match_images((near #>> '{}')::extensions.vector, 'hash-1')) = 0, 'own ones';
  assert (select count(*) from public.match_images((near #>> '{}')::extensions.vector, 'hash-1', 10, 0, 'public')) = 0;
  perform pg_temp.become('authenticated', a);
  update public.generated_images set is_public = true where id = i;
  perform pg_temp.become('anon');
  assert (select count(*) from public.match_images((near #>> '{}')::extensions.vector, 'hash-1', 10, 0, 'public')) = 1;

  -- found unfit after it was published
  perform pg_temp.become('service_role');
  perform public.analyze_image_safety(i);
  select j into job from public.claim_analysis('w', array['safety'], 10) j where j ->> 'image_id' = i::text;
  perform public.complete_analysis(i, 'safety', (job ->> 'lease_token')::uuid, 'local-2', '{"nsfw_score": 0.9}');
  assert not (select is_public from public.generated_images where id = i);
  assert (pg_temp.outcome('select public.match_images(''[1, 2]'', ''hash-1'')')).word = 'PT422 invalid_parameters';

  perform pg_temp.become('postgres');
  insert into public.prompt_suggestions (user_id, base_prompt, suggested_prompt, source_type, confidence_score, embedding, embedding_space) values
    (a, 'mine', 'mine', 'history', 1, (near #>> '{}')::extensions.vector, 'text-1'), (b, 'theirs', 'theirs', 'history', 1, (near #>> '{}')::extensions.vector, 'text-1'),
    (null, 'all', 'all', 'ai', 1, (far #>> '{}')::extensions.vector, 'text-1'), (null, 'old', 'old', 'ai', 1, (near #>> '{}')::extensions.vector, 'text-0');
  perform pg_temp.become('authenticated', a);
  assert (select array_agg(suggested_prompt) from public.match_prompt_suggestions((near #>> '{}')::extensions.vector, 'text-1')) = array['mine', 'all'];
end
$$;
