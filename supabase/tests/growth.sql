-- What keeps the schema quick when it is full, read from the catalogue.

do $$
declare
  r record;
begin
  -- Deleting a row looks for those that point at it.
  for r in
    select c.conrelid::regclass as rel, c.conname
      from pg_constraint c
     where c.contype = 'f' and c.connamespace in ('public'::regnamespace, 'private'::regnamespace)
       and not exists (
         select from pg_index i
          where i.indrelid = c.conrelid and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
  loop
    assert false, format('%s: the foreign key %s has no index', r.rel, r.conname);
  end loop;
  -- A bare function call is made for every row.
  for r in select tablename, policyname, coalesce(qual, '') || coalesce(with_check, '') as text from pg_policies
            where schemaname in ('public', 'storage') loop
    assert regexp_count(r.text, 'auth\.uid\(\)') = regexp_count(r.text, 'SELECT auth\.uid\(\) AS uid')
       and regexp_count(r.text, 'private\.is_admin\(\)') = regexp_count(r.text, 'SELECT private\.is_admin\(\) AS is_admin'),
      format('%s: %s asks for every row', r.tablename, r.policyname);
  end loop;
  -- Rows are looked for by their owner.
  for r in
    select c.oid::regclass as rel from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
       and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id')
       and not exists (
         select from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
          where i.indrelid = c.oid and i.indkey[0] = a.attnum)
  loop
    assert false, format('%s has no index by owner', r.rel);
  end loop;
end
$$;

-- Every table that a user may read has its place in the feed: a trigger, and rows that are told.
do $$
declare
  r record;
  a uuid := pg_temp.sign_up('a@example.test');
begin
  for r in
    select c.relname from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_any_column_privilege('authenticated', c.oid, 'SELECT')
       -- the feed itself, and what administrators alone see
       and c.relname not in ('sync_changes', 'admin_actions')
  loop
    assert exists (select from pg_trigger t where t.tgrelid = format('public.%I', r.relname)::regclass and t.tgname = 'sync_feed'),
      format('%s is not in the feed', r.relname);
    -- an unknown table ends in `else`; a known one looks for the row and finds none
    assert position(format('when ''%s'' then', r.relname) in pg_get_functiondef('private.sync_row'::regproc)) > 0,
      format('%s has no row in the feed', r.relname);
  end loop;
end
$$;
