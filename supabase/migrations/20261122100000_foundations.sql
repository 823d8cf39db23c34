-- What every later file stands on: extension, private schema, closed default privileges, settings.
--
-- Three schemas: `public` is the API that PostgREST shows, `private` holds what no client may name, `extensions`
-- holds extensions. Every function sets an empty search_path and qualifies all names, so that nobody can slip a
-- table or operator of his own under it. Rows are guarded by row-level security on every table, columns by grants.

-- Before the privileges below are closed: policies and functions need the vector operators to be callable.
create extension if not exists vector with schema extensions;

create schema if not exists private;
revoke all on schema private from public;

-- A hosted project grants everything new in `public` to the API roles. From here on each file grants what it means.
-- EXECUTE for PUBLIC is built in and can only be taken away globally; `in schema public` would have no effect.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

-- Numbers an operator may change without a migration.
create table private.settings (
  key   text primary key,
  value jsonb not null
);
alter table private.settings enable row level security;

insert into private.settings (key, value) values
  ('max_pending', '{"free": 2, "pro": 5, "enterprise": 20}'),  -- unfinished generations per user, by tier
  ('lease_seconds', '120'),                                    -- how long a worker may stay silent
  ('job_max_attempts', '3'),                                   -- claims before a job fails with a refund
  ('nsfw_public_max', '0.5'),                                  -- publishing needs a score below this
  ('tombstone_days', '90'),                                    -- a device offline for longer syncs from scratch
  ('job_days', '30'),                                          -- finished jobs are kept this long
  ('bucket', '"generated-images"')
on conflict (key) do nothing;

create function private.setting(p_key text) returns jsonb
language sql stable set search_path = '' as $$
  select s.value from private.settings s where s.key = p_key
$$;

-- How every function refuses: SQLSTATE `PTxyz` becomes HTTP status xyz, MESSAGE is a stable code that clients
-- branch on, DETAIL is JSON for machines. Words for people live in the clients.
create function private.refuse(p_sqlstate text, p_code text, p_detail jsonb default null) returns void
language plpgsql set search_path = '' as $$
begin
  if p_detail is null then
    raise exception using errcode = p_sqlstate, message = p_code;
  end if;
  raise exception using errcode = p_sqlstate, message = p_code, detail = p_detail::text;
end
$$;

create function private.set_updated_at() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end
$$;

-- An API transaction left open would hold back the change feed of everybody (see the change feed's horizon).
do $$
begin
  alter role authenticator set idle_in_transaction_session_timeout = '15s';
exception when insufficient_privilege then
  raise notice 'authenticator: idle_in_transaction_session_timeout must be set by an administrator';
end
$$;
