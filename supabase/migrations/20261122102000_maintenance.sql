-- Scheduled work. Each task is a plain function of its own; run_due_task runs one whose time has come. pg_cron calls
-- it where it exists, a worker every minute where it does not; both at once do no harm.

create table private.tasks (
  name     text primary key,
  every    interval not null,
  next_run timestamptz not null default now(),
  last_run timestamptz,
  last_result jsonb
);
alter table private.tasks enable row level security;

insert into private.tasks (name, every) values
  ('reap_leases', '1 minute'),
  ('delete_due_account', '1 minute'),
  ('refresh_community_trends', '15 minutes'),
  ('reset_daily_ads', '15 minutes'),
  ('grant_monthly_credits', '1 hour'),
  ('resync_subscriptions', '1 hour'),
  ('purge_trash', '1 hour'),
  ('find_orphans', '6 hours'),
  ('retire_models', '6 hours'),
  ('purge_sync_tombstones', '1 day'),
  ('purge_old_rows', '1 day')
on conflict (name) do nothing;

-- Fails the requests and jobs that workers lost for the last time, a few a call: how many.
create function public.reap_leases() returns integer
language plpgsql security definer set search_path = '' as $$
begin
  if private.fail_lost_generation() then
    return 1;
  end if;
  return private.fail_lost_analyses(100);
end
$$;

-- Entitlements end by time, without any event: how many profiles were looked at.
create function public.resync_subscriptions() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid;
  v_count integer := 0;
begin
  for v_user in
    select p.id from public.profiles p
     where p.subscription_tier <> 'free' and p.subscription_end_date < now()
       -- one that is paid for and whose next event is late keeps its place, and does not keep others from theirs
       and not exists (select from public.subscriptions s where s.user_id = p.id and s.status in ('active', 'trialing'))
     order by p.id limit 500 for update skip locked
  loop
    perform private.mirror_subscription(v_user);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;

-- Removes what has been in the trash for too long, of one user a call: how many images.
create function public.purge_trash() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_before timestamptz := now() - make_interval(days => private.setting('trash_days')::integer);
  v_count integer;
begin
  delete from public.generated_images g
   where g.id in (
     select o.id from public.generated_images o
      where o.trashed_at < v_before
        and o.user_id = (select f.user_id from public.generated_images f where f.trashed_at < v_before
                          order by f.trashed_at limit 1)
      order by o.id limit 500 for update skip locked);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

-- Objects that no row speaks of, uploaded by attempts that nobody failed or finished: they go to the garbage after a
-- day. Answers how many.
create function public.find_orphans() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_bucket text := private.setting('bucket') #>> '{}';
  v_count integer;
begin
  insert into private.storage_garbage (bucket_id, path)
  (select o.bucket_id, o.name
     from storage.objects o
    where o.bucket_id = v_bucket and o.created_at < now() - interval '1 day'
      and not exists (
        select from public.generated_images g where split_part(g.storage_path, '.', 1) = split_part(o.name, '.', 1))
    limit 1000)
  union all
  (select o.bucket_id, o.name
     from storage.objects o
    where o.bucket_id = 'public-images' and o.created_at < now() - interval '1 day'
      and not exists (select from public.generated_images g where g.public_name::text = split_part(o.name, '/', 1))
    limit 1000)
  on conflict (bucket_id, path) do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

-- Switches off models whose provider has announced their end (metadata.retires_on, a date): how many.
create function public.retire_models() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_count integer;
begin
  update public.models
     set is_active = false, metadata = metadata || jsonb_build_object('retired_at', now())
   where is_active and metadata ->> 'retires_on' ~ '^\d{4}-\d{2}-\d{2}$'
     -- as text: a day that does not exist is no reason to fail
     and metadata ->> 'retires_on' <= to_char(now() at time zone 'utc', 'YYYY-MM-DD');
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

-- What only served while it was young: finished jobs, answers to intents, payment pages. Answers how many rows.
create function public.purge_old_rows() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_count integer;
  v_all integer;
begin
  delete from private.jobs
   where state in ('done', 'failed')
     and finished_at < now() - make_interval(days => private.setting('job_days')::integer);
  get diagnostics v_all = row_count;
  delete from private.intents
   where created_at < now() - make_interval(days => private.setting('intent_days')::integer);
  get diagnostics v_count = row_count;
  v_all := v_all + v_count;
  -- Nothing comes late by more than that.
  delete from private.field_times
   where at < now() - 2 * make_interval(days => private.setting('intent_days')::integer);
  get diagnostics v_count = row_count;
  v_all := v_all + v_count;
  delete from public.checkout_requests where created_at < now() - interval '30 days';
  get diagnostics v_count = row_count;
  return v_all + v_count;
end
$$;

grant execute on function
  public.reap_leases(), public.resync_subscriptions(), public.purge_trash(), public.find_orphans(),
  public.retire_models(), public.purge_old_rows()
  to service_role;

-- Runs one task whose time has come: {task, result, more}; task is null if there is none. One a call, because each
-- is a transaction of its own. A task that found work and works in portions is due again at once; one that fails is
-- noted and tried again at its next time.
create function public.run_due_task() returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_task private.tasks;
  v_result jsonb;
begin
  select * into v_task from private.tasks t
   where t.next_run <= now() order by t.next_run, t.name limit 1 for update skip locked;
  if not found then
    return '{"task": null, "result": null, "more": false}';
  end if;
  begin
    -- A name from our own table, never from outside.
    execute format('select to_jsonb(public.%I())', v_task.name) into v_result;
  -- A task that is cut off for its length is an error too, or it would be the first in line for ever.
  exception when query_canceled or others then
    v_result := jsonb_build_object('error', sqlerrm);
  end;
  update private.tasks
     set last_run = now(), last_result = v_result,
         next_run = case
           when name in ('reap_leases', 'purge_trash') and v_result <> '0' and jsonb_typeof(v_result) = 'number'
             or name = 'delete_due_account' and jsonb_typeof(v_result) = 'string'
           then now() else now() + every end
   where name = v_task.name;
  return jsonb_build_object(
    'task', v_task.name, 'result', v_result,
    'more', exists (select from private.tasks t where t.next_run <= now()));
end
$$;
grant execute on function public.run_due_task() to service_role;

-- The hosted place has pg_cron. Elsewhere a worker calls.
do $$
begin
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_cron') then
    create extension if not exists pg_cron;
    execute $cron$ select cron.schedule('amethyst-tasks', '10 seconds', 'select public.run_due_task()') $cron$;
  end if;
exception when others then
  raise notice 'pg_cron is not usable here (%): a worker calls run_due_task()', sqlerrm;
end
$$;
