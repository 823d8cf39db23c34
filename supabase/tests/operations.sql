-- What operators see: the queue by numbers, and the schema's age.

update private.jobs set run_after = now() + interval '1 day' where state in ('queued', 'leased');
delete from private.jobs;
insert into public.models (id, name, provider, version, credits_cost) values
  ('t-one', 'One', 'replicate', '1', 1), ('t-two', 'Two', 'openai', '1', 1);

do $$
declare
  a uuid := pg_temp.sign_up('a@example.test');
  ids uuid[] := array[gen_random_uuid(), gen_random_uuid(), gen_random_uuid()];
  s record;
begin
  insert into private.settings (key, value) values ('max_pending', '{"free": 1000}')
    on conflict (key) do update set value = excluded.value;
  perform pg_temp.become('service_role');
  assert not exists (select from public.queue_stats()), 'an empty queue has no rows';

  perform pg_temp.become('authenticated', a);
  perform public.request_generation(ids[1], 't-one', 'x');
  perform public.request_generation(ids[2], 't-one', 'x');
  perform public.request_generation(ids[3], 't-two', 'x');
  reset role;
  update private.jobs set run_after = now() - interval '90 seconds' where prompt_id = ids[1];
  update private.jobs set run_after = now() + interval '1 hour' where prompt_id = ids[2];
  update private.jobs set state = 'leased', lease_token = gen_random_uuid(), run_after = now() - interval '5 seconds'
   where prompt_id = ids[3];

  perform pg_temp.become('service_role');
  select * into s from public.queue_stats() where kind = 'generation' and provider = 'replicate';
  assert (s.ready, s.delayed, s.leased, s.abandoned) = (1, 1, 0, 0), s::text;
  assert s.oldest_seconds between 90 and 100, s::text;
  select * into s from public.queue_stats() where kind = 'generation' and provider = 'openai';
  assert (s.ready, s.delayed, s.leased, s.abandoned) = (0, 0, 0, 1), s::text;
  assert s.oldest_seconds between 5 and 15, s::text;
  assert (select count(*) from public.queue_stats()) = 2;

  reset role;
  update private.jobs set state = 'done', finished_at = now() where prompt_id = any (ids);
  perform pg_temp.become('service_role');
  assert not exists (select from public.queue_stats()), 'what is finished is not counted';
  -- Null where migrations are laid by hand.
  assert coalesce(public.schema_version(), '99999999999999') >= '20261123200400';
end
$$;

-- However many jobs are finished, only the open ones are read.
do $$
declare
  a uuid;
  v_plan text := '';
  v_line text;
begin
  reset role;
  a := pg_temp.sign_up('b@example.test');
  insert into public.prompts (id, user_id, prompt, model_id, model_version, credits_cost)
    select gen_random_uuid(), a, 'x', 't-one', '1', 1 from generate_series(1, 5000);
  delete from private.jobs where prompt_id in (select id from public.prompts where user_id = a);
  insert into private.jobs (kind, prompt_id, state, finished_at)
    select 'generation', id, 'done', now() from public.prompts where user_id = a;
  update private.jobs set state = 'queued', finished_at = null
   where id in (select id from private.jobs order by id desc limit 20);
  analyze private.jobs;
  for v_line in explain select j.prompt_id, j.state, j.run_after from private.jobs j
     where j.kind = 'generation' and j.state in ('queued', 'leased') order by j.run_after, j.place limit 10000 loop
    v_plan := v_plan || v_line || E'\n';
  end loop;
  assert v_plan like '%jobs_ready%' and v_plan not like '%Seq Scan%', v_plan;
  assert (select ready from public.queue_stats() where kind = 'generation') = 20;
end
$$;
