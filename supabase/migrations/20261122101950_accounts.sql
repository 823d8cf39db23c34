-- What a user may do with his account beside signing in: see and end his sessions, and leave.

insert into private.settings (key, value) values
  ('deletion_days', '14')  -- how long an account can be taken back
on conflict (key) do nothing;

-- The caller's sessions, the newest first; `current` is the one that asks.
create function public.my_sessions() returns table (
  id uuid, created_at timestamptz, last_used_at timestamptz, user_agent text, ip text, current boolean)
language sql stable security definer set search_path = '' as $$
  select s.id, s.created_at,
         greatest(s.updated_at, s.created_at, s.refreshed_at at time zone 'utc'),
         s.user_agent, host(s.ip), coalesce(s.id::text = (select auth.jwt()) ->> 'session_id', false)
    from auth.sessions s
   where s.user_id = (select auth.uid()) and (s.not_after is null or s.not_after > now())
   order by 3 desc
$$;
grant execute on function public.my_sessions() to authenticated;

-- Ends one of the caller's sessions: whether there was one. Its access token lives on for its last minutes.
create function public.end_session(p_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  delete from auth.sessions where id = p_id and user_id = private.caller();
  return found;
end
$$;
grant execute on function public.end_session(uuid) to authenticated;

-- Asks for the account to be deleted after a delay: {requested_at, due_at}. Asked again, the first day stands.
create function public.request_account_deletion() returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
begin
  update public.profiles
     set deletion_requested_at = now(),
         deletion_due_at = now() + make_interval(days => private.setting('deletion_days')::integer)
   where id = v_user and deletion_requested_at is null;
  return (select jsonb_build_object('requested_at', p.deletion_requested_at, 'due_at', p.deletion_due_at)
            from public.profiles p where p.id = v_user);
end
$$;
grant execute on function public.request_account_deletion() to authenticated;

-- Takes the wish back: whether there was one.
create function public.cancel_account_deletion() returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  update public.profiles set deletion_requested_at = null, deletion_due_at = null
   where id = private.caller() and deletion_requested_at is not null;
  return found;
end
$$;
grant execute on function public.cancel_account_deletion() to authenticated;

-- Deletes one account whose time has come, with everything in it, and answers its id; null if there is none. One a
-- call, so that no two accounts are locked together. Its ledger stays as anonymous archive, its objects
-- are discarded, its subscriptions are ended at the provider.
create function public.delete_due_account() returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid;
begin
  select p.id into v_user from public.profiles p
   where p.deletion_due_at <= now() order by p.deletion_due_at limit 1;
  if not found then
    return null;
  end if;
  -- In the order of workers, who may be at it.
  perform 1 from public.generated_images g where g.user_id = v_user order by g.id for update;
  perform 1 from private.jobs j
    where j.prompt_id in (select p.id from public.prompts p where p.user_id = v_user)
       or j.image_id in (select g.id from public.generated_images g where g.user_id = v_user)
    order by j.id for update;
  perform 1 from public.prompts p where p.user_id = v_user order by p.id for update;
  perform 1 from public.profiles p where p.id = v_user and p.deletion_due_at <= now() for update;
  if not found then
    return null;
  end if;
  delete from auth.users where id = v_user;
  return v_user;
end
$$;
grant execute on function public.delete_due_account() to service_role;
