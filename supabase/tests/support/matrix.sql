-- Who may do what: every table, view and function against five pairs of eyes, as lines of text in pg_temp.access.
-- Compared with the reviewed `access.txt`. A row of its owner lies in every table; each verb is tried on it, for real.
--   S  sees it                I  may write a new one like it (columns he may name)
--   D  may delete it          U  may change it: all columns, or those in brackets
create temp table subject (rel regclass, condition text);
create temp table access (line text);
grant all on pg_temp.access, pg_temp.subject to public;

do $$
declare
  a uuid := pg_temp.sign_up('owner@example.test');
  b uuid := pg_temp.sign_up('other@example.test');
  boss uuid := pg_temp.sign_up('boss@example.test');
  i uuid := pg_temp.image(a);
  foreign_image uuid := pg_temp.image(b);
  c uuid := gen_random_uuid();
  r uuid := gen_random_uuid();
  t text;
begin
  update public.profiles set is_admin = true where id = boss;
  update public.generated_images set is_public = true where id = foreign_image;
  insert into public.image_analysis (image_id, analysis_type, analysis_version, raw_response) values (i, 'color', '1', '{}');
  insert into public.prompt_suggestions (user_id, base_prompt, suggested_prompt, source_type, confidence_score) values (a, 'x', 'y', 'history', 1);
  insert into public.user_preferences (user_id, preference_type, preference_value) values (a, 'ui_preferences', '{}');
  insert into public.subscriptions (user_id, plan_id, status, current_period_start, current_period_end)
    values (a, 'pro', 'active', now(), now() + interval '1 month');
  insert into public.user_favorites (user_id, image_id) values (a, i);
  insert into public.user_model_preferences (user_id, model_id) values (a, 'sketch');
  insert into public.checkout_requests (id, user_id, kind, plan_id, period) values (c, a, 'checkout', 'pro', 'month');
  insert into public.image_marks (image_id, user_id, rating) values (i, a, 3);
  insert into public.image_tags (user_id, image_id, tag) values (a, i, 'x');
  insert into public.collections (id, user_id, name) values (c, a, 'x');
  insert into public.collection_images (collection_id, image_id, user_id) values (c, i, a);
  insert into public.saved_searches (id, user_id, name, query) values (c, a, 'x', '{}');
  insert into public.community_hidden (user_id, kind, image_id) values (a, 'image', foreign_image);
  insert into public.image_reports (id, user_id, image_id, reason) values (r, a, foreign_image, 'other');
  insert into public.moderation_decisions (id, image_id, user_id, admin_id, decision, reason) values (r, i, a, boss, 'approved', 'x');
  insert into public.admin_actions (admin_id, action, target, target_id, user_id) values (boss, 'x', 'x', 'x', a);
  perform set_config('test.owner', a::text, true);
  perform set_config('test.other', b::text, true);
  perform set_config('test.admin', boss::text, true);

  for t in select k.relname from pg_class k
            where k.relnamespace = 'public'::regnamespace and k.relkind in ('r', 'm') loop
    insert into pg_temp.subject values (format('public.%I', t)::regclass, case
      when t = 'profiles' then format('id = %L', a)
      when t = 'models' then 'id = ''sketch'''
      when t = 'subscription_plans' then 'id = ''pro'''
      when t = 'credit_packs' then 'id = ''pack-200'''
      when t = 'community_trends' then 'true'
      when t = 'generated_images' then format('id = %L', i)
      when t = 'prompts' then format('user_id = %L', a)
      else format('user_id = %L', a) end);
  end loop;
end
$$;

create function pg_temp.allowed(p_sql text) returns boolean language plpgsql as $$
declare
  v_rows integer;
begin
  execute p_sql;
  get diagnostics v_rows = row_count;
  raise exception using errcode = 'UTEST', message = v_rows::text;
