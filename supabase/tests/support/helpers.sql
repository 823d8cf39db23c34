-- What every script of this folder starts with. The runner lays it before a script, asks after the ledger behind it,
-- and rolls everything back: a script runs alone, and a failed assertion is the only way to fail.
create function pg_temp.sign_up(p_email text, p_user jsonb default '{}') returns uuid language sql as $$
  insert into auth.users (id, aud, role, email, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)
  values (gen_random_uuid(), 'authenticated', 'authenticated', p_email, p_user, '{"provider": "email"}', now(), now())
  returning id
$$;
create function pg_temp.become(p_role text, p_user uuid default null) returns void language plpgsql as $$
begin
  perform set_config('request.jwt.claims', coalesce(jsonb_build_object('sub', p_user, 'role', p_role)::text, ''), true);
  perform set_config('role', p_role, true);
end
$$;
-- What a statement is refused with, as `SQLSTATE message`; `ok` if it is not. Refused or not, it leaves no trace.
create function pg_temp.outcome(p_sql text, out word text, out detail text) language plpgsql as $$
begin
  execute p_sql;
  raise exception using errcode = 'UTEST', message = 'undo';
exception when others then
  get stacked diagnostics detail = pg_exception_detail;
  word := case sqlstate when 'UTEST' then 'ok' when '42501' then '42501' else sqlstate || ' ' || sqlerrm end;
end
$$;
grant execute on function pg_temp.become, pg_temp.outcome to public;

-- An image of someone's, with the finished request it came from.
create function pg_temp.image(p_owner uuid, p_score double precision default 0.1) returns uuid language plpgsql as $$
declare
  v_prompt uuid := gen_random_uuid();
  v_image uuid := gen_random_uuid();
begin
  insert into public.prompts (id, user_id, prompt, model_id, model_version, status)
  values (v_prompt, p_owner, 'a test', 'sketch', '1', 'completed');
  insert into public.generated_images (id, user_id, prompt_id, storage_path, public_url, thumbnail_url, width, height, format, size_bytes, nsfw_score)
  values (v_image, p_owner, v_prompt, format('%s/%s/%s.webp', p_owner, v_prompt, v_image),
          format('/storage/v1/object/authenticated/generated-images/%s/%s/%s.webp', p_owner, v_prompt, v_image),
          format('/storage/v1/object/authenticated/generated-images/%s/%s/%s.512.webp', p_owner, v_prompt, v_image),
          64, 64, 'webp', 1, p_score);
  return v_image;
end
$$;
