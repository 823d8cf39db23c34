-- The change feed: pages, tombstones, other people's silence, foreign favorites, starting over.

-- A transaction never sees its own entries (they are above the horizon), so this file moves them below it by hand:
-- pass n puts everything that is new at xid 10 + n.
create function pg_temp.settle(p_pass integer) returns void language sql security definer as $$
  update public.sync_changes set xid = (10 + p_pass)::text::xid8 where xid >= pg_current_xact_id()
$$;
create function pg_temp.cursor_at(p_pass integer) returns text language sql security definer as $$
  select format('%s:%s:%s:%s', epoch, 10 + p_pass, 1000000000000, 10) from private.sync_meta
$$;
grant execute on function pg_temp.settle, pg_temp.cursor_at to public;
-- Other accounts' catalogue entries would be in the pages; the rollback brings them back.
delete from public.sync_changes;
update private.sync_meta set purged_xid = '0';
insert into public.models (id, name, provider, version) values ('t-model', 'Test', 'local', '1');

do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  b uuid := pg_temp.sign_up('b@example.test');
  pr uuid := gen_random_uuid();
  im uuid := gen_random_uuid();
  page jsonb;
  cur text;
  names text[];
  n integer := 0;
begin
  insert into public.prompts (id, user_id, prompt, model_id, model_version) values (pr, a, 'x', 't-model', '1');
  insert into public.generated_images (id, user_id, prompt_id, storage_path, public_url, width, height, format, size_bytes, nsfw_score, vision_embedding, embedding_space)
    values (im, a, pr, format('%s/%s/%s.png', a, pr, im), '/u', 8, 8, 'png', 1, 0.1, (select array_agg(0.5) from generate_series(1, 1536))::extensions.vector, 'test-1');
  insert into public.user_preferences (user_id, preference_type, preference_value) values (a, 'ui_preferences', '{"k": 1}');

  perform pg_temp.become('authenticated', a);
  page := public.pull_changes(null);
  assert page -> 'changes' = '[]' and page ->> 'behind' = 'true' and page ->> 'has_more' = 'false', 'committed but hidden is not there yet';
  cur := page ->> 'cursor';
  perform pg_temp.settle(0);

  -- one page
  page := public.pull_changes(null);
  assert page ->> 'behind' = 'false' and page ->> 'resync_required' = 'false';
  select array_agg(distinct c ->> 'table' order by c ->> 'table') into names from jsonb_array_elements(page -> 'changes') c;
  assert names = array['credit_transactions', 'generated_images', 'models', 'profiles', 'prompts', 'user_generation_stats', 'user_preferences'], names::text;
  assert (select count(*) from jsonb_array_elements(page -> 'changes') c where c #>> '{row,user_id}' = b::text or c ->> 'id' = b::text) = 0,
    'nothing of anybody else';
  assert (select c #>> '{row,prompt}' from jsonb_array_elements(page -> 'changes') c where c ->> 'table' = 'prompts') = 'x';
  assert (select not c -> 'row' ? 'vision_embedding' and (c #>> '{row,id}')::uuid = im from jsonb_array_elements(page -> 'changes') c
           where c ->> 'table' = 'generated_images'), 'vectors stay on the server';
  assert (select c #>> '{row,embedding_space}' = 'test-1' and length(decode(c #>> '{row,embedding_code}', 'base64')) = 1536
                 and get_byte(decode(c #>> '{row,embedding_code}', 'base64'), 0) = 127
            from jsonb_array_elements(page -> 'changes') c where c ->> 'table' = 'generated_images'), 'their short form does not';

  -- small pages add up to the same
  cur := null;
  names := '{}';
  loop
    n := n + 1;
    page := public.pull_changes(cur, 2);
    cur := page ->> 'cursor';
    names := names || array(select (c ->> 'table') || (c ->> 'id') from jsonb_array_elements(page -> 'changes') c);
    exit when page ->> 'has_more' = 'false';
    assert jsonb_array_length(page -> 'changes') = 2 and n < 20;
  end loop;
  assert cardinality(names) = (select count(*) from public.sync_changes) and cardinality(names) = (select count(distinct x) from unnest(names) x);
  assert public.pull_changes(cur) -> 'changes' = '[]', 'all read';

  -- tombstones reach a device that had the row, and only such a one
  perform pg_temp.become('authenticated', a);
  delete from public.generated_images where id = im;
  perform pg_temp.settle(1);
  page := public.pull_changes(pg_temp.cursor_at(0));
  assert (select c ->> 'op' = 'delete' and c -> 'row' = 'null' and c ->> 'id' = im::text from jsonb_array_elements(page -> 'changes') c
           where c ->> 'table' = 'generated_images');
  assert (select c #>> '{row,total_images}' = '0' from jsonb_array_elements(page -> 'changes') c where c ->> 'table' = 'user_generation_stats');
  page := public.pull_changes(null);
  assert not exists (select from jsonb_array_elements(page -> 'changes') c where c ->> 'op' = 'delete'), 'a new device is not told of what it never had';

  -- the other user hears of none of it
  perform pg_temp.become('authenticated', b);
  page := public.pull_changes(pg_temp.cursor_at(0));
  assert page -> 'changes' = '[]', page::text;

  -- an inactive model leaves every device
  perform pg_temp.become('postgres');
  update public.models set is_active = false where id = 't-model';
  perform pg_temp.settle(2);
  perform pg_temp.become('authenticated', b);
  page := public.pull_changes(pg_temp.cursor_at(1));
  assert page #>> '{changes,0,table}' = 'models' and page #>> '{changes,0,op}' = 'delete' and jsonb_array_length(page -> 'changes') = 1;

  -- a foreign public image in the favorites is in the feed until it is unpublished
  perform pg_temp.become('postgres');
  im := gen_random_uuid();
  insert into public.generated_images (id, user_id, storage_path, public_url, width, height, format, size_bytes, nsfw_score, is_public)
    values (im, a, format('%s/%s/%s.png', a, pr, im), '/u', 8, 8, 'png', 1, 0.1, true);
  perform pg_temp.settle(3);
  perform pg_temp.become('authenticated', b);
  perform public.set_favorite(im, true, clock_timestamp(), gen_random_uuid());
  perform pg_temp.settle(4);
  page := public.pull_changes(pg_temp.cursor_at(3));
  assert (select array_agg(c ->> 'table' || ' ' || (c ->> 'op') order by c ->> 'table') from jsonb_array_elements(page -> 'changes') c)
    = array['generated_images upsert', 'user_favorites upsert'], page::text;
  assert not (select is_favorite from public.generated_images where id = im), 'the mirror is the owner''s';
  perform pg_temp.become('postgres');
  update public.generated_images set vision_labels = '{fox}' where id = im;
  perform pg_temp.settle(5);
  perform pg_temp.become('authenticated', b);
  page := public.pull_changes(pg_temp.cursor_at(4));
  assert page #>> '{changes,0,row,vision_labels,0}' = 'fox' and jsonb_array_length(page -> 'changes') = 1, page::text;
  perform pg_temp.become('authenticated', a);
  update public.generated_images set is_public = false where id = im;
  perform pg_temp.settle(6);
  perform pg_temp.become('authenticated', b);
  page := public.pull_changes(pg_temp.cursor_at(5));
  assert (select array_agg(c ->> 'table' || ' ' || (c ->> 'op') order by c ->> 'table') from jsonb_array_elements(page -> 'changes') c)
    = array['generated_images delete', 'user_favorites delete'], page::text;
  assert not exists (select from public.user_favorites where image_id = im);
  perform pg_temp.become('authenticated', a);
  perform public.set_favorite(im, true, clock_timestamp(), gen_random_uuid());
  assert (select is_favorite from public.generated_images where id = im);
  perform public.set_favorite(im, false, clock_timestamp(), gen_random_uuid());
  assert not (select is_favorite from public.generated_images where id = im);
  perform pg_temp.settle(7);
  page := public.pull_changes(pg_temp.cursor_at(6));
  assert (select c ->> 'op' from jsonb_array_elements(page -> 'changes') c where c ->> 'table' = 'generated_images') = 'upsert',
    'no longer a favorite, still one''s own';

  -- an image without a low score is not published
  perform pg_temp.become('postgres');
  update public.generated_images set nsfw_score = null where id = im;
  perform pg_temp.become('authenticated', a);
  assert (pg_temp.outcome(format('update public.generated_images set is_public = true where id = %L', im))).word = 'PT422 not_publishable';

  -- starting over
  assert (pg_temp.outcome('select public.pull_changes(''nonsense'')')).word = 'PT422 bad_cursor';
  assert public.pull_changes(gen_random_uuid() || ':1:1:1') ->> 'resync_required' = 'true', 'another epoch';
  perform pg_temp.become('postgres');
  update public.sync_changes set changed_at = now() - interval '91 days' where op = 'delete';
  assert public.purge_sync_tombstones() > 0;
  assert not exists (select from public.sync_changes where op = 'delete');
  perform pg_temp.become('authenticated', a);
  assert public.pull_changes(pg_temp.cursor_at(0)) ->> 'resync_required' = 'true', 'older than the purge';
  cur := public.pull_changes(null) ->> 'cursor';
  assert public.pull_changes(cur) ->> 'resync_required' = 'false';
  perform pg_temp.become('postgres');
  perform private.sync_rebase();
  perform pg_temp.become('authenticated', a);
  assert public.pull_changes(cur) ->> 'resync_required' = 'true', 'another cluster';
  perform pg_temp.become('authenticated', null);
  assert (pg_temp.outcome('select public.pull_changes()')).word = 'PT401 not_authenticated';
end
$$;

-- Realtime is told of the feed, and of nothing else.
do $$
begin
  assert (select array_agg(schemaname || '.' || tablename) from pg_publication_tables where pubname = 'supabase_realtime')
    = array['public.sync_changes'];
  assert (select pubinsert and pubupdate and not pubdelete and not pubtruncate from pg_publication where pubname = 'supabase_realtime');
end
$$;
