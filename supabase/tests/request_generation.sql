-- Asking for images: prices, refusals, repeats, limits.

create function pg_temp.ask(p_id uuid, p_more text default '') returns jsonb language plpgsql as $$
declare
  answer jsonb;
begin
  execute format('select public.request_generation(%L, ''t-model'', ''un renard dans la brume'', p_hf_loras => ''{}'', p_lora_scales => ''{}''%s)', p_id, p_more)
    into answer;
  return answer;
end
$$;
create function pg_temp.refused(p_more text, p_id uuid default gen_random_uuid(), p_model text default 't-model', p_prompt text default 'x')
returns text language plpgsql as $$
declare
  o record;
begin
  o := pg_temp.outcome(format('select public.request_generation(%L, %L, %L%s)', p_id, p_model, p_prompt, p_more));
  return o.word || coalesce(' ' || nullif(o.detail, ''), '');
end
$$;
grant execute on function pg_temp.ask, pg_temp.refused to public;
insert into public.models (id, name, provider, version, credits_cost, metadata) values
  ('t-model', 'Test', 'local', '7', 3, '{"max_loras": 2, "max_pixels": 1048576}'), ('t-free', 'Free', 'local', '1', 0, '{}');
insert into public.models (id, name, provider, version, is_active) values ('t-off', 'Off', 'local', '1', false);

do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  b uuid := pg_temp.sign_up('b@example.test');
  one uuid := gen_random_uuid();
  two uuid := gen_random_uuid();
  p public.prompts;
  answer jsonb;
