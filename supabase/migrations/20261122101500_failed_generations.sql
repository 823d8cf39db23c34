-- How a generation ends without images: by the user's wish, or because nobody could paint it. Either way the whole
-- price comes back, once: the status, the job's state and the ledger's key each see to that.

-- The only place that fails a prompt. The caller holds the job's row lock.
create function private.fail_prompt(p_prompt uuid, p_error text) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_prompt public.prompts;
begin
  -- Before the update, whose trigger reaches for the suggestion: prompt → profile → suggestion, as a request has it.
  perform 1 from public.prompts p where p.id = p_prompt for update;
  perform 1 from public.profiles f where f.id = (select p.user_id from public.prompts p where p.id = p_prompt) for update;
  update public.prompts
     set status = 'failed', error_message = left(p_error, 1000), completed_at = now(),
         metadata = metadata - array['progress', 'cancel_requested']
   where id = p_prompt and status in ('pending', 'processing')
  returning * into v_prompt;
  if not found then
    return;
  end if;
  update private.jobs set state = 'failed', finished_at = now(), last_error = left(p_error, 1000)
   where prompt_id = p_prompt;
  if v_prompt.credits_cost > 0 then
    insert into public.credit_transactions (user_id, amount, type, description, reference_id, idempotency_key)
    values (v_prompt.user_id, v_prompt.credits_cost, 'refund', 'generation failed', v_prompt.id, 'refund:' || v_prompt.id)
    on conflict (idempotency_key) do nothing;
  end if;
end
$$;

-- Fails one request that was abandoned for the last time, or abandoned and cancelled: whether there was one. One per
-- call: locking two users' profiles in one transaction could deadlock with another worker that meets them in the
-- other order.
create function private.fail_lost_generation() returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_lost private.jobs;
begin
  select * into v_lost from private.jobs
   where kind = 'generation' and state = 'leased' and run_after <= now()
     and (attempts >= private.setting('job_max_attempts')::integer or cancel_requested)
   order by run_after, place limit 1 for update skip locked;
  if not found then
    return false;
  end if;
  perform private.fail_prompt(v_lost.prompt_id, case when v_lost.cancel_requested then 'cancelled' else 'worker_lost' end);
  return true;
end
$$;

-- Cancels the caller's request. Nobody works on it: failed and refunded at once. A worker does: marked, and the
-- worker ends it when it next reports. Asked again, it answers the same. Too late is PT409 not_cancellable {status}.
create function public.cancel_generation(p_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_job private.jobs;
  v_prompt public.prompts;
begin
  if v_user is null then
    perform private.refuse('PT401', 'not_authenticated');
  end if;
  select j.* into v_job
    from private.jobs j join public.prompts p on p.id = j.prompt_id
   where j.prompt_id = p_id and p.user_id = v_user
     for update of j;
  select * into v_prompt from public.prompts where id = p_id and user_id = v_user;
  if not found then
    perform private.refuse('PT404', 'unknown_prompt');
  end if;
  if v_prompt.status = 'failed' and v_prompt.error_message = 'cancelled' then
    return jsonb_build_object('prompt_id', p_id, 'status', 'failed', 'cancel_requested', true);
  end if;
  if v_prompt.status not in ('pending', 'processing') then
    perform private.refuse('PT409', 'not_cancellable', jsonb_build_object('status', v_prompt.status));
  end if;
  -- A lease that ran out is nobody's either.
  if v_job.state = 'queued' or v_job.run_after <= now() then
    perform private.fail_prompt(p_id, 'cancelled');
    return jsonb_build_object('prompt_id', p_id, 'status', 'failed', 'cancel_requested', true);
  end if;
  if not v_job.cancel_requested then
    update private.jobs set cancel_requested = true where id = v_job.id;
    update public.prompts set metadata = metadata || '{"cancel_requested": true}' where id = p_id;
  end if;
  return jsonb_build_object('prompt_id', p_id, 'status', v_prompt.status, 'cancel_requested', true);
end
$$;
grant execute on function public.cancel_generation(uuid) to authenticated, service_role;
