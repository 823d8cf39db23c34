-- Changes made offline: repeated, late, out of order, by two devices.

do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  b uuid := pg_temp.sign_up('b@example.test');
  i uuid := pg_temp.image(a);
  j uuid := pg_temp.image(a);
  theirs uuid := pg_temp.image(b);
  t0 timestamptz := now() - interval '1 hour';
  n uuid := gen_random_uuid();
  c uuid := gen_random_uuid();
  said jsonb;
begin
  perform pg_temp.become('authenticated', a);
  -- the later act stands, whichever comes first
  said := public.set_favorite(i, false, t0 + interval '10 min', gen_random_uuid());
  assert said = jsonb_build_object('image_id', i, 'applied', true, 'is_favorite', false), said::text;
  said := public.set_favorite(i, true, t0, n);
  assert said ->> 'applied' = 'false' and said ->> 'is_favorite' = 'false', 'an earlier act of another device';
  assert public.set_favorite(i, true, t0, n) = said || '{"replay": true}', 'the same answer again';
  n := gen_random_uuid();
  assert public.set_favorite(i, true, t0 + interval '20 min', n) ->> 'is_favorite' = 'true';
  assert public.set_favorite(i, false, t0 + interval '30 min', gen_random_uuid()) ->> 'is_favorite' = 'false';
  said := public.set_favorite(i, true, t0 + interval '20 min', n);
  assert said ->> 'replay' = 'true' and not exists (select from public.user_favorites where image_id = i), 'a repeat changes nothing';
  -- a clock that is a day ahead wins now and not for ever
  perform public.set_favorite(i, true, now() + interval '1 day', gen_random_uuid());
  perform pg_sleep(0.01);
  assert public.set_favorite(i, false, clock_timestamp(), gen_random_uuid()) ->> 'is_favorite' = 'false', 'bounded by the server';
  assert (pg_temp.outcome(format('select public.set_favorite(%L, true, now(), gen_random_uuid())', theirs))).word = 'PT404 unknown_image';
  assert (pg_temp.outcome(format('select public.set_favorite(%L, true, now(), null)', i))).word = 'PT422 invalid_parameters';

  -- trash
  update public.generated_images set is_public = true where id = j;
  said := public.set_trashed(array[i, j, theirs], true, t0, gen_random_uuid());
  assert said -> 'unknown' = to_jsonb(array[theirs]) and jsonb_array_length(said -> 'applied') = 2;
  assert (select bool_and(trashed_at is not null and not is_public) from public.generated_images where id in (i, j));
  assert (pg_temp.outcome(format('update public.generated_images set is_public = true where id = %L', j))).word = 'PT409 in_trash';
  perform public.set_trashed(array[i], false, t0 + interval '1 min', gen_random_uuid());
  perform public.set_trashed(array[i], true, t0 + interval '30 s', gen_random_uuid());
  assert (select trashed_at from public.generated_images where id = i) is null, 'taken out later than put in';
  assert public.delete_trashed(array[i, j], gen_random_uuid()) -> 'deleted' = to_jsonb(array[j]), 'only what is in the trash';

  -- marks and tags
  perform public.set_rating(array[i], 4, t0, gen_random_uuid());
  perform public.set_pick(array[i], 'reject', t0, gen_random_uuid());
  perform public.set_rating(array[i], 2, t0 - interval '1 min', gen_random_uuid());
  assert (select rating = 4 and pick = 'reject' from public.image_marks where image_id = i);
  assert (pg_temp.outcome(format('select public.set_rating(array[%L]::uuid[], 6, now(), gen_random_uuid())', i))).word = 'PT422 invalid_parameters';
  said := public.tag_images('  Renard ', array[i, theirs], true, t0, gen_random_uuid());
  assert said ->> 'tag' = 'renard' and said -> 'applied' = to_jsonb(array[i]);
  perform public.tag_images('renard', array[i], false, t0 - interval '1 min', gen_random_uuid());
  perform public.tag_images('roux', array[i], true, t0, gen_random_uuid());
  assert public.rename_tag('renard', 'Roux', gen_random_uuid()) = '{"tag": "roux", "images": 1}';
  assert (select array_agg(tag) from public.image_tags) = '{roux}';

  -- collections
  assert public.put_collection(c, 'Renards', t0, gen_random_uuid()) ->> 'applied' = 'true';
  perform public.put_collection(c, 'Old name', t0 - interval '1 min', gen_random_uuid());
  assert (select name from public.collections where id = c) = 'Renards';
  said := public.collect_images(c, array[i, theirs], true, t0, gen_random_uuid());
  assert said -> 'applied' = to_jsonb(array[i]) and (select count(*) from public.collection_images) = 1;
  assert (pg_temp.outcome(format('select public.put_collection(gen_random_uuid(), '''', now(), gen_random_uuid())'))).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome(format('select public.put_collection(gen_random_uuid(), ''x'', now(), gen_random_uuid(), ''smart'')'))).word = 'PT422 invalid_parameters';
  perform pg_temp.become('authenticated', b);
  assert (pg_temp.outcome(format('select public.put_collection(%L, ''mine'', now(), gen_random_uuid())', c))).word = 'PT409 id_conflict';
  assert (pg_temp.outcome(format('select public.collect_images(%L, array[%L]::uuid[], true, now(), gen_random_uuid())', c, theirs))).word = 'PT404 unknown_collection';
  assert public.delete_collection(c, gen_random_uuid()) ->> 'deleted' = 'false';
  perform pg_temp.become('authenticated', a);
  assert public.delete_collection(c, gen_random_uuid()) ->> 'deleted' = 'true';
  assert public.put_collection(c, 'Back', now(), gen_random_uuid()) ->> 'applied' = 'false', 'deleted stays deleted';
  assert exists (select from public.generated_images where id = i), 'its images stay';
  assert (pg_temp.outcome('select public.delete_collection(null, gen_random_uuid())')).word = 'PT422 invalid_parameters';
  assert public.put_saved_search(c, 'Foxes', '{"words": "fox"}', t0, gen_random_uuid()) ->> 'applied' = 'true';
  assert public.delete_saved_search(c, gen_random_uuid()) ->> 'deleted' = 'true';

  -- preferences: two devices, different fields, then the same one
  said := public.merge_preferences('ui_preferences', '{}', '{"zoom": 2, "panel": {"open": null}}', gen_random_uuid());
  assert said -> 'preference_value' = '{"zoom": 2, "panel": {"open": null}}' and said -> 'conflicts' = '[]';
  said := public.merge_preferences('ui_preferences', '{}', '{"sort": "new"}', gen_random_uuid());
  assert said #>> '{preference_value,zoom}' = '2' and said -> 'conflicts' = '[]', 'another field of the same base';
  said := public.merge_preferences('ui_preferences', '{}', '{"zoom": 5}', gen_random_uuid());
  assert said #> '{preference_value,zoom}' = '5' and said -> 'conflicts' = '[{"field": "zoom", "theirs": 2, "yours": 5}]', said::text;
  said := public.merge_preferences('ui_preferences', '{"zoom": 5}', '{"zoom": null}', gen_random_uuid());
  assert not said -> 'preference_value' ? 'zoom';
  assert (pg_temp.outcome('select public.merge_preferences(null, null, ''{}'', gen_random_uuid())')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.merge_preferences(''nonsense'', null, ''{}'', gen_random_uuid())')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.merge_preferences(''ui_preferences'', null, ''[]'', gen_random_uuid())')).word = 'PT422 invalid_parameters';
  said := public.merge_model_preferences('sketch', null, '{"is_favorite": true, "default_settings": {"steps": 40}}', gen_random_uuid());
  assert said ->> 'is_favorite' = 'true' and said #>> '{default_settings,steps}' = '40';
  assert (pg_temp.outcome('select public.merge_model_preferences(''ghost'', null, ''{}'', gen_random_uuid())')).word = 'PT404 unknown_model';

  -- the profile, each field by the time of its act
  n := gen_random_uuid();
  said := public.set_profile('{"full_name": " Ada ", "theme": "light"}', t0 + interval '2 min', n);
  assert said #>> '{fields,full_name}' = 'Ada' and said #>> '{fields,theme}' = 'light';
  said := public.set_profile('{"full_name": "Old", "ads_enabled": false}', t0 + interval '1 min', gen_random_uuid());
  assert said #>> '{fields,full_name}' = 'Ada' and said #>> '{fields,ads_enabled}' = 'false', said::text;
  perform public.set_profile('{"full_name": ""}', t0 + interval '3 min', gen_random_uuid());
  assert public.set_profile('{"full_name": " Ada ", "theme": "light"}', t0 + interval '2 min', n) ->> 'replay' = 'true';
  assert (select full_name is null and theme = 'light' from public.profiles where id = a), 'a repeat changes nothing';
  assert (pg_temp.outcome('select public.set_profile(''{"credits_balance": 5}'', now(), gen_random_uuid())')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.set_profile(''{"theme": "sepia"}'', now(), gen_random_uuid())')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.set_profile(''{"ads_enabled": null}'', now(), gen_random_uuid())')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.set_profile(''{"ads_enabled": "maybe"}'', now(), gen_random_uuid())')).word = 'PT422 invalid_parameters';
  assert not exists (select from public.profiles where id <> a and theme = 'light'), 'nobody else''s';

  -- keys of pairs are made from the pair; the same pair is in crates/model/src/id.rs
  perform pg_temp.become(null);
  assert private.pair_id('0193f0a0-0000-7000-8000-0000000000aa', 'forêt') = 'f0d93db4-ae78-3c50-bbb1-f1695e066e50';
  assert (select bool_and(id = private.pair_id(image_id, tag)) from public.image_tags);

  -- what a pull is going to bring
  perform pg_temp.become('authenticated', a);
  assert public.count_changes() = (
    select count(*) from public.sync_changes where op = 'upsert' and (user_id = a or user_id is null));
  assert (pg_temp.outcome('select public.count_changes(''yesterday'')')).word = 'PT422 bad_cursor';
end
$$;
