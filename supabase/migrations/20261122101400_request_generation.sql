-- The door to every generation: checks, prices, charges and queues in one transaction.
--
-- The client chooses p_id, so a request may be repeated until its answer arrives: the same id with the same
-- parameters answers {created: false, …} and charges nothing. Refusals are codes (see private.refuse):
-- PT401 not_authenticated · PT402 insufficient_credits {required,balance} · PT403 no_profile, account_suspended ·
-- PT404 unknown_model · PT409 id_reused, id_conflict, price_changed {cost,max_cost} · PT410 already_processed ·
-- PT422 invalid_parameters {field,…}, model_inactive · PT429 too_many_pending {pending,limit}.

-- What a table constraint would say too late or not at all: limits of the model, and things outside the row.
create function private.check_request(
  p_user uuid, p_model public.models, p_aspect_ratio text, p_width integer, p_height integer,
  p_loras text[], p_scales double precision[], p_prompt_suggestion_id uuid, p_metadata jsonb, p_source_path text)
returns void
language plpgsql stable security definer set search_path = '' as $$
declare
  v_ratio numeric := case p_aspect_ratio when '16:9' then 16 / 9.0 else 1.0 end;
  v_max_pixels bigint := coalesce((p_model.metadata ->> 'max_pixels')::bigint, 2048 * 2048);
  v_max_loras integer := least(20, coalesce((p_model.metadata ->> 'max_loras')::integer, 4));
  v_wrong jsonb;
begin
  v_wrong := case
    when p_width not between 8 and 16384 or p_height not between 8 and 16384
      then '{"field": "width", "reason": "range", "min": 8, "max": 16384}'
    when p_width % 8 <> 0 or p_height % 8 <> 0 then '{"field": "width", "reason": "multiple", "of": 8}'
    when p_width / p_height::numeric not between v_ratio * 0.97 and v_ratio * 1.03
      then '{"field": "aspect_ratio", "reason": "dimensions"}'
    when p_width::bigint * p_height > v_max_pixels
      then jsonb_build_object('field', 'width', 'reason', 'too_many_pixels', 'max', v_max_pixels)
    when cardinality(p_loras) > v_max_loras
      then jsonb_build_object('field', 'hf_loras', 'reason', 'too_many_loras', 'max', v_max_loras)
    when cardinality(p_loras) <> cardinality(p_scales) or array_ndims(p_loras) > 1 or array_ndims(p_scales) > 1
      then '{"field": "lora_scales", "reason": "length"}'
    when exists (
        select from unnest(p_loras) as l (name)
        where l.name is null or char_length(l.name) > 200 or l.name !~ '^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$')
      then '{"field": "hf_loras", "reason": "name"}'
    -- NaN sorts above every number, so it is refused with the rest
    when exists (select from unnest(p_scales) as s (scale) where s.scale is null or s.scale not between -10 and 10)
      then '{"field": "lora_scales", "reason": "range", "min": -10, "max": 10}'
    when jsonb_typeof(p_metadata) <> 'object' or octet_length(p_metadata::text) > 16384
      then '{"field": "metadata", "reason": "object_of_16_kib"}'
    when p_prompt_suggestion_id is not null and not exists (
        select from public.prompt_suggestions s
        where s.id = p_prompt_suggestion_id and (s.user_id = p_user or s.user_id is null))
      then '{"field": "prompt_suggestion_id", "reason": "unknown"}'
    when p_source_path is not null and (split_part(p_source_path, '/', 1) <> p_user::text or not exists (
        select from storage.objects o where o.bucket_id = 'sources' and o.name = p_source_path))
      then '{"field": "source_path", "reason": "unknown"}'
  end;
  if v_wrong is not null then
    perform private.refuse('PT422', 'invalid_parameters', v_wrong);
  end if;
end
$$;

create function public.request_generation(
  p_id uuid,
  p_model_id text,
  p_prompt text,
  p_negative_prompt text default '',
  p_aspect_ratio text default '1:1',
  p_num_outputs integer default 1,
  p_steps integer default 28,
  p_guidance_scale double precision default 7.5,
  p_prompt_strength double precision default 0.8,
  p_seed integer default -1,
  p_output_format text default 'webp',
  p_output_quality integer default 90,
  p_safety_checker boolean default true,
  p_hf_loras text[] default null,            -- null: the column's default; clients send `{}` for none
  p_lora_scales double precision[] default null,  -- null: 1.0 for each
  p_width integer default null,              -- null: 1024 × 1024 or 1344 × 768
  p_height integer default null,
  p_prompt_suggestion_id uuid default null,
  p_max_cost integer default null,           -- the price that the user saw; a higher one is refused
  p_metadata jsonb default '{}',
  p_source_path text default null)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_profile public.profiles;
  v_prompt public.prompts;
  v_model public.models;
  v_loras text[] := coalesce(p_hf_loras, array['AndyVampiro/fog']);
  v_scales double precision[] := coalesce(p_lora_scales, array_fill(1.0::double precision, array[cardinality(v_loras)]));
  v_width integer := coalesce(p_width, case p_aspect_ratio when '16:9' then 1344 else 1024 end);
  v_height integer := coalesce(p_height, case p_aspect_ratio when '16:9' then 768 else 1024 end);
  v_hash text;
  v_pending integer;
  v_limit integer;
  v_cost integer;
  v_constraint text;
  v_column text;
