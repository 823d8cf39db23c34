-- What follows a user from device to device: five documents of preferences, and what he thinks of each model.
--
-- Devices write through merge_preferences and merge_model_preferences, so that two of them that changed different
-- fields both keep their change. The tables may also be written directly: UPDATE is granted on the key columns too,
-- because an upsert through PostgREST sets every column of its payload; WITH CHECK keeps the owner.

create table public.user_preferences (
  id               uuid primary key default gen_random_uuid(),
  user_id          uuid not null references auth.users (id) on delete cascade,
  preference_type  text not null,
  preference_value jsonb not null,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  constraint valid_preference_type check (preference_type in (
    'generation_defaults', 'style_preferences', 'safety_settings', 'ui_preferences', 'notification_settings'
  )),
  constraint user_preferences_one_per_type unique (user_id, preference_type)
);

create trigger set_updated_at before update on public.user_preferences
  for each row execute function private.set_updated_at();

alter table public.user_preferences enable row level security;

create policy "Users manage their own preferences" on public.user_preferences
  for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

grant select, delete on public.user_preferences to authenticated;
grant insert (id, user_id, preference_type, preference_value), update (user_id, preference_type, preference_value)
  on public.user_preferences to authenticated;
grant select, insert, update, delete on public.user_preferences to service_role;

-- use_count and last_used_at are written by request_generation, the rest by the user.
create table public.user_model_preferences (
  user_id          uuid references auth.users (id) on delete cascade,
  model_id         text references public.models (id) on delete cascade,
  is_favorite      boolean not null default false,
  last_used_at     timestamptz,
  use_count        integer not null default 0,
  default_settings jsonb not null default '{}',
  updated_at       timestamptz not null default now(),
  primary key (user_id, model_id)
);
create index idx_model_prefs_model on public.user_model_preferences (model_id);

create trigger set_updated_at before update on public.user_model_preferences
  for each row execute function private.set_updated_at();

alter table public.user_model_preferences enable row level security;

create policy "Users manage their own model preferences" on public.user_model_preferences
  for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

grant select, delete on public.user_model_preferences to authenticated;
grant insert (user_id, model_id, is_favorite, default_settings),
  update (user_id, model_id, is_favorite, default_settings) on public.user_model_preferences to authenticated;
grant select, insert, update, delete on public.user_model_preferences to service_role;

-- Lays a patch over a document, field by field. p_base is what the device had seen: a field that somebody else
-- changed since, and to another value, is a conflict; the patch stands, for it is the act that arrives last, and the
-- answer names the field with both values, so that it can be told. Null in the patch removes a field.
create function private.merge_document(p_current jsonb, p_base jsonb, p_patch jsonb, out merged jsonb, out conflicts jsonb)
language plpgsql immutable set search_path = '' as $$
begin
  merged := (p_current || p_patch) - array(select e.key from jsonb_each(p_patch) as e where e.value = 'null');
  select coalesce(jsonb_agg(jsonb_build_object('field', e.key, 'theirs', p_current -> e.key, 'yours', e.value)
                            order by e.key), '[]')
    into conflicts
    from jsonb_each(p_patch) as e
   where coalesce(p_current -> e.key, 'null') is distinct from coalesce(p_base -> e.key, 'null')
     and coalesce(p_current -> e.key, 'null') is distinct from e.value;
end
$$;

create function private.check_document(p_field text, p_value jsonb) returns void
language plpgsql immutable set search_path = '' as $$
begin
  if p_value is null or jsonb_typeof(p_value) <> 'object' or octet_length(p_value::text) > 65536 then
    perform private.refuse('PT422', 'invalid_parameters',
      jsonb_build_object('field', p_field, 'reason', 'object_of_64_kib'));
  end if;
end
$$;

-- Merges a change of preferences: {preference_type, preference_value, conflicts}.
create function public.merge_preferences(p_type text, p_base jsonb, p_patch jsonb, p_intent_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_current jsonb;
  v_merged record;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  perform private.check_document('base', coalesce(p_base, '{}'));
  perform private.check_document('patch', p_patch);
  insert into public.user_preferences (user_id, preference_type, preference_value) values (v_user, p_type, '{}')
  on conflict (user_id, preference_type) do nothing;
  select u.preference_value into v_current
    from public.user_preferences u where u.user_id = v_user and u.preference_type = p_type for update;
  if jsonb_typeof(v_current) <> 'object' then
    v_current := '{}';
  end if;
  v_merged := private.merge_document(v_current, coalesce(p_base, '{}'), p_patch);
  perform private.check_document('patch', v_merged.merged);
  update public.user_preferences set preference_value = v_merged.merged
   where user_id = v_user and preference_type = p_type and preference_value <> v_merged.merged;
  return private.answer(v_user, p_intent_id, jsonb_build_object(
    'preference_type', p_type, 'preference_value', v_merged.merged, 'conflicts', v_merged.conflicts));
exception when check_violation or not_null_violation then
  perform private.refuse('PT422', 'invalid_parameters', '{"field": "type"}');
end
$$;
grant execute on function public.merge_preferences(text, jsonb, jsonb, uuid) to authenticated;

-- Merges what a user thinks of a model: the patch may hold is_favorite and, field by field, default_settings.
-- {model_id, is_favorite, default_settings, conflicts}.
create function public.merge_model_preferences(p_model_id text, p_base jsonb, p_patch jsonb, p_intent_id uuid)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_current public.user_model_preferences;
  v_merged record;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  perform private.check_document('base', coalesce(p_base, '{}'));
  perform private.check_document('patch', p_patch);
  if jsonb_typeof(coalesce(p_patch -> 'is_favorite', 'true')) <> 'boolean'
     or jsonb_typeof(coalesce(p_patch -> 'default_settings', '{}')) <> 'object' then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "patch"}');
  elsif not exists (select from public.models m where m.id = p_model_id) then
    perform private.refuse('PT404', 'unknown_model');
  end if;
  insert into public.user_model_preferences (user_id, model_id) values (v_user, p_model_id)
  on conflict (user_id, model_id) do nothing;
  select * into v_current
    from public.user_model_preferences m where m.user_id = v_user and m.model_id = p_model_id for update;
  v_merged := private.merge_document(
    v_current.default_settings, coalesce(p_base -> 'default_settings', '{}'), coalesce(p_patch -> 'default_settings', '{}'));
  perform private.check_document('patch', v_merged.merged);
  update public.user_model_preferences m
     set is_favorite = coalesce((p_patch ->> 'is_favorite')::boolean, m.is_favorite), default_settings = v_merged.merged
   where m.user_id = v_user and m.model_id = p_model_id
  returning * into v_current;
  return private.answer(v_user, p_intent_id, jsonb_build_object(
    'model_id', p_model_id, 'is_favorite', v_current.is_favorite, 'default_settings', v_current.default_settings,
    'conflicts', v_merged.conflicts));
end
$$;
grant execute on function public.merge_model_preferences(text, jsonb, jsonb, uuid) to authenticated;
