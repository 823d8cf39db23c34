-- Tables and functions made for the conformance test: one of everything that rest.md names.
create type public.conf_mood as enum ('calm', 'bright');
create table public.conf_items (
  id    integer primary key,
  name  text not null,
  note  text,
  mood  public.conf_mood not null default 'calm',
  tags  text[] not null default '{}',
  extra jsonb not null default '{}',
  price numeric(10, 2) not null default 1 check (price >= 0),
  code  text unique,
  at    timestamptz
);
create table public.conf_parts (
  id      integer primary key,
  item_id integer references public.conf_items (id),
  label   text not null default 'plain'
);
create table public.conf_own (
  id    integer primary key,
  owner uuid not null default auth.uid(),
  text  text not null default ''
);
create table public.conf_closed (id integer primary key);
alter table public.conf_own enable row level security;
create policy own_read on public.conf_own for select using (owner = auth.uid());
create policy own_write on public.conf_own for insert with check (owner = auth.uid());
create policy own_change on public.conf_own for update using (owner = auth.uid());
create policy own_end on public.conf_own for delete using (owner = auth.uid());
create view public.conf_many as select n as id from generate_series(1, 1500) as n;

insert into public.conf_items (id, name, note, mood, tags, extra, price, code, at) values
  (1, 'one',          null,         'calm',   '{a,b}', '{"k": {"deep": 5}, "l": [10, 20]}', 1.50, 'c1', '2026-01-02T03:04:05.678901Z'),
  (2, 'two, (three)', 'has "quote"', 'bright', '{b}',   '{"k": null}',                       2,    'c2', null),
  (3, 'A+B 50%',      'x',          'calm',   '{}',    '{}',                                3,    null, null);
insert into public.conf_parts (id, item_id, label) values (1, 1, 'left'), (2, 1, 'right'), (3, 2, 'whole');

create function public.conf_add(a integer, b integer default 1) returns integer
  language sql immutable as $$ select a + b $$;
create function public.conf_nothing() returns void language sql as $$ select $$;
create function public.conf_all() returns setof public.conf_items language sql stable as $$ select * from public.conf_items $$;
create function public.conf_one(p_id integer) returns public.conf_items
  language sql stable as $$ select * from public.conf_items where id = p_id $$;
create function public.conf_echo(jsonb) returns jsonb language sql immutable as $$ select $1 $$;
create function public.conf_named(p_doc jsonb, p_list text[] default null, p_numbers double precision[] default null) returns jsonb
  language sql immutable as $$ select jsonb_build_object('doc', p_doc, 'list', p_list, 'numbers', p_numbers) $$;
create function public.conf_claims() returns jsonb language sql stable as $$
  select jsonb_build_object(
    'role', current_setting('role'), 'uid', auth.uid(), 'claims', current_setting('request.jwt.claims', true)::jsonb,
    'method', current_setting('request.method', true), 'path', current_setting('request.path', true),
    'timeout', current_setting('statement_timeout'), 'search_path', current_setting('search_path'),
    'header', current_setting('request.headers', true)::jsonb ->> 'x-conf') $$;
create function public.conf_write() returns integer language plpgsql as $$
  begin insert into public.conf_parts (id) values (100); return 1; end $$;
create function public.conf_slow() returns integer language plpgsql as $$ begin perform pg_sleep(10); return 1; end $$;
create function public.conf_respond() returns json language plpgsql as $$
  begin
    perform set_config('response.status', '418', true);
    perform set_config('response.headers', '[{"x-conf": "tea"}]', true);
    return '{"is": "tea"}'::json;
  end $$;
create function public.conf_raise(p_state text, p_message text, p_detail text default '', p_hint text default '') returns void
  language plpgsql as $$
  begin raise exception using errcode = p_state, message = p_message, detail = p_detail, hint = p_hint; end $$;
create function public.conf_over(p integer) returns text language sql immutable as $$ select 'integer' $$;
create function public.conf_over(p integer, q integer default 2) returns text language sql immutable as $$ select 'two' $$;

-- The migrations closed the default privileges.
grant select, insert, update, delete on public.conf_items, public.conf_parts, public.conf_own
  to authenticated, service_role;
grant select, insert on public.conf_own to anon;
grant select on public.conf_items, public.conf_parts to anon;
grant select on public.conf_many to anon, authenticated, service_role;
do $$
declare f regprocedure;
begin
  for f in select oid::regprocedure from pg_proc where pronamespace = 'public'::regnamespace and proname like 'conf\_%' loop
    execute format('grant execute on function %s to anon, authenticated, service_role', f);
  end loop;
end
$$;
notify pgrst, 'reload schema';