begin
  if v_user is null then
    perform private.refuse('PT401', 'not_authenticated');
  end if;
  if p_id is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "id", "reason": "required"}');
  end if;

  -- This lock puts everything that one user spends into one line.
  select * into v_profile from public.profiles where id = v_user for update;
  if not found then
    perform private.refuse('PT403', 'no_profile');
  end if;

  v_hash := md5(jsonb_build_array(
    p_model_id, p_prompt, coalesce(p_negative_prompt, ''), p_aspect_ratio, p_num_outputs, p_steps, p_guidance_scale,
    p_prompt_strength, p_seed, p_output_format, p_output_quality, p_safety_checker, v_loras, v_scales, v_width,
    v_height, p_prompt_suggestion_id, p_source_path)::text);
  select * into v_prompt from public.prompts where id = p_id;
  if found then
    if v_prompt.user_id <> v_user then
      perform private.refuse('PT409', 'id_conflict');
    elsif v_prompt.metadata ->> 'request_hash' is distinct from v_hash then
      perform private.refuse('PT409', 'id_reused');
    end if;
    return jsonb_build_object(
      'created', false, 'prompt_id', v_prompt.id, 'status', v_prompt.status,
      'credits_cost', v_prompt.credits_cost, 'credits_balance', v_profile.credits_balance);
  end if;
  -- Paid once, finished, and deleted by the user since: a late repeat must not paint it again.
  if exists (select from public.credit_transactions where idempotency_key = 'usage:' || p_id) then
    perform private.refuse('PT410', 'already_processed');
  end if;

  if v_profile.subscription_status = 'suspended' then
    perform private.refuse('PT403', 'account_suspended');
  end if;
  select * into v_model from public.models where id = p_model_id;
  if not found then
    perform private.refuse('PT404', 'unknown_model');
  elsif not v_model.is_active then
    perform private.refuse('PT422', 'model_inactive');
  end if;
  perform private.check_request(
    v_user, v_model, p_aspect_ratio, v_width, v_height, v_loras, v_scales, p_prompt_suggestion_id,
    coalesce(p_metadata, '{}'), p_source_path);

  select count(*) into v_pending
    from public.prompts where user_id = v_user and status in ('pending', 'processing');
  v_limit := (private.setting('max_pending') ->> v_profile.subscription_tier)::integer;
  if v_pending >= v_limit then
    perform private.refuse('PT429', 'too_many_pending', jsonb_build_object('pending', v_pending, 'limit', v_limit));
  end if;

  v_cost := public.calculate_generation_cost(p_model_id, p_num_outputs, v_width, v_height);
  if v_cost > p_max_cost then
    perform private.refuse('PT409', 'price_changed', jsonb_build_object('cost', v_cost, 'max_cost', p_max_cost));
  elsif v_cost > v_profile.credits_balance then
    perform private.refuse('PT402', 'insufficient_credits',
      jsonb_build_object('required', v_cost, 'balance', v_profile.credits_balance));
  end if;

  begin
    insert into public.prompts (
      id, user_id, prompt, negative_prompt, model_id, model_version, aspect_ratio, prompt_strength, steps,
      guidance_scale, num_outputs, seed, output_format, output_quality, safety_checker, hf_loras, lora_scales, width,
      height, credits_cost, prompt_suggestion_id, source_path, source_image_id, metadata)
    values (
      p_id, v_user, p_prompt, coalesce(p_negative_prompt, ''), v_model.id, v_model.version, p_aspect_ratio,
      p_prompt_strength, p_steps, p_guidance_scale, p_num_outputs, p_seed, p_output_format, p_output_quality,
      -- only a user who chose the relaxed level may switch the checker off
      p_safety_checker or v_profile.ai_safety_level <> 'relaxed',
      v_loras, v_scales, v_width, v_height, v_cost, p_prompt_suggestion_id, p_source_path,
      -- which image the source was made from, if the client says so and the user may see it
      (select g.id from public.generated_images g
        where g.id::text = p_metadata ->> 'source_image_id' and (g.user_id = v_user or g.is_public)),
      coalesce(p_metadata, '{}') - array['progress', 'cancel_requested', 'seed']
        || jsonb_build_object('request_hash', v_hash));
  exception
    when check_violation or not_null_violation then
      get stacked diagnostics v_constraint = constraint_name, v_column = column_name;
      perform private.refuse('PT422', 'invalid_parameters', jsonb_build_object(
        'constraint', v_constraint, 'field', coalesce(nullif(v_column, ''), case v_constraint
          when 'prompt_strength_range' then 'prompt_strength'
          when 'steps_range' then 'steps'
          when 'guidance_scale_range' then 'guidance_scale'
          when 'num_outputs_range' then 'num_outputs'
          when 'output_quality_range' then 'output_quality'
          when 'valid_aspect_ratio' then 'aspect_ratio'
          when 'valid_prompt_length' then 'prompt'
          when 'valid_negative_prompt_length' then 'negative_prompt'
          when 'valid_output_format' then 'output_format'
          when 'valid_seed' then 'seed'
        end)));
    when unique_violation then
      -- another user took the same id a moment ago
      perform private.refuse('PT409', 'id_conflict');
  end;
  if v_cost > 0 then
    insert into public.credit_transactions (user_id, amount, type, description, reference_id, idempotency_key)
    values (v_user, -v_cost, 'usage', 'generation', p_id, 'usage:' || p_id);
  end if;
  insert into private.jobs (kind, prompt_id) values ('generation', p_id);
  insert into public.user_model_preferences as m (user_id, model_id, use_count, last_used_at)
  values (v_user, v_model.id, 1, now())
  on conflict (user_id, model_id) do update set use_count = m.use_count + 1, last_used_at = now();

  return jsonb_build_object(
    'created', true, 'prompt_id', p_id, 'status', 'pending',
    'credits_cost', v_cost, 'credits_balance', v_profile.credits_balance - v_cost);
end
$$;
grant execute on function public.request_generation to authenticated, service_role;
