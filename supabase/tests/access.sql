-- What must hold for every table and function, and attempts that must fail. Who may do what in full is the reviewed
-- table `access.txt`.

-- No table, view or function is added without a thought.
do $$
declare
  r record;
begin
  for r in select c.oid::regclass as t from pg_class c
            where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p')
              and not c.relrowsecurity loop
    assert false, format('%s has no row-level security', r.t);
  end loop;
  for r in select c.oid::regclass as t, x.role, x.privilege from pg_class c,
             (values ('anon'), ('authenticated'), ('service_role')) as w (role),
             lateral (select w.role, p.privilege from unnest(array['TRUNCATE', 'REFERENCES', 'TRIGGER']) as p (privilege)) as x
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
              and has_table_privilege(x.role, c.oid, x.privilege) loop
    assert false, format('%s holds %s on %s', r.role, r.privilege, r.t);
  end loop;
  for r in select c.oid::regclass as t from pg_class c,
             (values ('anon'), ('authenticated'), ('service_role')) as w (role)
            where c.relnamespace = 'private'::regnamespace and c.relkind = 'r'
              and has_any_column_privilege(w.role, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') loop
    assert false, format('%s is granted to an API role', r.t);
  end loop;
  assert not exists (select from pg_proc p where p.prosecdef and p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
                      and not coalesce(p.proconfig @> array['search_path=""'], false)), 'every definer pins its search_path';
end
$$;

-- Rows of two users in every table, seen with four pairs of eyes.
do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  b uuid := pg_temp.sign_up('b@example.test');
  boss uuid := pg_temp.sign_up('boss@example.test');
  u uuid;
  pa uuid := gen_random_uuid();
  ia uuid := gen_random_uuid();
  ib uuid := gen_random_uuid();
  ipub uuid := gen_random_uuid();
  t text;
  seen integer;
  said text;
begin
  update public.profiles set is_admin = true where id = boss;
  insert into public.models (id, name, provider, version, is_active) values
    ('t-on', 'On', 'local', '1', true), ('t-off', 'Off', 'local', '1', false);
  foreach u in array array[a, b] loop
    insert into public.prompts (id, user_id, prompt, model_id, model_version, status)
      values (case u when a then pa else gen_random_uuid() end, u, 'x', 't-on', '1', 'completed');
    insert into public.user_preferences (user_id, preference_type, preference_value) values (u, 'ui_preferences', '{}');
    insert into public.user_model_preferences (user_id, model_id) values (u, 't-on');
    insert into public.prompt_suggestions (user_id, base_prompt, suggested_prompt, source_type, confidence_score)
      values (u, 'x', 'y', 'history', 1);
  end loop;
  insert into public.generated_images (id, user_id, storage_path, public_url, width, height, format, size_bytes, nsfw_score, is_public)
  select i, o, format('%s/%s/%s.png', o, pa, i), '/u', 8, 8, 'png', 1, 0.1, p
    from (values (ia, a, false), (ib, b, false), (ipub, b, true)) as v (i, o, p);
  insert into public.user_favorites (user_id, image_id) values (a, ia), (b, ib);
  insert into public.prompt_suggestions (user_id, base_prompt, suggested_prompt, source_type, confidence_score)
    values (null, 'shared', 'shared', 'ai', 1);

  -- own rows and nobody else's
  foreach t in array array['profiles', 'prompts', 'generated_images', 'credit_transactions', 'user_favorites',
      'user_preferences', 'user_model_preferences', 'user_generation_stats', 'prompt_suggestions', 'sync_changes'] loop
    perform pg_temp.become('authenticated', a);
    execute format('select count(*) from public.%I where %I = %L', t, case t when 'profiles' then 'id' else 'user_id' end, a) into seen;
    assert seen > 0, format('%s: own rows', t);
    execute format('select count(*) from public.%I where %I = %L %s', t, case t when 'profiles' then 'id' else 'user_id' end, b,
      case t when 'generated_images' then 'and not is_public' else '' end) into seen;
    assert seen = 0, format('%s: foreign rows', t);
    -- the administrator sees what he must judge, not what people keep at heart
    perform pg_temp.become('authenticated', boss);
    execute format('select count(*) from public.%I where %I = %L', t, case t when 'profiles' then 'id' else 'user_id' end, b) into seen;
    assert (seen > 0) = (t not in ('user_favorites', 'user_preferences', 'user_model_preferences', 'sync_changes')), format('%s: admin', t);
    perform pg_temp.become('anon');
    said := (pg_temp.outcome(format('select from public.%I', t))).word;
    assert said = case t when 'generated_images' then 'ok' else '42501' end, format('anon on %s: %s', t, said);
  end loop;

  perform pg_temp.become('anon');
  assert (select array_agg(id) from public.generated_images where id in (ia, ib, ipub)) = array[ipub];
  assert (select array_agg(id) from public.models where id like 't-%') = array['t-on'];
  perform pg_temp.become('authenticated', a);
  assert (select count(*) from public.generated_images where id = ipub) = 1;
  assert (select array_agg(id) from public.models where id like 't-%') = array['t-on'];
  assert exists (select from public.prompt_suggestions where base_prompt = 'shared');

  -- attempts of a user; `0 rows` is as good as a refusal
  for t, said in values
    (format('update public.profiles set credits_balance = 1000000 where id = %L', a), '42501'),
    (format('update public.profiles set is_admin = true where id = %L', a), '42501'),
    (format('update public.profiles set subscription_tier = ''enterprise'' where id = %L', a), '42501'),
    (format('update public.profiles set daily_ads_limit = 100000 where id = %L', a), '42501'),
    (format('update public.profiles set email = ''victim@bank.test'' where id = %L', a), '42501'),
    (format('update public.profiles set language = ''de'' where id = %L', a), '23514'),
    (format('update public.profiles set theme = ''light'', full_name = ''A'' where id = %L', a), 'ok'),
    (format('insert into public.profiles (id, email) values (%L, ''x'')', a), '42501'),
    (format('delete from public.profiles where id = %L', a), '42501'),
    (format('insert into public.credit_transactions (user_id, amount, type) values (%L, 1000, ''bonus'')', a), '42501'),
    (format('delete from public.credit_transactions where user_id = %L', a), '42501'),
    (format('update public.credit_transactions set amount = 1 where user_id = %L', a), '42501'),
    (format('insert into public.prompts (user_id, prompt, model_id, model_version, credits_cost) values (%L, ''x'', ''t-on'', ''1'', 0)', a), '42501'),
    (format('update public.prompts set status = ''pending'' where id = %L', pa), '42501'),
    (format('delete from public.prompts where id = %L', pa), 'ok'),
    (format('insert into public.generated_images (user_id, storage_path, public_url, width, height, format, size_bytes) values (%L, ''x'', ''x'', 1, 1, ''png'', 1)', a), '42501'),
    (format('update public.generated_images set nsfw_score = 0 where id = %L', ia), '42501'),
    (format('update public.generated_images set is_public = true where id = %L', ia), 'ok'),
    ('insert into public.models (id, name, provider, version) values (''mine'', ''m'', ''local'', ''1'')', '42501'),
    ('insert into public.sync_changes (seq, table_name, row_id, op, xid) values (1, ''x'', ''x'', ''upsert'', ''1'')', '42501'),
    ('update public.user_generation_stats set total_images = 7', '42501'),
    (format('insert into public.user_favorites (user_id, image_id) values (%L, %L)', a, ib), '42501'),
    (format('insert into public.user_favorites (user_id, image_id) values (%L, %L)', a, ia), '42501'),
    (format('select public.set_favorite(%L, true, now(), gen_random_uuid())', ib), 'PT404'),
    (format('select public.set_favorite(%L, true, now(), gen_random_uuid())', gen_random_uuid()), 'PT404'),
    (format('select public.set_favorite(%L, true, now(), gen_random_uuid())', ipub), 'ok'),
    (format('insert into public.user_preferences (user_id, preference_type, preference_value) values (%L, ''ui_preferences'', ''{}'')', b), '42501'),
    (format('insert into public.user_preferences (user_id, preference_type, preference_value) values (%L, ''ui_preferences'', ''{"a": 1}'') on conflict (user_id, preference_type) do update set user_id = excluded.user_id, preference_type = excluded.preference_type, preference_value = excluded.preference_value', a), 'ok'),
    (format('update public.user_preferences set user_id = %L where user_id = %L', b, a), '42501'),
    (format('insert into public.user_model_preferences (user_id, model_id, is_favorite) values (%L, ''t-on'', true) on conflict (user_id, model_id) do update set user_id = excluded.user_id, model_id = excluded.model_id, is_favorite = excluded.is_favorite', a), 'ok'),
    (format('update public.user_model_preferences set use_count = 9 where user_id = %L', a), '42501'),
    (format('insert into public.prompt_suggestions (user_id, base_prompt, suggested_prompt, source_type, confidence_score) values (%L, ''x'', ''y'', ''history'', 1)', a), 'ok'),
    ('insert into public.prompt_suggestions (base_prompt, suggested_prompt, source_type, confidence_score) values (''x'', ''y'', ''history'', 1)', '42501'),
    (format('insert into public.prompt_suggestions (user_id, base_prompt, suggested_prompt, source_type, confidence_score) values (%L, ''x'', ''y'', ''ai'', 1)', a), '42501'),
    ('select public.claim_generation(''me'')', '42501'),
    ('select public.claim_analysis(''me'')', '42501'),
    ('select public.complete_analysis(gen_random_uuid(), ''vision'', gen_random_uuid(), ''x'', ''{}'')', '42501'),
    (format('select public.record_purchase(%L, 1000, ''x'')', a), '42501'),
    (format('select public.apply_subscription_event(%L, ''s'', ''c'', ''enterprise'', ''active'', now(), now(), now())', a), '42501'),
    (format('select public.verify_ad(gen_random_uuid(), ''admob'', ''x'')'), '42501'),
    ('select public.grant_monthly_credits()', '42501'),
    ('select public.run_due_task()', '42501'),
    ('refresh materialized view public.community_trends', '42501'),
    (format('select public.admin_adjust_credits(%L, 1000, ''because'', ''k'')', a), 'PT403'),
    (format('select public.admin_moderate(gen_random_uuid(), %L, ''removed'', ''because'')', ipub), 'PT403'),
    (format('select public.admin_suspend(%L, true, ''because'')', b), 'PT403'),
    ('select public.admin_jobs()', 'PT403'),
    ('select public.admin_ledger_audit()', 'PT403'),
    (format('update public.generated_images set moderation = ''approved'' where id = %L', ia), '42501'),
    (format('update public.generated_images set trashed_at = now() where id = %L', ia), '42501'),
    (format('insert into public.subscriptions (user_id, plan_id, status, current_period_start, current_period_end) values (%L, ''pro'', ''active'', now(), now())', a), '42501'),
    (format('insert into public.image_tags (user_id, image_id, tag) values (%L, %L, ''x'')', a, ia), '42501'),
    ('select public.extend_lease(gen_random_uuid(), gen_random_uuid())', '42501'),
    ('select public.complete_generation(gen_random_uuid(), gen_random_uuid(), ''[]'')', '42501'),
    ('select public.fail_generation(gen_random_uuid(), gen_random_uuid(), ''x'')', '42501'),
    ('select private.setting(''bucket'')', '42501'),
    ('select private.create_profile(u) from auth.users u', '42501'),
    ('select * from private.jobs', '42501'),
    ('select * from auth.users', '42501')
  loop
    perform pg_temp.become('authenticated', a);
    declare
      got text := (pg_temp.outcome(t)).word;
    begin
      assert split_part(got, ' ', 1) = said, format('%s → %s instead of %s', t, got, said);
    end;
  end loop;

  -- rows of others are out of reach even where the verb is granted
  perform pg_temp.become('authenticated', a);
  update public.profiles set full_name = 'taken' where id = b;
  assert not found;
  update public.generated_images set is_public = false where id = ipub;
  assert not found;
  delete from public.generated_images where id in (ib, ipub);
  assert not found;
  delete from public.prompts where user_id = b;
  assert not found;
  assert (pg_temp.outcome(format('delete from public.user_favorites where user_id = %L', b))).word = '42501';
  delete from public.prompt_suggestions where user_id = b or user_id is null;
  assert not found;

  perform pg_temp.become('authenticated', boss);
  assert (pg_temp.outcome('update public.models set is_active = true where id = ''t-off''')).word = 'ok';
  perform pg_temp.become('service_role');
  assert (pg_temp.outcome(format('update public.profiles set credits_balance = 5 where id = %L', a))).word = '42501';
  assert (pg_temp.outcome('update public.credit_transactions set amount = 5')).word = '42501';
  assert (pg_temp.outcome('delete from public.credit_transactions')).word = '42501';
end
$$;

-- A temporary table of the same name takes nobody in: functions look in their own schemas only.
reset role;
do $$
declare
  a uuid := pg_temp.sign_up('shadow@example.test');
begin
  perform pg_temp.become('authenticated', a);
  create temp table profiles (id uuid, credits_balance integer, is_admin boolean);
  insert into pg_temp.profiles values (a, 1000000, true);
  set local search_path = pg_temp, public;
  assert not public.check_user_credits(a, 500000), 'the balance is the real one';
  assert (pg_temp.outcome('select public.admin_jobs()')).word = 'PT403 not_admin';
  perform public.request_generation(gen_random_uuid(), 'sketch', 'x', p_hf_loras => '{}', p_lora_scales => '{}');
  assert (select credits_balance from pg_temp.profiles) = 1000000 and (select credits_balance from public.profiles where id = a) = 99;
end
$$;

-- The rest of what the report found open: ids as an oracle, credits by the back door, free requests.
reset role;
do $$
declare
  a uuid := pg_temp.sign_up('c@example.test');
  b uuid := pg_temp.sign_up('d@example.test');
  theirs uuid := pg_temp.image(b);
  asked uuid := gen_random_uuid();
begin
  perform pg_temp.become('authenticated', a);
  assert (pg_temp.outcome(format('select public.set_favorite(%L, true, now(), gen_random_uuid())', theirs)))
       = (pg_temp.outcome(format('select public.set_favorite(%L, true, now(), gen_random_uuid())', gen_random_uuid()))),
    'hidden and missing are told alike';
  assert (pg_temp.outcome(format('select public.request_generation(%L, ''sketch'', ''x'', p_num_outputs => -3)', asked))).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome(format('select public.request_generation(%L, ''sketch'', ''x'', p_width => 16384, p_height => 16384)', asked))).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome(format('select public.request_generation(%L, ''ghost'', ''x'')', asked))).word = 'PT404 unknown_model';
  assert (pg_temp.outcome(format('select public.request_generation(%L, ''sketch-classic'', ''x'')', asked))).word = 'PT422 model_inactive';
  perform pg_temp.become('anon');
  assert (pg_temp.outcome('delete from public.models')).word = '42501';
  assert (pg_temp.outcome('update public.models set credits_cost = 0')).word = '42501';
  assert (pg_temp.outcome('truncate public.profiles cascade')).word = '42501';
  assert (pg_temp.outcome(format('insert into public.credit_transactions (user_id, amount, type) values (%L, 5000, ''bonus'')', a))).word = '42501';
  assert (pg_temp.outcome('select * from public.image_analysis')).word = '42501';
  assert (pg_temp.outcome('create trigger planted after insert on public.profiles for each row execute function auth.uid()')).word = '42501';
end
$$;
