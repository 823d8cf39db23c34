-- Objects whose reason to exist is gone. SQL must not delete them itself, which would leave the bytes behind; a
-- worker fetches the list, removes through the Storage API and acknowledges. Both steps may be repeated.

create table private.storage_garbage (
  id         bigint generated always as identity primary key,
  bucket_id  text not null,
  path       text not null,  -- an object, or with a trailing `/` a folder that is resolved when it is due
  ready_at   timestamptz not null default now(),  -- not before; also how a claim hides an entry for a while
  created_at timestamptz not null default now(),
  unique (bucket_id, path)
);
create index storage_garbage_ready on private.storage_garbage (ready_at);
alter table private.storage_garbage enable row level security;

-- A worker that has not noticed yet may still be uploading: folders wait for longer than any lease.
create function private.discard_folder(p_bucket text, p_folder text) returns void
language sql security definer set search_path = '' as $$
  insert into private.storage_garbage (bucket_id, path, ready_at)
  values (p_bucket, p_folder || '/', now() + interval '10 minutes')
  on conflict (bucket_id, path) do nothing
$$;

create function private.image_deleted() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- With the whole account its folders go; see below.
  if exists (select from auth.users u where u.id = old.user_id) then
    insert into private.storage_garbage (bucket_id, path)
    select private.setting('bucket') #>> '{}', o.path from private.objects_of_image(old.storage_path) as o (path)
    on conflict (bucket_id, path) do nothing;
  end if;
  return null;
end
$$;
create trigger image_deleted after delete on public.generated_images
  for each row execute function private.image_deleted();

-- What a failed attempt had uploaded before it failed.
create function private.prompt_failed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.discard_folder(private.setting('bucket') #>> '{}', new.user_id || '/' || new.id);
  return null;
end
$$;
create trigger prompt_failed after update of status on public.prompts
  for each row when (new.status = 'failed' and old.status <> 'failed') execute function private.prompt_failed();

create function private.account_deleted() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.discard_folder(b.id, old.id::text)
     from (values (private.setting('bucket') #>> '{}'), ('avatars'), ('sources')) as b (id);
  return null;
end
$$;
create trigger on_auth_user_deleted after delete on auth.users
  for each row execute function private.account_deleted();

-- Up to p_limit objects to remove, as {id, bucket_id, path}; the same ones come again after five minutes unless
-- acknowledged.
create function public.claim_garbage(p_limit integer default 100) returns setof jsonb
language plpgsql security definer set search_path = '' as $$
begin
  with folder as (
    delete from private.storage_garbage g
     where g.id in (
       select f.id from private.storage_garbage f
        where f.ready_at <= now() and f.path like '%/' order by f.ready_at limit 10 for update skip locked)
    returning g.bucket_id, g.path
  )
  insert into private.storage_garbage (bucket_id, path)
  select o.bucket_id, o.name
    from folder f join storage.objects o on o.bucket_id = f.bucket_id and starts_with(o.name, f.path)
   -- never what an image still needs
   where not exists (
     select from public.generated_images g
     where g.id = private.image_of_object(o.name)
       and split_part(g.storage_path, '.', 1) = split_part(o.name, '.', 1))
  on conflict (bucket_id, path) do nothing;

  return query
  update private.storage_garbage g
     set ready_at = now() + interval '5 minutes'
   where g.id in (
     select r.id from private.storage_garbage r
      where r.ready_at <= now() and r.path not like '%/'
      order by r.ready_at, r.id limit least(greatest(coalesce(p_limit, 100), 0), 1000) for update skip locked)
  returning jsonb_build_object('id', g.id, 'bucket_id', g.bucket_id, 'path', g.path);
end
$$;
grant execute on function public.claim_garbage(integer) to service_role;

-- Forgets what was removed (or was not there). Returns how many.
create function public.finish_garbage(p_ids bigint[]) returns integer
language sql security definer set search_path = '' as $$
  with gone as (delete from private.storage_garbage g where g.id = any (p_ids) returning 1)
  select count(*)::integer from gone
$$;
grant execute on function public.finish_garbage(bigint[]) to service_role;
