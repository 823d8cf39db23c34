-- From an account of the auth service to a profile with its opening credits, and what later changes there.
-- Nothing in these triggers may fail: an error here would make signing up or signing in impossible.

create function private.create_profile(p_account auth.users) returns void
language plpgsql security definer set search_path = '' as $$
declare
  -- user metadata is written by the user: names and language may come from there, rights and credits never
  v_user jsonb := coalesce(p_account.raw_user_meta_data, '{}');
  v_app jsonb := coalesce(p_account.raw_app_meta_data, '{}');
  v_placeholder text := p_account.id || '@users.invalid';
  v_email text := coalesce(nullif(btrim(p_account.email), ''), v_placeholder);
begin
  for attempt in 1 .. 2 loop
    begin
      insert into public.profiles (id, email, full_name, avatar_url, language, auth_provider, last_sign_in_at)
      values (
        p_account.id,
        v_email,
        left(coalesce(v_user ->> 'full_name', v_user ->> 'name'), 200),
        left(coalesce(v_user ->> 'avatar_url', v_user ->> 'picture'), 2000),
        case when v_user ->> 'language' in ('fr', 'en') then v_user ->> 'language' else 'fr' end,
        coalesce(v_app ->> 'provider', 'email'),
        p_account.last_sign_in_at)
      on conflict (id) do nothing;
      return;
    exception when unique_violation then
      -- the same address under another account (single sign-on): keep both
      v_email := v_placeholder;
    end;
  end loop;
end
$$;

create function private.handle_new_user() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.create_profile(new);
  return null;
end
$$;
create trigger on_auth_user_created after insert on auth.users
  for each row execute function private.handle_new_user();

create function private.handle_user_updated() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- Two statements: `update of` triggers look at the columns named, not at values, and a sign-in is no news.
  if new.last_sign_in_at is distinct from old.last_sign_in_at then
    update public.profiles set last_sign_in_at = new.last_sign_in_at where id = new.id;
  end if;
  if new.email is distinct from old.email and nullif(btrim(new.email), '') is not null then
    begin
      update public.profiles set email = btrim(new.email) where id = new.id;
    exception when unique_violation then
      null;  -- the mirror may lag, the change of address may not fail
    end;
  end if;
  return null;
end
$$;
create trigger on_auth_user_updated after update of email, last_sign_in_at on auth.users
  for each row execute function private.handle_user_updated();

-- Accounts from before this schema.
select private.create_profile(u) from auth.users u where not exists (select from public.profiles p where p.id = u.id);
