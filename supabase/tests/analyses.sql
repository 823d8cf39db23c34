-- Batches of analyses: who is served, what waits for what, how several results are told, versions, bulk.

create function pg_temp.claimed(p_for jsonb, p_limit integer default 50, p_undescribed jsonb default null)
returns setof jsonb language sql as $$
  select j - array['lease_until', 'storage_path'] from public.claim_analysis('w', null, p_limit, 120, p_for, p_undescribed) j
$$;
create function pg_temp.made_by(p_owner uuid, p_provider text) returns uuid language plpgsql as $$
declare
  i uuid := pg_temp.image(p_owner, null);
begin
  update public.generated_images set technical_metadata = jsonb_build_object('provider', p_provider) where id = i;
  delete from private.jobs where image_id = i;
  perform private.enqueue_image_job(i, k) from unnest(array['vision', 'embedding', 'style', 'color', 'safety']) k;
  return i;
end
$$;
grant execute on function pg_temp.claimed to public;

do $$
declare
  a uuid := pg_temp.sign_up('a@example.test', '{"language": "en"}');
  sketch uuid := pg_temp.made_by(a, 'sketch');
  other uuid := pg_temp.made_by(a, 'replicate');
  unnamed uuid := pg_temp.image(a, null);
  jobs jsonb;
  v jsonb;
  tok uuid;
  answer jsonb;
