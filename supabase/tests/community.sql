-- Publishing, taking back, looking at each other's work, reporting, deciding.

do $$
declare
  a uuid := pg_temp.sign_up('a@example.test', '{"full_name": "Ada"}');
  b uuid := pg_temp.sign_up('b@example.test');
  boss uuid := pg_temp.sign_up('boss@example.test');
  i uuid := pg_temp.image(a);
  j uuid := pg_temp.image(a);
  unscored uuid := pg_temp.image(a, null);
  private_url text := (select public_url from public.generated_images where id = i);
  job jsonb;
  name uuid;
  said jsonb;
  d uuid := gen_random_uuid();
begin
  update public.profiles set is_admin = true where id = boss;
  perform pg_temp.become('authenticated', a);
  assert (pg_temp.outcome(format('select public.set_public(%L, true, now(), gen_random_uuid())', unscored))).word = 'PT422 not_publishable';
  assert public.set_public(i, true, now(), gen_random_uuid()) ->> 'is_public' = 'true';
  assert (select public_url from public.generated_images where id = i) = private_url, 'until the copies are there';
  perform pg_temp.become('anon');
  assert public.community_page() -> 'images' = '[]';
  perform pg_temp.become('service_role');
  select c into job from public.claim_analysis('w', array['publish']) c;
  name := job ->> 'public_name';
  assert job ->> 'image_id' = i::text and name is not null;
  assert (pg_temp.outcome(format('select public.complete_publication(%L, %L, %L, ''elsewhere/x.webp'', ''elsewhere/512.webp'')', i, job ->> 'lease_token', name))).word = 'PT422 invalid_images';
  said := public.complete_publication(i, (job ->> 'lease_token')::uuid, name, name || '/original.webp', name || '/512.webp');
  assert said = '{"published": true}';
  assert (select public_url from public.generated_images where id = i) = '/storage/v1/object/public/public-images/' || name || '/original.webp';

  -- seen by name only
  perform pg_temp.become('anon');
  said := public.community_page() -> 'images' -> 0;
  assert said ->> 'author' = 'Ada' and said ->> 'is_mine' = 'false' and not said::text like '%' || a || '%', said::text;
  said := public.public_recipe(i);
  assert said ->> 'prompt' = 'a test' and said ->> 'author' = 'Ada' and not said::text like '%' || a || '%', said::text;
  assert (pg_temp.outcome(format('select public.public_recipe(%L)', j))).word = 'PT404 unknown_image';
  assert (pg_temp.outcome('select public.community_page(''x'')')).word = 'PT422 bad_cursor';

  -- pages
  perform pg_temp.become('postgres');
  update public.generated_images set is_public = true where id = j;
  update public.generated_images set published_at = now() - interval '1 hour' where id = j;
  perform pg_temp.become('authenticated', b);
  said := public.community_page(null, 1);
  assert said #>> '{images,0,id}' = i::text;
  said := public.community_page(said ->> 'cursor', 1);
  assert said #>> '{images,0,id}' = j::text;
  assert public.community_page(said ->> 'cursor', 1) = '{"images": [], "cursor": null}';

  -- hiding one, then all of an author, then showing them again
  perform public.hide_from_community('image', i, true, now(), gen_random_uuid());
  assert jsonb_array_length(public.community_page() -> 'images') = 1;
  perform public.hide_from_community('author', j, true, now(), gen_random_uuid());
  assert jsonb_array_length(public.community_page() -> 'images') = 0;
  perform public.hide_from_community('author', j, false, clock_timestamp(), gen_random_uuid());
  assert (pg_temp.outcome(format('select public.hide_from_community(''image'', %L, true, now(), gen_random_uuid())', unscored))).word = 'PT404 unknown_image';
  perform public.hide_from_community('image', i, false, clock_timestamp(), gen_random_uuid());
  assert jsonb_array_length(public.community_page() -> 'images') = 2;

  -- taken back while a favorite of somebody: gone from there, copies on their way out, the old address again
  perform public.set_favorite(i, true, now(), gen_random_uuid());
  perform pg_temp.become('authenticated', a);
  perform public.set_public(i, false, clock_timestamp(), gen_random_uuid());
  assert (select public_url from public.generated_images where id = i) = private_url;
  perform pg_temp.become('postgres');
  assert not exists (select from public.user_favorites where image_id = i);
  assert exists (select from private.storage_garbage where bucket_id = 'public-images' and path = name || '/');

  -- published anew while an old copy is under way: that copy does not count
  update public.generated_images set is_public = true where id = i;
  perform pg_temp.become('service_role');
  select c into job from public.claim_analysis('w', array['publish'], 10) c where c ->> 'image_id' = i::text;
  perform pg_temp.become('postgres');
  update public.generated_images set is_public = false where id = i;
  perform pg_temp.become('service_role');
  said := public.complete_publication(i, (job ->> 'lease_token')::uuid, (job ->> 'public_name')::uuid, (job ->> 'public_name') || '/o.webp', (job ->> 'public_name') || '/512.webp');
  assert said = '{"published": false}', said::text;

  -- reports and decisions
  perform pg_temp.become('authenticated', b);
  assert public.report_image(gen_random_uuid(), j, 'spam', 'again and again') ->> 'state' = 'open';
  assert public.report_image(gen_random_uuid(), j, 'spam') ->> 'state' = 'open', 'once';
  assert (select count(*) from public.image_reports) = 1;
  assert jsonb_array_length(public.community_page() -> 'images') = 0, 'hidden from who reported it';
  assert (pg_temp.outcome(format('select public.report_image(gen_random_uuid(), %L, ''spam'')', i))).word = 'PT404 unknown_image';
  perform pg_temp.become('authenticated', boss);
  said := public.admin_moderate(d, j, 'removed', 'spam');
  assert said ->> 'reports' = '1', said::text;
  assert public.admin_moderate(d, j, 'removed', 'spam') ->> 'replay' = 'true';
  assert (select action = 'moderation' and reason = 'spam' from public.admin_actions);
  perform pg_temp.become('authenticated', a);
  assert (select not is_public and moderation = 'removed' from public.generated_images where id = j);
  assert (pg_temp.outcome(format('select public.set_public(%L, true, now(), gen_random_uuid())', j))).word = 'PT403 removed_by_moderation';
  assert (select reason from public.moderation_decisions) = 'spam' and (pg_temp.outcome('select admin_id from public.moderation_decisions')).word = '42501';
  assert (pg_temp.outcome(format('select public.admin_moderate(gen_random_uuid(), %L, ''approved'', ''mine'')', j))).word = 'PT403 not_admin';
end
$$;

-- Trends: three people and six images, or nobody is shown.
reset role;
do $$
declare
  users uuid[] := array(select pg_temp.sign_up(format('t%s@example.test', n)) from generate_series(1, 3) n);
  u uuid;
  i uuid;
  subjects text[];
begin
  for n in 1 .. 9 loop
    u := users[1 + n % 3];
    i := pg_temp.image(u);
    update public.generated_images set vision_labels = '{cat}', style_tags = '{ink}', color_palette = '{#000000}', is_public = true where id = i;
    update public.generated_images set style_tags = '{ink, by my name}' where id = i and user_id = users[1];
    i := pg_temp.image(users[1]);
    update public.generated_images set vision_labels = '{my garden}', is_public = true where id = i;
    i := pg_temp.image(u);
    update public.generated_images set vision_labels = '{my illness}' where id = i;
  end loop;
  perform pg_temp.become('service_role');
  assert public.refresh_community_trends() >= 1;
  perform pg_temp.become('anon');
  select array_agg(subject) into subjects from public.community_trends;
  assert subjects = '{cat}', subjects::text;
  assert (select usage_count = 9 and common_styles = '{ink}' and color_trends = '{#000000}' from public.community_trends);
end
$$;
