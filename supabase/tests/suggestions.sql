-- Better wordings: from what one liked, from what liked images share, from what many write, from a model. What they
-- are worth, who may see them, and that nothing is told of few.

create function pg_temp.made(p_user uuid, p_prompt text, p_liked boolean default false, p_labels text[] default null, p_styles text[] default null)
returns uuid language plpgsql security definer as $$
declare
  i uuid := pg_temp.image(p_user);
begin
  update public.prompts set prompt = p_prompt where id = (select prompt_id from public.generated_images where id = i);
  update public.generated_images set vision_labels = p_labels, style_tags = p_styles where id = i;
  if p_liked then
    insert into public.user_favorites (user_id, image_id) values (p_user, i);
  end if;
  return i;
end
$$;
create function pg_temp.publish(p_image uuid) returns void language sql security definer as $$
  update public.generated_images set is_public = true where id = p_image;
  update public.generated_images set published_at = now() where id = p_image;
$$;
create function pg_temp.wordings(p_answer jsonb, p_source text default null) returns text[] language sql as $$
  select coalesce(array_agg(s ->> 'suggested_prompt' order by s ->> 'suggested_prompt'), '{}')
    from jsonb_array_elements(p_answer -> 'suggestions') as s where p_source is null or s ->> 'source_type' = p_source
$$;
create function pg_temp.age(p_request uuid) returns void language sql security definer as $$
  update private.suggestion_requests set created_at = now() - interval '1 hour' where id = p_request
$$;
create function pg_temp.due(p_request uuid) returns void language sql security definer as $$
  update private.suggestion_requests set run_after = now() - interval '1 second' where id = p_request
$$;
create function pg_temp.state(p_request uuid) returns text language sql security definer as $$
  select state from private.suggestion_requests where id = p_request
$$;
create function pg_temp.bound(p_successes integer, p_trials integer) returns double precision language sql security definer as $$
  select private.wilson_lower_bound(p_successes, p_trials)
$$;
create function pg_temp.rank(p_confidence double precision, p_used integer, p_rate double precision) returns double precision language sql security definer as $$
  select private.suggestion_rank(p_confidence, p_used, p_rate)
$$;
grant execute on function pg_temp.bound, pg_temp.rank, pg_temp.made, pg_temp.publish, pg_temp.wordings, pg_temp.age, pg_temp.due, pg_temp.state to public;

-- words
do $$
begin
  assert (select array_agg(c.key order by c.place) from private.clauses(E'Un renard ROUX, brume  du matin; f/1,8\nbrume du matin, (a, b), x.') as c)
    = array['un renard roux', 'brume du matin', 'f/1,8'], 'once each, no cut number, no half bracket, no single letter';
  assert private.words('L''Éléphant, l’été: a 50mm') @> array['éléphant', 'été', '50mm'];
  assert private.with_clause('a fox, ', 'fog') = 'a fox, fog' and private.with_clause('Un renard.', 'brume') = 'Un renard. brume';
  perform pg_temp.become('postgres');
end
$$;

-- history: what was used with what was liked, in the user's own words, without what the prompt says already
do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  b uuid := pg_temp.sign_up('b@example.test');
  i uuid;
  said jsonb;
  again jsonb;
