-- What users and administrators see of the queue and of the money.

-- How many generations will be handed out before the caller's: 0 is the next one; null: it does not wait.
create function public.queue_position(p_id uuid) returns integer
language sql stable security definer set search_path = '' as $$
  select (select count(*)::integer from private.jobs o
           where o.kind = 'generation' and o.state = 'queued' and (o.run_after, o.place) < (j.run_after, j.place))
    from private.jobs j join public.prompts p on p.id = j.prompt_id
   where j.prompt_id = p_id and j.state = 'queued' and p.user_id = (select auth.uid())
$$;
grant execute on function public.queue_position(uuid) to authenticated;

-- Puts one of the caller's waiting generations before his others: they share out the places they hold among
-- themselves, so nobody else waits longer. Answers the new position. PT404 unknown_prompt · PT409 not_waiting.
create function public.prioritize_generation(p_id uuid) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
begin
  -- All of them, in the order in which claims lock them.
  perform 1 from private.jobs j join public.prompts p on p.id = j.prompt_id
    where p.user_id = v_user and p.status = 'pending' and j.state = 'queued' and j.run_after <= now()
    order by j.run_after, j.place for update of j;
  if not exists (select from public.prompts p where p.id = p_id and p.user_id = v_user) then
    perform private.refuse('PT404', 'unknown_prompt');
  end if;
  if not exists (select from private.jobs j
                  where j.prompt_id = p_id and j.state = 'queued' and j.run_after <= now()) then
    perform private.refuse('PT409', 'not_waiting');
  end if;
  with own as (
    select j.id, j.run_after, j.place,
           row_number() over (order by j.run_after, j.place) as slot,
           row_number() over (order by j.prompt_id <> p_id, j.run_after, j.place) as wanted
      from private.jobs j join public.prompts p on p.id = j.prompt_id
     where p.user_id = v_user and p.status = 'pending' and j.state = 'queued' and j.run_after <= now()
  )
  update private.jobs j set run_after = s.run_after, place = s.place
    from own w join own s on s.slot = w.wanted
   where j.id = w.id and w.slot <> w.wanted;
  return public.queue_position(p_id);
end
$$;
grant execute on function public.prioritize_generation(uuid) to authenticated;

-- For administrators: jobs, the newest first, with what went wrong.
create function public.admin_jobs(p_state text default null, p_kind text default null, p_limit integer default 100)
returns setof jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.admin_caller();
  return query
  select jsonb_build_object(
           'id', j.id, 'kind', j.kind, 'state', j.state, 'attempts', j.attempts, 'run_after', j.run_after,
           'worker', j.worker, 'last_error', j.last_error, 'created_at', j.created_at, 'finished_at', j.finished_at,
           'prompt_id', j.prompt_id, 'image_id', j.image_id, 'user_id', coalesce(p.user_id, g.user_id))
    from private.jobs j
    left join public.prompts p on p.id = j.prompt_id
    left join public.generated_images g on g.id = j.image_id
   where (p_state is null or j.state = p_state) and (p_kind is null or j.kind = p_kind)
   order by j.id desc limit least(greatest(coalesce(p_limit, 100), 1), 1000);
end
$$;
grant execute on function public.admin_jobs(text, text, integer) to authenticated;

-- Every account whose balance is not the sum of its ledger. Always empty; a test asks after every scenario.
create function private.ledger_differences() returns table (user_id uuid, balance integer, ledger bigint)
language sql stable security definer set search_path = '' as $$
  select p.id, p.credits_balance, coalesce(sum(t.amount), 0)
    from public.profiles p left join public.credit_transactions t on t.user_id = p.id
   group by p.id, p.credits_balance
  having p.credits_balance <> coalesce(sum(t.amount), 0)
$$;

-- For administrators: {accounts, ledger_lines, outstanding, differences: [{user_id, balance, ledger}]}.
create function public.admin_ledger_audit() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.admin_caller();
  return jsonb_build_object(
    'accounts', (select count(*) from public.profiles),
    'ledger_lines', (select count(*) from public.credit_transactions),
    'outstanding', (select coalesce(sum(p.credits_balance), 0) from public.profiles p),
    'differences', (select coalesce(jsonb_agg(to_jsonb(d)), '[]') from private.ledger_differences() d));
end
$$;
grant execute on function public.admin_ledger_audit() to authenticated;