exception
  when insufficient_privilege then
    return false;
  when others then
    -- a rule about the value, not about the right
    return case sqlstate when 'UTEST' then sqlerrm <> '0' else true end;
end
$$;
grant execute on function pg_temp.allowed to public;

create function pg_temp.verbs(p_rel regclass, p_condition text, p_role text, p_user uuid) returns text language plpgsql as $$
declare
  v_columns text[];
  v_named text;
  v_free text[] := '{}';
  v_view boolean := (select relkind = 'm' from pg_class where oid = p_rel);
  v_row jsonb;
  v_verbs text[] := '{}';
  v_column text;
begin
  select array_agg(attname::text order by attnum) into v_columns
    from pg_attribute where attrelid = p_rel and attnum > 0 and not attisdropped;
  if not v_view then
    execute format('select to_jsonb(t) from %s t where %s limit 1', p_rel, p_condition) into strict v_row;
  end if;
  v_named := (select string_agg(format('%I', u.c), ', ') from unnest(v_columns) as u (c)
               where has_column_privilege(p_role, p_rel, u.c, 'INSERT'));
  perform pg_temp.become(p_role, p_user);
  -- one column at a time is granted here and there
  select string_agg(u.c, '') into v_column from unnest(v_columns) as u (c)
   where has_column_privilege(p_role, p_rel, u.c, 'SELECT');
  if v_column is not null and pg_temp.allowed(format(
       'select %s from %s where %s', (select string_agg(format('%I', u.c), ', ') from unnest(v_columns) as u (c)
         where has_column_privilege(p_role, p_rel, u.c, 'SELECT')), p_rel, p_condition)) or
     v_view and has_table_privilege(p_role, p_rel, 'SELECT') then
    v_verbs := v_verbs || 'S'::text;
  end if;
  if v_named is not null and pg_temp.allowed(format(
       'insert into %s (%s) select %s from jsonb_populate_record(null::%s, %L)', p_rel, v_named, v_named, p_rel, v_row)) then
    v_verbs := v_verbs || 'I'::text;
  end if;
  foreach v_column in array v_columns loop
    if pg_temp.allowed(format('update %s set %I = %I where %s', p_rel, v_column, v_column, p_condition)) then
      v_free := v_free || v_column;
    end if;
  end loop;
  if not v_view and v_free <> '{}' then
    v_verbs := v_verbs || case when v_free = v_columns then 'U' else format('U(%s)', array_to_string(v_free, ' ')) end;
  end if;
  if not v_view and pg_temp.allowed(format('delete from %s where %s', p_rel, p_condition)) then
    v_verbs := v_verbs || 'D'::text;
  end if;
  perform pg_temp.become('postgres');
  return coalesce(nullif(array_to_string(v_verbs, ' '), ''), '-');
end
$$;

insert into pg_temp.access
select format('%s  %s  %s', rpad(k.relname, 22), rpad(e.name, 7), pg_temp.verbs(s.rel, s.condition, e.role, e.user_id))
  from pg_temp.subject s join pg_class k on k.oid = s.rel
  cross join (values (1, 'anon', 'anon', null), (2, 'owner', 'authenticated', current_setting('test.owner')::uuid),
    (3, 'other', 'authenticated', current_setting('test.other')::uuid),
    (4, 'admin', 'authenticated', current_setting('test.admin')::uuid),
    (5, 'service', 'service_role', null)) as e (place, name, role, user_id)
 order by k.relname, e.place;

insert into pg_temp.access
select format('%s  %s', rpad(p.proname || '()', 32), coalesce(string_agg(r.name, ' ' order by r.place), '-'))
  from pg_proc p left join (values (1, 'anon', 'anon'), (2, 'users', 'authenticated'), (3, 'service', 'service_role')) as r (place, name, role)
       on has_function_privilege(r.role, p.oid, 'EXECUTE')
 where p.pronamespace = 'public'::regnamespace and p.prorettype <> 'trigger'::regtype
 group by p.proname order by p.proname;