begin
  perform pg_temp.made(a, 'Un château, lumière du matin, film 35mm', true);
  perform pg_temp.made(a, 'Un port, Lumière du matin, huile', true);
  i := pg_temp.made(a, 'Un pont, huile', false);
  perform pg_temp.made(a, 'Un pont, néon', false);
  perform pg_temp.made(b, 'secret of b, moon dust', true);
  perform pg_temp.become('authenticated', a);
  said := public.suggest_prompts(' Un renard, film 35mm ');
  assert pg_temp.wordings(said) = array['Un renard, film 35mm, Lumière du matin', 'Un renard, film 35mm, huile'], said::text;
  assert said ->> 'enabled' = 'true' and said #>> '{suggestions,0,source_type}' = 'history'
    and said #>> '{suggestions,0,base_prompt}' = 'Un renard, film 35mm', 'trimmed';
  assert said #>> '{suggestions,0,metadata,key}' = 'lumière du matin'
    and (said #>> '{suggestions,0,confidence_score}')::double precision = pg_temp.bound(2, 2), 'two of two stand before one of two';
  assert (said #>> '{suggestions,1,confidence_score}')::double precision = pg_temp.bound(1, 2);
  again := public.suggest_prompts('Un renard, film 35mm');
  assert again = said, 'found again, not made again';
  assert (select count(*) from public.prompt_suggestions where user_id = a) = 2;

  -- a rating or a pick counts as a mark of the heart does; a rejection takes it back; one image of a request is enough
  perform public.set_rating(array[i], 4, now(), gen_random_uuid());
  said := public.suggest_prompts('Un renard, film 35mm');
  assert (said #>> '{suggestions,0,confidence_score}')::double precision = pg_temp.bound(2, 2)
    and (said #>> '{suggestions,1,confidence_score}')::double precision = pg_temp.bound(2, 2), said::text;
  perform public.set_pick(array[i], 'reject', now(), gen_random_uuid());
  said := public.suggest_prompts('Un renard, film 35mm');
  assert (said #>> '{suggestions,1,confidence_score}')::double precision = pg_temp.bound(1, 2), said::text;

  -- a near prompt whole, and back to nothing when its request is deleted
  said := public.suggest_prompts('un port, huile');
  assert 'Un port, Lumière du matin, huile' = any (pg_temp.wordings(said, 'history')), said::text;
  perform pg_temp.become('postgres');
  delete from public.prompts where user_id = a and prompt like 'Un port%';
  perform pg_temp.become('authenticated', a);
  said := public.suggest_prompts('un port, huile');
  assert not 'Un port, Lumière du matin, huile' = any (pg_temp.wordings(said)), said::text;
  assert not exists (select from jsonb_array_elements(public.suggest_prompts('un port') -> 'suggestions') as s where s #>> '{metadata,clause}' = 'huile'),
    'what nobody liked is not suggested';

  -- limits
  assert (pg_temp.outcome('select public.suggest_prompts('' '')')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.suggest_prompts(null)')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.suggest_prompts(repeat(''x'', 4001))')).word = 'PT422 invalid_parameters';
  assert public.suggest_prompts(repeat('x', 3999)) -> 'suggestions' = '[]', 'nothing longer than a prompt may be';
  assert jsonb_array_length(public.suggest_prompts('Un renard', 1) -> 'suggestions') = 1;

  -- the switch
  update public.profiles set prompt_suggestions_enabled = false where id = a;
  assert public.suggest_prompts('Un renard') = '{"enabled": false, "suggestions": []}';

  -- other eyes
  perform pg_temp.become('authenticated', b);
  assert (select count(*) from public.prompt_suggestions where user_id is not null) = 0;
  assert public.suggest_prompts('Un renard, film 35mm') #>> '{suggestions,0,metadata,key}' = 'moon dust';
  perform pg_temp.become('anon');
  assert (pg_temp.outcome('select public.suggest_prompts(''x'')')).word = '42501';
  perform pg_temp.become('postgres');
end
$$;

-- vision: what liked images share and the prompt lacks; one image shares nothing
do $$
declare
  a uuid := pg_temp.sign_up('v@example.test');
  said jsonb;
begin
  perform pg_temp.made(a, 'one', true, array['fog', 'fox'], array['Watercolor']);
  perform pg_temp.made(a, 'two', true, array['fog'], array['watercolor']);
  perform pg_temp.made(a, 'three', false, array['neon', 'fog'], array['neon']);
  perform pg_temp.become('authenticated', a);
  said := public.suggest_prompts('a castle');
  assert pg_temp.wordings(said, 'vision') = array['a castle, Watercolor', 'a castle, fog']
      or pg_temp.wordings(said, 'vision') = array['a castle, fog', 'a castle, watercolor'], said::text;
  assert exists (select from jsonb_array_elements(said -> 'suggestions') as s
                  where s #>> '{metadata,key}' = 'fog' and s #>> '{metadata,images}' = '3' and s #>> '{metadata,liked}' = '2'
                    and (s ->> 'confidence_score')::double precision = pg_temp.bound(2, 3));
  said := public.suggest_prompts('a castle in the fog');
  assert array_length(pg_temp.wordings(said, 'vision'), 1) = 1, 'fog is there already';
  perform pg_temp.become('postgres');
end
$$;

-- community: three people, not two; published and harmless; a spelling of one is told of nobody
do $$
declare
  p uuid[] := array(select pg_temp.sign_up(format('p%s@example.test', n)) from generate_series(1, 4) n);
  me uuid := pg_temp.sign_up('me@example.test');
  i uuid[];
  said jsonb;
begin
  i := array[
    pg_temp.made(p[1], 'A fox, Soft Light, mon jardin secret'), pg_temp.made(p[2], 'A dog, soft light, mon jardin secret'),
    pg_temp.made(p[3], 'A cat, SOFT LIGHT, only mine'), pg_temp.made(p[3], 'Another cat, only mine'),
    pg_temp.made(p[3], 'A third cat, only mine'), pg_temp.made(p[4], 'A hat, mon jardin secret')];
  perform pg_temp.publish(u) from unnest(i[1:2]) as u;
  perform pg_temp.become('service_role');
  assert public.refresh_community_suggestions() = 0, 'two people are few';
  perform pg_temp.become('postgres');
  perform pg_temp.publish(u) from unnest(i[3:5]) as u;
  -- the fourth would be the third to use the words, and is not published
  perform pg_temp.become('service_role');
  assert public.refresh_community_suggestions() = 1;
  perform pg_temp.become('authenticated', me);
  said := public.suggest_prompts('a castle');
  assert pg_temp.wordings(said) = array['a castle, soft light'], said::text;
  assert said #>> '{suggestions,0,metadata,authors}' = '3' and said #>> '{suggestions,0,source_type}' = 'community'
    and not said::text ~* 'jardin|only mine', said::text;
  assert public.suggest_prompts('a castle, Soft  Light') -> 'suggestions' = '[]';

  -- many images of one are one; a favorite of somebody is worth something
  perform pg_temp.become('postgres');
  insert into public.user_favorites (user_id, image_id) values (me, i[1]), (p[4], i[1]), (me, i[2]);
  perform public.refresh_community_suggestions();
  perform pg_temp.become('authenticated', me);
  said := public.suggest_prompts('a castle');
  assert (said #>> '{suggestions,0,confidence_score}')::double precision = pg_temp.bound(2, 3), said::text;

  -- not harmless any more: gone for everybody, also where it was suggested and not used
  perform pg_temp.become('postgres');
  update public.generated_images set nsfw_score = 0.9 where id = i[2];
  perform pg_temp.become('service_role');
  assert public.refresh_community_suggestions() = 0;
  perform pg_temp.become('authenticated', me);
  assert public.suggest_prompts('a castle') -> 'suggestions' = '[]';
  assert not exists (select from public.prompt_suggestions where source_type = 'community' and user_id = me);
  assert (pg_temp.outcome('select public.refresh_community_suggestions()')).word = '42501';
  perform pg_temp.become('postgres');
end
$$;

-- k follows the setting, and is never one
do $$
declare
  p uuid[] := array(select pg_temp.sign_up(format('q%s@example.test', n)) from generate_series(1, 2) n);
begin
  perform pg_temp.publish(pg_temp.made(p[1], 'x y z, blue hour'));
  update private.settings set value = '1' where key = 'community_min_authors';
  perform public.refresh_community_suggestions();
  assert not exists (select from private.community_clauses where key = 'blue hour');
  perform pg_temp.publish(pg_temp.made(p[2], 'a b c, blue hour'));
  perform public.refresh_community_suggestions();
  assert exists (select from private.community_clauses where key = 'blue hour' and authors = 2);
  perform pg_temp.become('postgres');
end
$$;

-- what it was worth: uses, successes, images, favorites; and the order that follows
do $$
declare
  a uuid := pg_temp.sign_up('w@example.test');
  good uuid;
  untried uuid;
  shared uuid;
  r uuid;
  i uuid[] := '{}';
  j uuid;
  said jsonb;
begin
  insert into public.prompt_suggestions (user_id, base_prompt, suggested_prompt, source_type, confidence_score)
    values (a, 'a lake', 'a lake, calm', 'ai', 0.3) returning id into good;
  insert into public.prompt_suggestions (user_id, base_prompt, suggested_prompt, source_type, confidence_score)
    values (a, 'a lake', 'a lake, storm', 'ai', 0.9) returning id into untried;
  insert into public.prompt_suggestions (user_id, base_prompt, suggested_prompt, source_type, confidence_score)
    values (null, 'a lake', 'a lake, shared', 'community', 0.1) returning id into shared;
  perform pg_temp.become('authenticated', a);
  said := public.suggest_prompts('a lake');
  assert said #>> '{suggestions,0,id}' = untried::text and said #>> '{suggestions,1,id}' = good::text
    and said #>> '{suggestions,2,id}' = shared::text and said #>> '{suggestions,2,shared}' = 'true', said::text;
  perform pg_temp.become('postgres');
  for n in 1 .. 4 loop
    r := gen_random_uuid();
    insert into public.prompts (id, user_id, prompt, model_id, model_version, status, prompt_suggestion_id)
      values (r, a, 'a lake, calm', 'sketch', '1', 'processing', good);
    if n < 4 then
      j := gen_random_uuid();
      insert into public.generated_images (id, user_id, prompt_id, storage_path, public_url, width, height, format, size_bytes)
        values (j, a, r, format('%s/%s/%s.webp', a, r, j), 'x', 1, 1, 'webp', 1);
      i := i || j;
    end if;
    update public.prompts set status = case n when 4 then 'failed' else 'completed' end where id = r;
  end loop;
  perform pg_temp.become('authenticated', a);
  perform public.set_favorite(i[1], true, now(), gen_random_uuid());
  perform public.set_favorite(i[2], true, now(), gen_random_uuid());
  said := public.suggest_prompts('a lake');
  assert said #>> '{suggestions,0,id}' = good::text and said #>> '{suggestions,0,used_count}' = '4'
    and said #>> '{suggestions,0,success_rate}' = '0.75' and said #>> '{suggestions,0,image_count}' = '3'
    and said #>> '{suggestions,0,favorite_count}' = '2', said::text;
  assert (said #>> '{suggestions,0,rank}')::double precision = pg_temp.rank(0.3, 4, 0.75);
  assert public.suggest_prompts('a lake') = said, 'the order is stable';
  -- the request may go; what became of its images stays true
  delete from public.prompts where user_id = a;
  perform public.set_favorite(i[2], false, clock_timestamp(), gen_random_uuid());
  assert (select image_count = 3 and favorite_count = 1 from public.prompt_suggestions where id = good);
  delete from public.generated_images where id = i[1];
  delete from public.generated_images where id = i[3];
  assert (select image_count = 3 and favorite_count = 0 from public.prompt_suggestions where id = good);
  -- devices are told
  perform pg_temp.become('postgres');
  update public.sync_changes set xid = '3' where user_id = a;
  perform pg_temp.become('authenticated', a);
  assert exists (select from jsonb_array_elements(public.pull_changes() -> 'changes') as c
                  where c ->> 'id' = good::text and c #>> '{row,image_count}' = '3' and not c -> 'row' ? 'embedding');
  -- unused ones do not pile up
  perform pg_temp.become('postgres');
  update private.settings set value = '2' where key = 'suggestions_kept';
  perform pg_temp.made(a, format('a %s, clause %s', n, n), true) from generate_series(1, 9) as n;
  perform pg_temp.become('authenticated', a);
  for n in 1 .. 5 loop
    said := public.suggest_prompts('a lake ' || n, 1);
    assert exists (select from public.prompt_suggestions where id::text = said #>> '{suggestions,0,id}'), 'what is told is there';
  end loop;
  assert (select count(*) from public.prompt_suggestions where user_id = a and last_used_at is null) between 2 and 3;
  assert exists (select from public.prompt_suggestions where id = good), 'a used one stays';
  perform pg_temp.become('postgres');
  update private.settings set value = '500' where key = 'suggestions_kept';
end
$$;

-- a model's wordings: asked, claimed, answered; once
do $$
declare
  a uuid := pg_temp.sign_up('m@example.test');
  b uuid := pg_temp.sign_up('n@example.test');
  r uuid := gen_random_uuid();
  r2 uuid := gen_random_uuid();
  job jsonb;
  tok uuid;
  bad text;
  said jsonb;
  three jsonb := '[{"wording": "Un renard roux dans la brume", "reason": "Dit où.", "confidence": 0.8},
    {"wording": "Un renard, aquarelle", "reason": null, "confidence": 0.5}, {"wording": " un renard,  aquarelle ", "confidence": 0.4}]';
begin
  update private.settings set value = '{"free": 3}' where key = 'suggestion_requests_daily';
  perform pg_temp.become('authenticated', a);
  assert public.request_suggestions(r, ' un renard ') = jsonb_build_object('id', r, 'state', 'pending', 'error', null, 'suggestions', '[]'::jsonb);
  assert public.request_suggestions(r, 'un renard') ->> 'state' = 'pending', 'asked twice is asked once';
  assert (pg_temp.outcome(format('select public.request_suggestions(%L, ''une loutre'')', r))).word = 'PT409 id_reused';
  assert (pg_temp.outcome('select public.request_suggestions(null, ''x'')')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.request_suggestions(gen_random_uuid(), '' '')')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.claim_suggestions(''w'')')).word = '42501';
  perform pg_temp.become('authenticated', b);
  assert (pg_temp.outcome(format('select public.request_suggestions(%L, ''un renard'')', r))).word = 'PT409 id_conflict';

  perform pg_temp.become('service_role');
  select c into job from public.claim_suggestions('w1', 5, 60) c;
  tok := job ->> 'lease_token';
  assert job ->> 'id' = r::text and job ->> 'prompt' = 'un renard' and job ->> 'attempt' = '1' and job ->> 'language' = 'fr'
    and not job::text like '%' || a || '%', 'whose it is stays here';
  assert not exists (select from public.claim_suggestions('w2')), 'nobody else gets it';
  foreach bad in array array['[]', '{}', 'null', '[1]', '[{"wording": "", "confidence": 1}]', '[{"wording": "x"}]',
      '[{"wording": "x", "confidence": 2}]', '[{"wording": "Un  Renard.", "confidence": 1}]',
      jsonb_build_array(jsonb_build_object('wording', repeat('x', 4001), 'confidence', 1))::text] loop
    assert (pg_temp.outcome(format('select public.complete_suggestions(%L, %L, %L, ''v'')', r, tok, bad))).word = 'PT422 invalid_suggestions', left(bad, 100);
  end loop;
  assert (pg_temp.outcome(format('select public.complete_suggestions(%L, gen_random_uuid(), %L, ''v'')', r, three))).word = 'PT409 stale_lease';
  assert (pg_temp.outcome(format('select public.complete_suggestions(gen_random_uuid(), %L, %L, ''v'')', tok, three))).word = 'PT404 unknown_request';
  assert public.complete_suggestions(r, tok, three, 'gpt-1') = '{"completed": true, "suggestions": 2}';
  assert public.complete_suggestions(r, tok, three, 'gpt-1') = '{"completed": false, "replay": true}';
  perform pg_temp.become('authenticated', a);
  said := public.request_suggestions(r, 'un renard');
  assert said ->> 'state' = 'ready' and pg_temp.wordings(said, 'ai') = array['Un renard roux dans la brume', 'Un renard, aquarelle'], said::text;
  assert said #>> '{suggestions,0,metadata,reason}' = 'Dit où.' and said #>> '{suggestions,0,metadata,version}' = 'gpt-1';
  assert pg_temp.wordings(public.suggest_prompts('un renard'), 'ai') = pg_temp.wordings(said), 'offered from then on';
  perform pg_temp.become('authenticated', b);
  assert (select count(*) from public.prompt_suggestions where source_type = 'ai' and user_id is not null) = 0;

  -- attempts: twice again, then over; a worker that vanished
  perform pg_temp.become('authenticated', a);
  perform public.request_suggestions(r2, 'une loutre');
  perform pg_temp.become('service_role');
  for attempt in 1 .. 3 loop
    perform pg_temp.due(r2);
    select c into job from public.claim_suggestions('w1') c;
    assert job ->> 'attempt' = attempt::text, job::text;
    said := public.fail_suggestions(r2, (job ->> 'lease_token')::uuid, 'provider_failed', true);
    assert said ->> 'state' = case attempt when 3 then 'failed' else 'queued' end, said::text;
  end loop;
  assert public.fail_suggestions(r2, (job ->> 'lease_token')::uuid, 'provider_failed', true) ->> 'replay' = 'true';
  perform pg_temp.become('authenticated', a);
  said := public.request_suggestions(r2, 'une loutre');
  assert said ->> 'state' = 'failed' and said ->> 'error' = 'provider_failed', said::text;

  -- by day, with what failed; switched off; unserved
  r2 := gen_random_uuid();
  perform public.request_suggestions(r2, 'trois');
  assert (pg_temp.outcome('select public.request_suggestions(gen_random_uuid(), ''quatre'')')).word = 'PT429 too_many_suggestions';
  assert public.request_suggestions(r2, 'trois') ->> 'state' = 'pending', 'the limit does not hide an answer';
  update public.profiles set prompt_suggestions_enabled = false where id = a;
  perform pg_temp.become('service_role');
  assert not exists (select from public.claim_suggestions('w1')), 'not of those who want none any more';
  perform pg_temp.become('authenticated', a);
  assert (pg_temp.outcome('select public.request_suggestions(gen_random_uuid(), ''x'')')).word = 'PT403 suggestions_disabled';
  update public.profiles set prompt_suggestions_enabled = true where id = a;
  perform pg_temp.age(r2);
  assert public.request_suggestions(r2, 'trois') ->> 'state' = 'expired';
  perform pg_temp.become('service_role');
  assert not exists (select from public.claim_suggestions('w1'));
  perform public.purge_suggestions();
  assert pg_temp.state(r2) = 'expired';
  perform pg_temp.become('postgres');
  update public.profiles set subscription_status = 'suspended' where id = b;
  perform pg_temp.become('authenticated', b);
  assert (pg_temp.outcome('select public.request_suggestions(gen_random_uuid(), ''x'')')).word = 'PT403 account_suspended';

  -- lost for the last time
  perform pg_temp.become('postgres');
  insert into private.suggestion_requests (id, user_id, prompt, state, attempts, run_after, lease_token)
    values (gen_random_uuid(), a, 'lost', 'leased', 3, now() - interval '1 minute', gen_random_uuid());
  perform public.claim_suggestions('w1');
  assert (select state = 'failed' and error = 'worker_lost' from private.suggestion_requests where prompt = 'lost');

  -- what is old goes
  update private.suggestion_requests set created_at = now() - interval '8 days';
  update public.prompt_suggestions set created_at = now() - interval '91 days' where user_id = a;
  update public.prompt_suggestions set last_used_at = now() where suggested_prompt = 'Un renard, aquarelle';
  perform public.purge_suggestions();
  assert not exists (select from private.suggestion_requests);
  assert (select array_agg(suggested_prompt) from public.prompt_suggestions where user_id = a) = array['Un renard, aquarelle'];
  perform pg_temp.become('postgres');
end
$$;