begin
  assert (select array_agg(distinct image_provider order by image_provider) from private.jobs where image_id is not null)
    = array['', 'replicate', 'sketch'];
  update public.profiles set language = 'en' where id = a;
  perform pg_temp.become('service_role');

  -- nobody is served by an empty list, and what is not asked for stays
  assert not exists (select from pg_temp.claimed('{}'));
  assert not exists (select from pg_temp.claimed('{"vision": [], "style": ["nobody"], "nonsense": null}'));
  select jsonb_agg(j) into jobs from pg_temp.claimed('{"vision": ["sketch"], "safety": {"except": ["sketch", ""]}}') j;
  assert jobs @> jsonb_build_array(jsonb_build_object('image_id', sketch, 'kind', 'vision'), jsonb_build_object('image_id', other, 'kind', 'safety'));
  assert jsonb_array_length(jobs) = 2, jobs::text;

  -- the embedding waits for the description; unless there will be none
  assert not exists (select from pg_temp.claimed('{"embedding": null}'));
  select j into v from pg_temp.claimed('{"embedding": null}', 50, '["replicate"]') j;
  assert v ->> 'image_id' = other::text and v ->> 'kind' = 'embedding';
  assert public.fail_analyses(jsonb_build_array(v || '{"error": "e", "retryable": false}')) #>> '{0,outcome}' = 'failed';

  -- several results in one call, each for itself
  v := jobs -> 0;
  tok := v ->> 'lease_token';
  select public.complete_analyses(jsonb_build_array(
    jsonb_build_object('image_id', sketch, 'kind', 'vision', 'lease_token', tok, 'version', 'x-2', 'result',
      '{"description": {"fr": "un renard", "en": "a fox"}, "labels": {"fr": ["renard"], "en": ["fox"]}}'::jsonb),
    jsonb_build_object('image_id', sketch, 'kind', 'style', 'lease_token', tok, 'version', 'x-2', 'result', '{"tags": []}'::jsonb),
    jsonb_build_object('image_id', gen_random_uuid(), 'kind', 'style', 'lease_token', tok, 'version', 'x-2', 'result', '{"tags": []}'::jsonb),
    jsonb_build_object('image_id', other, 'kind', 'safety', 'lease_token', jobs #>> '{1,lease_token}', 'version', 'x-2', 'result', '{"nsfw_score": 2}'::jsonb)
  )) into answer;
  assert (select jsonb_object_agg(x ->> 'kind' || case when x ->> 'image_id' in (sketch::text, other::text) then '' else '?' end, x ->> 'outcome') from jsonb_array_elements(answer) x)
    = '{"vision": "completed", "style": "stale_lease", "style?": "unknown_image", "safety": "invalid_analysis"}', answer::text;
  assert (select vision_description = 'a fox' and vision_labels = array['fox'] from public.generated_images where id = sketch);
  assert (select raw_response #>> '{labels,fr,0}' = 'renard' from public.image_analysis where image_id = sketch);

  -- now its time has come, with what was found
  select j into v from pg_temp.claimed('{"embedding": null}') j;
  assert v ->> 'image_id' = sketch::text and v #>> '{vision,labels,en,0}' = 'fox';
  assert public.extend_analyses(jsonb_build_array(v, v || jsonb_build_object('lease_token', gen_random_uuid()))) = '{"held": 1}';

  -- what was not the image's fault does not count
  assert public.fail_analyses(jsonb_build_array(v || '{"error": "away", "retryable": true, "wait_seconds": 0}')) #>> '{0,outcome}' = 'queued';
  select j into v from pg_temp.claimed('{"embedding": null}') j;
  assert v ->> 'attempt' = '1';
  assert public.fail_analyses(jsonb_build_array(v || '{"error": "odd", "retryable": true}')) #>> '{0,outcome}' = 'queued';
  assert not exists (select from pg_temp.claimed('{"embedding": null}')), 'after 5 seconds';
  assert public.fail_analyses(jsonb_build_array(v || '{"error": "odd", "retryable": true}')) #>> '{0,outcome}' = 'stale_lease';

  -- a failed description sets its embedding free as well
  select jsonb_agg(j) into jobs from pg_temp.claimed('{"vision": null}') j;
  assert jsonb_array_length(jobs) = 2;
  perform public.fail_analyses((select jsonb_agg(j || '{"error": "refused", "retryable": false}') from jsonb_array_elements(jobs) j));
  assert (select array_agg(j ->> 'image_id') from pg_temp.claimed('{"embedding": null}') j) = array[unnamed::text];

  -- a lower version of the same analyser is kept and not shown, another analyser is shown
  perform public.analyze_image_with_vision(sketch);
  select j into v from pg_temp.claimed('{"vision": ["sketch"]}') j;
  assert public.complete_analysis(sketch, 'vision', (v ->> 'lease_token')::uuid, 'x-1', '{"description": "old", "labels": ["old"]}') = '{"completed": true}';
  assert (select vision_description = 'a fox' from public.generated_images where id = sketch);
  perform public.analyze_image_with_vision(sketch);
  select j into v from pg_temp.claimed('{"vision": ["sketch"]}') j;
  perform public.complete_analysis(sketch, 'vision', (v ->> 'lease_token')::uuid, 'y:1', '{"description": {"fr": "autre"}, "labels": ["other"]}');
  assert (select vision_description = 'autre' and vision_labels = array['other'] from public.generated_images where id = sketch);
  assert (select array_agg(analysis_version order by analysis_version) from public.image_analysis where image_id = sketch) = array['x-1', 'x-2', 'y:1'];

  -- bulk: page by page, behind new images, without what a version has seen
  assert (pg_temp.outcome('select public.enqueue_analyses(array[''publish''])')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.enqueue_analyses(array[]::text[])')).word = 'PT422 invalid_parameters';
  select public.enqueue_analyses(array['embedding', 'vision'], 'y:1', null, 2) into answer;
  assert (answer ->> 'images')::integer = 2 and answer ->> 'next' is not null, answer::text;
  select public.enqueue_analyses(array['embedding', 'vision'], 'y:1', (answer ->> 'next')::uuid, 2) || jsonb_build_object('before', answer -> 'queued') into answer;
  assert (answer ->> 'images')::integer = 1 and answer -> 'next' = 'null';
  perform pg_temp.become('postgres');
  assert (select count(*) from private.jobs where kind = 'vision' and state = 'queued' and bulk) = 2, 'not the one that y:1 has seen';
  assert (select count(*) from private.jobs where kind = 'embedding' and run_after = 'infinity') = 1, 'the one that had failed';
  update private.jobs set run_after = now() - interval '1 hour' where bulk and kind = 'vision';
  unnamed := pg_temp.made_by(a, 'replicate');
  perform pg_temp.become('service_role');
  assert (select j ->> 'image_id' from pg_temp.claimed('{"vision": null}', 1) j) = unnamed::text, 'the new one first';
  assert (select count(*) from pg_temp.claimed('{"vision": null}') j) = 2;
  assert (public.enqueue_analyses(array['vision']) ->> 'queued')::integer = 1, 'what waits or runs is left alone';

  -- publishing says why not
  perform pg_temp.become('authenticated', a);
  assert (pg_temp.outcome(format('select public.set_public(%L, true, now(), gen_random_uuid())', other))).word = 'PT422 not_publishable';
  assert (pg_temp.outcome(format('select public.set_public(%L, true, now(), gen_random_uuid())', other))).detail::jsonb
    = '{"nsfw_score": null, "max": 0.5, "reason": "not_analyzed"}';
  perform pg_temp.become('postgres');
  update public.generated_images set nsfw_score = 0.6 where id = other;
  perform pg_temp.become('authenticated', a);
  assert (pg_temp.outcome(format('select public.set_public(%L, true, now(), gen_random_uuid())', other))).detail::jsonb
    = '{"nsfw_score": 0.6, "max": 0.5, "reason": "above_limit"}';
end
$$;