begin
  -- prices
  assert public.calculate_generation_cost('t-model', 1, 512, 512) = 3;
  assert public.calculate_generation_cost('t-model', 4, 1024, 1024) = 12;
  assert public.calculate_generation_cost('t-model', 1, 1032, 1024) = 6, 'a begun megapixel counts';
  assert (pg_temp.outcome('select public.calculate_generation_cost(''t-model'', -3, 1024, 1024)')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.calculate_generation_cost(''t-model'', 1, 0, 0)')).word = 'PT422 invalid_parameters';
  assert (pg_temp.outcome('select public.calculate_generation_cost(''none'', 1, 8, 8)')).word = 'PT404 unknown_model';
  assert (pg_temp.outcome('select public.calculate_generation_cost(''t-off'', 1, 8, 8)')).word = 'PT422 model_inactive';
  perform pg_temp.become('authenticated', a);
  assert public.check_user_credits(a, 100) and not public.check_user_credits(a, 101);
  assert not public.check_user_credits(a, -1) and not public.check_user_credits(b, 1) and not public.check_user_credits(a, null);

  -- a request
  answer := pg_temp.ask(one, ', p_num_outputs => 2, p_metadata => ''{"from": "test", "progress": {"step": 99}, "request_hash": "mine"}''');
  assert answer = jsonb_build_object('created', true, 'prompt_id', one, 'status', 'pending', 'credits_cost', 6, 'credits_balance', 94), answer::text;
  select * into p from public.prompts where id = one;
  assert p.user_id = a and p.model_version = '7' and p.credits_cost = 6 and p.width = 1024 and p.height = 1024;
  assert p.safety_checker and cardinality(p.hf_loras) = 0 and p.status = 'pending';
  assert p.metadata ->> 'from' = 'test' and not p.metadata ? 'progress' and p.metadata ->> 'request_hash' <> 'mine';
  assert (select (amount, type, reference_id)::text from public.credit_transactions where idempotency_key = 'usage:' || one)
    = format('(-6,usage,%s)', one);
  assert (select credits_balance from public.profiles where id = a) = 94;
  assert (select use_count from public.user_model_preferences where user_id = a and model_id = 't-model') = 1;

  -- the same again, with other parameters, and by another user
  answer := pg_temp.ask(one, ', p_num_outputs => 2, p_max_cost => 1');
  assert answer = jsonb_build_object('created', false, 'prompt_id', one, 'status', 'pending', 'credits_cost', 6, 'credits_balance', 94),
    'a repeat is answered as before, whatever it would cost today';
  assert (select count(*) from public.credit_transactions where user_id = a) = 2;
  assert pg_temp.refused('', one) = 'PT409 id_reused';
  perform pg_temp.become('authenticated', b);
  assert pg_temp.refused('', one) = 'PT409 id_conflict';

  -- refusals leave no trace
  assert pg_temp.refused(', p_max_cost => 2') = 'PT409 price_changed {"cost": 3, "max_cost": 2}';
  assert pg_temp.refused(', p_max_cost => 3') = 'ok';
  assert pg_temp.refused('', p_model => 'none') = 'PT404 unknown_model';
  assert pg_temp.refused('', p_model => 't-off') = 'PT422 model_inactive';
  assert pg_temp.refused('', null) like 'PT422 invalid_parameters {%"id"%';
  assert pg_temp.refused('', p_prompt => '   ') = 'PT422 invalid_parameters {"field": "prompt", "constraint": "valid_prompt_length"}';
  assert pg_temp.refused('', p_prompt => repeat('x', 10000)) like 'PT422 invalid_parameters {"field": "prompt"%';
  assert pg_temp.refused('', p_prompt => null) like 'PT422 invalid_parameters {"field": "prompt"%';
  assert pg_temp.refused(', p_steps => 0') = 'PT422 invalid_parameters {"field": "steps", "constraint": "steps_range"}';
  assert pg_temp.refused(', p_steps => 101') like 'PT422 invalid_parameters {"field": "steps"%';
  assert pg_temp.refused(', p_guidance_scale => ''NaN''') like 'PT422 invalid_parameters {"field": "guidance_scale"%';
  assert pg_temp.refused(', p_prompt_strength => 0') like 'PT422 invalid_parameters {"field": "prompt_strength"%';
  assert pg_temp.refused(', p_num_outputs => 5') = 'PT422 invalid_parameters {"field": "num_outputs", "min": 1, "max": 4}';
  assert pg_temp.refused(', p_output_format => ''jpeg''') like 'PT422 invalid_parameters {"field": "output_format"%';
  assert pg_temp.refused(', p_output_quality => 0') like 'PT422 invalid_parameters {"field": "output_quality"%';
  assert pg_temp.refused(', p_seed => -2') like 'PT422 invalid_parameters {"field": "seed"%';
  assert pg_temp.refused(', p_aspect_ratio => ''4:3''') like 'PT422 invalid_parameters {"field": "aspect_ratio"%';
  assert pg_temp.refused(', p_aspect_ratio => ''16:9'', p_width => 1024, p_height => 1024') like '%{"field": "aspect_ratio", "reason": "dimensions"}';
  assert pg_temp.refused(', p_aspect_ratio => ''16:9''') = 'ok', '1344 × 768 is 16:9 within 3 %';
  assert pg_temp.refused(', p_width => 1001, p_height => 1001') like '%"multiple"%';
  assert pg_temp.refused(', p_width => 1024, p_height => 0') like '%"range"%';
  assert pg_temp.refused(', p_width => -8, p_height => -8') like '%"range"%';
  assert pg_temp.refused(', p_width => 1032, p_height => 1032') like '%{"max": 1048576, "field": "width", "reason": "too_many_pixels"}';
  assert pg_temp.refused(', p_hf_loras => ''{a/b,c/d,e/f}'', p_lora_scales => ''{1,1,1}''')
    = 'PT422 invalid_parameters {"max": 2, "field": "hf_loras", "reason": "too_many_loras"}';
  assert pg_temp.refused(', p_hf_loras => ''{a/b,c/d}'', p_lora_scales => ''{1}''') like '%"lora_scales", "reason": "length"%';
  assert pg_temp.refused(', p_hf_loras => ''{a/b}'', p_lora_scales => ''{NaN}''') like '%"lora_scales"%"range"%';
  assert pg_temp.refused(', p_hf_loras => ''{a/b}'', p_lora_scales => ''{NULL}''') like '%"lora_scales"%"range"%';
  assert pg_temp.refused(', p_hf_loras => ''{../etc}''') = 'ok', 'dots are legal in names; the worker never takes them for paths';
  assert pg_temp.refused(', p_hf_loras => ''{"a b/c"}''') like '%"hf_loras", "reason": "name"%';
  assert pg_temp.refused(', p_hf_loras => ''{NULL}''') like '%"hf_loras", "reason": "name"%';
  assert pg_temp.refused(', p_metadata => ''[1]''') like '%"metadata"%';
  assert pg_temp.refused(', p_metadata => ' || quote_literal(jsonb_build_object('x', repeat('y', 20000)))) like '%"metadata"%';
  assert pg_temp.refused(', p_prompt_suggestion_id => gen_random_uuid()') like '%"prompt_suggestion_id"%';
  assert pg_temp.refused(', p_source_path => ''' || a || '/x.png''') like '%"source_path"%';
  assert pg_temp.refused(', p_source_path => ''' || b || '/x.png''') like '%"source_path"%', 'not uploaded';
  insert into storage.objects (bucket_id, name) values ('sources', b || '/x.png');
  assert pg_temp.refused(', p_source_path => ''' || b || '/x.png''') = 'ok';
  assert (select credits_balance from public.profiles where id = b) = 100;

  -- null arrays mean the column's default
  perform public.request_generation(two, 't-model', 'x');
  assert (select hf_loras = array['AndyVampiro/fog'] and lora_scales = array[1.0::float8] from public.prompts where id = two);
  -- only the relaxed level may go without the checker
  perform pg_temp.become('postgres');
  assert (pg_temp.outcome('select 1')).word = 'ok';
  update public.profiles set ai_safety_level = 'relaxed' where id = b;
  perform pg_temp.become('authenticated', b);
  perform pg_temp.ask(gen_random_uuid(), ', p_safety_checker => false');
  assert (select bool_or(not safety_checker) from public.prompts where user_id = b);

  -- the third unfinished one of a free account
  assert pg_temp.refused('') = 'PT429 too_many_pending {"limit": 2, "pending": 2}';

  -- too few credits; nothing costs nothing
  perform pg_temp.become('postgres');
  insert into public.credit_transactions (user_id, amount, type) values (a, -93, 'bonus');
  perform pg_temp.become('authenticated', a);
  assert pg_temp.refused('') = 'PT402 insufficient_credits {"balance": 1, "required": 3}';
  assert (public.request_generation(gen_random_uuid(), 't-free', 'x') ->> 'credits_balance')::integer = 1;
  assert not exists (select from public.credit_transactions where user_id = a and amount = 0);

  -- a repeat after the user deleted the finished prompt
  perform pg_temp.become('postgres');
  update public.prompts set status = 'completed' where id = one;
  perform pg_temp.become('authenticated', a);
  delete from public.prompts where id = one;
  assert pg_temp.refused('', one) = 'PT410 already_processed';

  perform pg_temp.become('postgres');
  update public.profiles set subscription_status = 'suspended' where id = a;
  perform pg_temp.become('authenticated', a);
  assert pg_temp.refused('') = 'PT403 account_suspended';
  perform pg_temp.become('authenticated', null);
  assert pg_temp.refused('') = 'PT401 not_authenticated';
  perform pg_temp.become('anon');
  assert pg_temp.refused('') = '42501';
end
$$;
