-- What a hosted Supabase project holds before the first migration of ours, part 1: roles, schemas, default privileges.
--
-- Run as superuser, again at every start: every statement is idempotent. Nothing here is ours to design; it copies
-- the hosted place as far as our migrations, PostgREST, Storage and Auth can notice it, its open default privileges
-- included, so that a migration that forgets to revoke them is as wrong here as there.

do $$
declare
  -- name, attributes. The password of `authenticator` is set by the backend when it starts.
  roles constant text[][] := array[
    ['anon',                   'nologin noinherit'],
    ['authenticated',          'nologin noinherit'],
    ['service_role',           'nologin noinherit bypassrls'],
    ['authenticator',          'login noinherit'],
    ['supabase_auth_admin',    'login noinherit createrole'],
    ['supabase_storage_admin', 'login noinherit createrole']
  ];
  i integer;
begin
  for i in 1 .. array_length(roles, 1) loop
    if not exists (select from pg_catalog.pg_roles where rolname = roles[i][1]) then
      execute format('create role %I %s', roles[i][1], roles[i][2]);
    end if;
  end loop;
end
$$;

-- `set role` from the connection roles to the role that a token names.
grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to supabase_storage_admin;

-- PostgREST applies the settings of the impersonated role to each transaction.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role supabase_auth_admin set search_path = 'auth';
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role supabase_storage_admin set search_path = 'storage';

-- Default privileges belong to the first start only: on a later one they would undo what our migrations revoked.
-- The schema `auth` is created by the next file, so its absence says that this is the first.
do $$
begin
  if to_regnamespace('auth') is not null then
    return;
  end if;
  alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
  alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
  alter default privileges in schema public grant all on routines to anon, authenticated, service_role;
end
$$;

grant usage on schema public to anon, authenticated, service_role;

create schema if not exists extensions;
grant usage on schema extensions to public;
