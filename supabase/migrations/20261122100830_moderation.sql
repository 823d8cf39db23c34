-- What users report, what administrators decide, and a record of everything administrators do.

create table public.admin_actions (
  id         uuid primary key default gen_random_uuid(),
  admin_id   uuid references auth.users (id) on delete set null,
  action     text not null,   -- `credits`, `moderation`, `models.update` …
  target     text not null,   -- table
  target_id  text not null,
  user_id    uuid references auth.users (id) on delete set null,  -- whom it concerns
  reason     text,
  detail     jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index idx_admin_actions_time on public.admin_actions (created_at desc);
create index idx_admin_actions_admin on public.admin_actions (admin_id) where admin_id is not null;
create index idx_admin_actions_user on public.admin_actions (user_id) where user_id is not null;

alter table public.admin_actions enable row level security;

create policy "Admins can view what admins did" on public.admin_actions
  for select to authenticated using ((select private.is_admin()));

grant select on public.admin_actions to authenticated, service_role;

-- The caller, if he is an administrator; or a refusal.
create function private.admin_caller() returns uuid
language plpgsql stable security definer set search_path = '' as $$
begin
  if not private.is_admin() then
    perform private.refuse('PT403', 'not_admin');
  end if;
  return private.caller();
end
$$;

-- Changes of the catalogue go through the tables' own policies; this keeps what was changed.
create function private.record_catalogue_change() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if private.is_admin() then
    insert into public.admin_actions (admin_id, action, target, target_id, detail)
    values ((select auth.uid()), tg_table_name || '.' || lower(tg_op), tg_table_name,
            case tg_op when 'DELETE' then old.id else new.id end,
            jsonb_build_object('before', case when tg_op <> 'INSERT' then to_jsonb(old) end,
                               'after', case when tg_op <> 'DELETE' then to_jsonb(new) end));
  end if;
  return null;
end
$$;
create trigger record_catalogue_change after insert or update or delete on public.models
  for each row execute function private.record_catalogue_change();
create trigger record_catalogue_change after insert or update or delete on public.subscription_plans
  for each row execute function private.record_catalogue_change();

create table public.image_reports (
  id          uuid primary key,  -- chosen by the client
  user_id     uuid not null references auth.users (id) on delete cascade,  -- who reports
  image_id    uuid not null references public.generated_images (id) on delete cascade,
  reason      text not null,
  note        text,
  state       text not null default 'open',
  created_at  timestamptz not null default now(),
  resolved_at timestamptz,
  constraint image_reports_once unique (user_id, image_id),
  constraint valid_reason check (reason in ('nudity', 'violence', 'hate', 'minors', 'rights', 'spam', 'other')),
  constraint valid_note check (char_length(note) <= 2000),
  constraint valid_report_state check (state in ('open', 'upheld', 'dismissed'))
);
create index idx_reports_image on public.image_reports (image_id);
create index idx_reports_open on public.image_reports (created_at) where state = 'open';

alter table public.image_reports enable row level security;

create policy "Users can view their own reports" on public.image_reports
  for select to authenticated using (user_id = (select auth.uid()) or (select private.is_admin()));

grant select on public.image_reports to authenticated;
grant select, insert, update, delete on public.image_reports to service_role;

-- Tells the administrators about a public image, once per user and image, and hides it from the reporter:
-- {id, state}. PT404 unknown_image.
create function public.report_image(p_id uuid, p_image_id uuid, p_reason text, p_note text default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_report public.image_reports;
begin
  select * into v_report from public.image_reports r where r.user_id = v_user and r.image_id = p_image_id;
  if not found then
    if not exists (select from public.generated_images g
                    where g.id = p_image_id and g.is_public and g.user_id <> v_user) then
      perform private.refuse('PT404', 'unknown_image');
    elsif (select count(*) from public.image_reports r
            where r.user_id = v_user and r.created_at > now() - interval '1 day') >= 50 then
      perform private.refuse('PT429', 'too_many_reports');
    end if;
    insert into public.image_reports (id, user_id, image_id, reason, note)
    values (p_id, v_user, p_image_id, p_reason, nullif(btrim(p_note), ''))
    on conflict (user_id, image_id) do update set reason = excluded.reason
    returning * into v_report;
    insert into public.community_hidden (user_id, kind, image_id) values (v_user, 'image', p_image_id)
    on conflict do nothing;
  end if;
  return jsonb_build_object('id', v_report.id, 'state', v_report.state);
exception
  when unique_violation then
    perform private.refuse('PT409', 'id_conflict');
  when check_violation or not_null_violation then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "reason"}');
end
$$;
grant execute on function public.report_image(uuid, uuid, text, text) to authenticated;

create table public.moderation_decisions (
  id         uuid primary key,  -- chosen by the client
  image_id   uuid not null references public.generated_images (id) on delete cascade,
  user_id    uuid not null references auth.users (id) on delete cascade,  -- whose image
  admin_id   uuid references auth.users (id) on delete set null,
  decision   text not null,
  reason     text not null,
  created_at timestamptz not null default now(),
  constraint valid_decision check (decision in ('approved', 'removed')),
  constraint valid_decision_reason check (char_length(btrim(reason)) between 1 and 2000)
);
create index idx_decisions_image on public.moderation_decisions (image_id, created_at desc);
create index idx_decisions_user on public.moderation_decisions (user_id, created_at desc);
create index idx_decisions_admin on public.moderation_decisions (admin_id) where admin_id is not null;

alter table public.moderation_decisions enable row level security;

-- Who decided is the administrators' business: users read the other columns.
create policy "Users can view decisions about their images" on public.moderation_decisions
  for select to authenticated using (user_id = (select auth.uid()) or (select private.is_admin()));

grant select (id, image_id, user_id, decision, reason, created_at) on public.moderation_decisions to authenticated;
grant select, insert, update, delete on public.moderation_decisions to service_role;

-- An administrator's word about an image: `removed` takes it from the public and keeps it away, `approved` lets it be
-- published (again) by its owner. Closes the reports about it: {id, decision, reports}.
create function public.admin_moderate(p_id uuid, p_image_id uuid, p_decision text, p_reason text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_admin uuid := private.admin_caller();
  v_owner uuid;
  v_reports integer;
begin
  if exists (select from public.moderation_decisions d where d.id = p_id) then
    return jsonb_build_object('id', p_id, 'replay', true);
  end if;
  select g.user_id into v_owner from public.generated_images g where g.id = p_image_id for update;
  if not found then
    perform private.refuse('PT404', 'unknown_image');
  end if;
  insert into public.moderation_decisions (id, image_id, user_id, admin_id, decision, reason)
  values (p_id, p_image_id, v_owner, v_admin, p_decision, p_reason);
  update public.generated_images
     set moderation = p_decision, is_public = is_public and p_decision <> 'removed'
   where id = p_image_id;
  update public.image_reports
     set state = case p_decision when 'removed' then 'upheld' else 'dismissed' end, resolved_at = now()
   where image_id = p_image_id and state = 'open';
  get diagnostics v_reports = row_count;
  insert into public.admin_actions (admin_id, action, target, target_id, user_id, reason, detail)
  values (v_admin, 'moderation', 'generated_images', p_image_id, v_owner, p_reason,
          jsonb_build_object('decision', p_decision, 'reports', v_reports));
  return jsonb_build_object('id', p_id, 'decision', p_decision, 'reports', v_reports);
exception when check_violation or not_null_violation then
  perform private.refuse('PT422', 'invalid_parameters', '{"field": "decision"}');
end
$$;
grant execute on function public.admin_moderate(uuid, uuid, text, text) to authenticated;

-- Gives or takes credits, with a reason: {credited, credits_balance}. The same key counts once. A user never ends
-- below zero: PT422 balance_too_low.
create function public.admin_adjust_credits(p_user_id uuid, p_amount integer, p_reason text, p_key text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_admin uuid := private.admin_caller();
  v_balance integer;
  v_credited boolean;
begin
  if coalesce(p_amount, 0) = 0 or abs(p_amount::bigint) > 1000000 or coalesce(btrim(p_reason), '') = '' or coalesce(p_key, '') = '' then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "amount, reason, key", "reason": "required"}');
  end if;
  select p.credits_balance into v_balance from public.profiles p where p.id = p_user_id for update;
  if not found then
    perform private.refuse('PT404', 'unknown_user');
  end if;
  if not exists (select from public.credit_transactions t where t.idempotency_key = 'admin:' || p_key) then
    if v_balance + p_amount::bigint < 0 then
      perform private.refuse('PT422', 'balance_too_low', jsonb_build_object('balance', v_balance));
    end if;
    insert into public.credit_transactions (user_id, amount, type, description, idempotency_key, metadata)
    values (p_user_id, p_amount, 'bonus', left(p_reason, 500), 'admin:' || p_key, jsonb_build_object('admin_id', v_admin));
    insert into public.admin_actions (admin_id, action, target, target_id, user_id, reason, detail)
    values (v_admin, 'credits', 'credit_transactions', 'admin:' || p_key, p_user_id, p_reason,
            jsonb_build_object('amount', p_amount));
    v_credited := true;
  end if;
  return jsonb_build_object('credited', coalesce(v_credited, false), 'credits_balance',
    (select p.credits_balance from public.profiles p where p.id = p_user_id));
end
$$;
grant execute on function public.admin_adjust_credits(uuid, integer, text, text) to authenticated;

-- Suspends an account or lifts it: {subscription_status}. A suspended user keeps what he has and can ask for nothing.
create function public.admin_suspend(p_user_id uuid, p_on boolean, p_reason text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_admin uuid := private.admin_caller();
begin
  if p_on is null or coalesce(btrim(p_reason), '') = '' then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "reason", "reason": "required"}');
  end if;
  perform 1 from public.profiles p where p.id = p_user_id for update;
  if not found then
    perform private.refuse('PT404', 'unknown_user');
  end if;
  update public.profiles set subscription_status = case when p_on then 'suspended' else 'active' end
   where id = p_user_id and (subscription_status = 'suspended') <> p_on;
  if found then
    if not p_on then
      perform private.mirror_subscription(p_user_id);
    end if;
    insert into public.admin_actions (admin_id, action, target, target_id, user_id, reason)
    values (v_admin, case when p_on then 'suspend' else 'unsuspend' end, 'profiles', p_user_id, p_user_id, p_reason);
  end if;
  return (select jsonb_build_object('subscription_status', p.subscription_status)
            from public.profiles p where p.id = p_user_id);
end
$$;
grant execute on function public.admin_suspend(uuid, boolean, text) to authenticated;
