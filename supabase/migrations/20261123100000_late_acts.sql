-- What devices need to act offline on everything, beyond the functions of earlier files.

-- Keys of rows that stand for a pair (image and tag, collection and image). Made from the pair, so that a device
-- knows the key of what it made before it is told, and a pair that comes back is the same row of the feed. A UUID of
-- version 3 (RFC 9562 §5.3) with the first of the pair as its name space.
create function private.pair_id(p_first uuid, p_second text) returns uuid
language sql immutable strict set search_path = '' as $$
  select overlay(overlay(h.hex placing '3' from 13)
                 placing substr('89ab', (strpos('0123456789abcdef', substr(h.hex, 17, 1)) - 1) % 4 + 1, 1) from 17)::uuid
    from (select md5(uuid_send(p_first) || convert_to(p_second, 'UTF8')) as hex) as h
$$;

create function private.key_of_tag() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.id := private.pair_id(new.image_id, new.tag);
  return new;
end
$$;
create trigger key_of_pair before insert on public.image_tags
  for each row execute function private.key_of_tag();

create function private.key_of_member() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.id := private.pair_id(new.collection_id, new.image_id::text);
  return new;
end
$$;
create trigger key_of_pair before insert on public.collection_images
  for each row execute function private.key_of_member();

-- Changes fields of the caller's profile: {fields}, the editable fields as they are then. Each field goes by the time
-- of the act: one that was changed later on another device stays. An empty text takes a name or a picture away.
create function public.set_profile(p_fields jsonb, p_at timestamptz, p_intent_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_editable constant text[] := array[
    'full_name', 'avatar_url', 'language', 'theme', 'notifications_enabled', 'marketing_emails_enabled',
    'ads_enabled', 'prompt_suggestions_enabled', 'ai_safety_level'];
  v_field text;
  v_fields jsonb := '{}';
  v_row public.profiles;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  perform private.check_document('fields', p_fields);
  for v_field in select k from jsonb_object_keys(p_fields) as k order by k loop
    if v_field <> all (v_editable) then
      perform private.refuse('PT422', 'invalid_parameters', jsonb_build_object('field', v_field));
    end if;
    if private.is_latest(v_user, 'profile:' || v_field, p_at, p_intent_id) then
      v_fields := v_fields || jsonb_build_object(v_field, p_fields -> v_field);
    end if;
  end loop;
  select * into v_row from public.profiles p where p.id = v_user for no key update;
  if not found then
    perform private.refuse('PT403', 'no_profile');
  end if;
  if v_fields <> '{}' then
    v_row := jsonb_populate_record(v_row, v_fields);
    update public.profiles p
       set full_name = nullif(btrim(v_row.full_name), ''), avatar_url = nullif(btrim(v_row.avatar_url), ''),
           language = v_row.language, theme = v_row.theme, notifications_enabled = v_row.notifications_enabled,
           marketing_emails_enabled = v_row.marketing_emails_enabled, ads_enabled = v_row.ads_enabled,
           prompt_suggestions_enabled = v_row.prompt_suggestions_enabled, ai_safety_level = v_row.ai_safety_level
     where p.id = v_user
    returning * into v_row;
  end if;
  return private.answer(v_user, p_intent_id, jsonb_build_object('fields', (
    select jsonb_object_agg(e.key, e.value) from jsonb_each(to_jsonb(v_row)) as e where e.key = any (v_editable))));
exception when check_violation or not_null_violation or invalid_text_representation then
  perform private.refuse('PT422', 'invalid_parameters', '{"field": "fields"}');
end
$$;
grant execute on function public.set_profile(jsonb, timestamptz, uuid) to authenticated;

-- How many entries of the feed a pull from this cursor is going to deliver, for a bar of progress; an estimate, since
-- more may join at any time. Security invoker: the policy counts the caller's own.
create function public.count_changes(p_cursor text default null) returns bigint
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_xid xid8 := '0';
  v_seq bigint := 0;
  v_base xid8 := '0';
begin
  if v_user is null then
    raise sqlstate 'PT401' using message = 'not_authenticated';
  elsif p_cursor is not null then
    if p_cursor !~ '^[0-9a-f-]{36}:[0-9]{1,18}:[0-9]{1,18}:[0-9]{1,18}$' then
      raise sqlstate 'PT422' using message = 'bad_cursor';
    end if;
    v_xid := split_part(p_cursor, ':', 2)::xid8;
    v_seq := split_part(p_cursor, ':', 3)::bigint;
    v_base := split_part(p_cursor, ':', 4)::xid8;
  end if;
  return (select count(*) from public.sync_changes c
           where c.user_id = v_user and (c.xid, c.seq) > (v_xid, v_seq)
             and (c.op = 'upsert' or (p_cursor is not null and c.xid >= v_base)))
       + (select count(*) from public.sync_changes c
           where c.user_id is null and (c.xid, c.seq) > (v_xid, v_seq)
             and (c.op = 'upsert' or (p_cursor is not null and c.xid >= v_base)));
end
$$;
grant execute on function public.count_changes(text) to authenticated, service_role;
