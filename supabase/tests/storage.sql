-- Objects follow their image: who reads them, who writes where, and what is swept away.

set local storage.allow_delete_query = 'true';
do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  b uuid := pg_temp.sign_up('b@example.test');
  boss uuid := pg_temp.sign_up('boss@example.test');
  pr uuid := gen_random_uuid();
  mine uuid := gen_random_uuid();
  shown uuid := gen_random_uuid();
  who record;
  t text;
  said text;
  n integer;
  gone text[];
  page jsonb;
begin
  update public.profiles set is_admin = true where id = boss;
  insert into public.generated_images (id, user_id, storage_path, public_url, width, height, format, size_bytes, nsfw_score, is_public)
  select i, a, format('%s/%s/%s.jpg', a, pr, i), '/u', 8, 8, 'jpg', 1, 0.1, i = shown from unnest(array[mine, shown]) i;
  insert into storage.objects (bucket_id, name)
  select 'generated-images', o from unnest(array[mine, shown]) i, private.objects_of_image(format('%s/%s/%s.jpg', a, pr, i)) o;
  -- somebody else's folder, named like the public image
  insert into storage.objects (bucket_id, name) values ('generated-images', format('%s/%s/%s.jpg', b, pr, shown));
  assert (select count(*) from storage.objects where name like a || '/%') = 8, 'four objects per image';

  for who in select * from (values ('authenticated', a, 8), ('authenticated', b, 4), ('authenticated', boss, 8), ('anon', null, 4)) as w (role, id, sees) loop
    perform pg_temp.become(who.role, who.id);
    select count(*) into n from storage.objects where bucket_id = 'generated-images' and name like a || '/%';
    assert n = who.sees, format('%s sees %s objects', who, n);
  end loop;
  perform pg_temp.become('anon');
  assert not exists (select from storage.objects where name like b || '/%'), 'a public image opens no foreign folder';

  for t, said in values
    (format('insert into storage.objects (bucket_id, name) values (''generated-images'', ''%s/x/y.png'')', a), '42501'),
    (format('update storage.objects set metadata = ''{}'' where name like ''%s/%%'' and bucket_id = ''generated-images'' returning 1', a), 'ok'),
    (format('insert into storage.objects (bucket_id, name) values (''sources'', ''%s/x.png'')', a), 'ok'),
    (format('insert into storage.objects (bucket_id, name) values (''sources'', ''%s/x.png'')', b), '42501'),
    ('insert into storage.objects (bucket_id, name) values (''sources'', ''x.png'')', '42501'),
    (format('insert into storage.objects (bucket_id, name) values (''avatars'', ''%s/me.webp'')', a), 'ok'),
    (format('insert into storage.objects (bucket_id, name) values (''avatars'', ''%s/me.webp'')', b), '42501'),
    ('insert into storage.buckets (id, name) values (''mine'', ''mine'')', '42501')
  loop
    perform pg_temp.become('authenticated', a);
    assert split_part((pg_temp.outcome(t)).word, ' ', 1) = said, t;
  end loop;
  update storage.objects set metadata = '{}' where bucket_id = 'generated-images';
  assert not found, 'no client rewrites an image';
  delete from storage.objects where bucket_id = 'generated-images';
  assert not found;

  perform pg_temp.become('postgres');
  insert into storage.objects (bucket_id, name) values ('avatars', b || '/me.webp'), ('sources', b || '/s.png');
  perform pg_temp.become('authenticated', a);
  assert exists (select from storage.objects where bucket_id = 'avatars' and name like b || '/%');
  assert not exists (select from storage.objects where bucket_id = 'sources' and name like b || '/%');
  delete from storage.objects where name like b || '/%';
  assert not found;

  -- an image goes: its four objects are listed once, and again unless acknowledged
  perform pg_temp.become('postgres');
  delete from private.storage_garbage;
  gone := array(select o from private.objects_of_image(format('%s/%s/%s.jpg', a, pr, mine)) o order by o);
  perform pg_temp.become('authenticated', a);
  delete from public.generated_images where id = mine;
  perform pg_temp.become('service_role');
  select jsonb_agg(g order by g ->> 'path') into page from public.claim_garbage() g;
  assert array(select jsonb_array_elements(page) ->> 'path') = gone and page #>> '{0,bucket_id}' = 'generated-images', page::text;
  assert not exists (select from public.claim_garbage()), 'hidden while a worker is at it';
  perform pg_temp.become('postgres');
  update private.storage_garbage set ready_at = now();
  perform pg_temp.become('service_role');
  assert (select count(*) from public.claim_garbage(3)) = 3;
  assert public.finish_garbage(array(select (g ->> 'id')::bigint from jsonb_array_elements(page) g)) = 4;

  -- a failed request: what its worker had uploaded, but not before it must have noticed
  perform pg_temp.become('postgres');
  insert into public.prompts (id, user_id, prompt, model_id, model_version) values (pr, a, 'x', 'm', '1');
  update public.prompts set status = 'failed' where id = pr;
  perform pg_temp.become('service_role');
  assert not exists (select from public.claim_garbage());
  perform pg_temp.become('postgres');
  update private.storage_garbage set ready_at = now();
  perform pg_temp.become('service_role');
  assert (select count(*) from public.claim_garbage() g where g ->> 'path' like a || '/' || pr || '/' || mine || '%') = 4;
  assert not exists (select from public.claim_garbage()), 'never what an image still needs';

  -- a deleted account: everything in its folders, in every bucket
  perform pg_temp.become('postgres');
  delete from private.storage_garbage;
  delete from auth.users where id = b;
  update private.storage_garbage set ready_at = now();
  perform pg_temp.become('service_role');
  assert (select array_agg(g ->> 'bucket_id' order by g ->> 'bucket_id') from public.claim_garbage() g)
    = array['avatars', 'generated-images', 'sources'];
end
$$;

-- Deleting in plain SQL would leave the bytes behind.
set local storage.allow_delete_query = 'false';
do $$
begin
  assert (pg_temp.outcome('delete from storage.objects')).word = '42501';
end
$$;
