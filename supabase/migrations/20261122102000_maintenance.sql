-- Housekeeping, once a day. Expired leases need none: every claim looks for one.

-- Answers {tombstones, jobs}: how many of each were removed.
create function public.run_maintenance() returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_tombstones integer := public.purge_sync_tombstones();
  v_jobs integer;
begin
  delete from private.jobs
   where state in ('done', 'failed')
     and finished_at < now() - make_interval(days => private.setting('job_days')::integer);
  get diagnostics v_jobs = row_count;
  return jsonb_build_object('tombstones', v_tombstones, 'jobs', v_jobs);
end
$$;
grant execute on function public.run_maintenance() to service_role;

-- The hosted place has pg_cron. Elsewhere somebody calls the function, or nobody does and the tables only grow.
do $$
begin
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_cron') then
    create extension if not exists pg_cron;
    execute $cron$ select cron.schedule('amethyst-maintenance', '17 3 * * *', 'select public.run_maintenance()') $cron$;
  end if;
exception when others then
  raise notice 'pg_cron is not usable here (%), run_maintenance() must be called by other means', sqlerrm;
end
$$;
