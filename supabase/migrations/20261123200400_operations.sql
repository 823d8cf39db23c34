-- What whoever runs the product needs to see: the queue by numbers, how new the schema is, and what a public copy of
-- an image may tell. For workers, with the service role.

-- How much waits and how long: one row per kind and, for generations, provider with open jobs. `ready` may be handed
-- out now, `delayed` later, `leased` are in a worker's hands, `abandoned` were and nobody gave a sign of life.
-- `oldest_seconds`: how long the first in line has been ready, 0 if none is. Reads open jobs only, by their index and
-- in their order, and of each kind at most the first 10 000: a count that high means that many or more.
create function public.queue_stats()
returns table (kind text, provider text, ready integer, delayed integer, leased integer, abandoned integer,
               oldest_seconds double precision)
language sql stable security definer set search_path = '' as $$
  with recursive kinds as (
    (select j.kind from private.jobs j where j.state in ('queued', 'leased') order by j.kind limit 1)
    union all
    select (select j.kind from private.jobs j
             where j.state in ('queued', 'leased') and j.kind > k.kind order by j.kind limit 1)
      from kinds k where k.kind is not null
  ),
  open as (
    select k.kind, first.prompt_id, first.state, first.run_after, first.run_after <= now() as is_due
      from kinds k
      cross join lateral (
        select j.prompt_id, j.state, j.run_after from private.jobs j
         where j.kind = k.kind and j.state in ('queued', 'leased')
         order by j.run_after, j.place limit 10000) as first
     where k.kind is not null
  )
  select o.kind, coalesce(m.provider, case when o.prompt_id is null then '' else 'unknown' end),
         count(*) filter (where o.state = 'queued' and o.is_due)::integer,
         count(*) filter (where o.state = 'queued' and not o.is_due)::integer,
         count(*) filter (where o.state = 'leased' and not o.is_due)::integer,
         count(*) filter (where o.state = 'leased' and o.is_due)::integer,
         coalesce(extract(epoch from now() - min(o.run_after) filter (where o.is_due)), 0)::double precision
    from open o
    left join public.prompts p on p.id = o.prompt_id
    left join public.models m on m.id = p.model_id
   group by 1, 2 order by 1, 2
$$;
grant execute on function public.queue_stats() to service_role;

-- The newest migration that was applied, such as `20261123200400`; null where migrations are not recorded.
create function public.schema_version() returns text
language plpgsql stable security definer set search_path = '' as $$
declare
  v_version text;
begin
  if to_regclass('supabase_migrations.schema_migrations') is not null then
    execute 'select max(version) from supabase_migrations.schema_migrations' into v_version;
  end if;
  return v_version;
end
$$;
grant execute on function public.schema_version() to service_role;

-- The copies of a published image tell what its page tells, and no more: whoever copies asks the same function.
grant execute on function public.public_recipe(uuid) to service_role;
