-- The ledger. It is the only way credits move: inserting a row moves the balance in the same transaction, rows never
-- change, and `balance = sum(amount)` holds at every commit. idempotency_key makes each cause count once:
-- `welcome:<user>`, `usage:<prompt>`, `refund:<prompt>`.

create table public.credit_transactions (
  id              uuid primary key default gen_random_uuid(),
  user_id         uuid not null references auth.users (id) on delete cascade,
  amount          integer not null,
  type            text not null,
  description     text,
  reference_id    uuid,  -- the prompt, subscription or claim that it is about; may be gone
  created_at      timestamptz not null default now(),
  metadata        jsonb not null default '{}',
  idempotency_key text unique,
  constraint valid_transaction_type check (type in ('purchase', 'usage', 'refund', 'bonus', 'ads_reward')),
  constraint valid_amount check (amount != 0),
  -- purchase and bonus may be negative: reversal, correction
  constraint valid_amount_sign check (
    case type when 'usage' then amount < 0 when 'refund' then amount > 0 when 'ads_reward' then amount > 0 else true end
  )
);

create index idx_transactions_user on public.credit_transactions (user_id, created_at desc);
create index idx_transactions_type on public.credit_transactions (type, created_at desc);
create index idx_transactions_reference on public.credit_transactions (reference_id) where reference_id is not null;

create function public.update_user_credits() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.profiles
     set credits_balance = credits_balance + new.amount,
         lifetime_credits = lifetime_credits
           + case when new.type in ('purchase', 'bonus', 'ads_reward') then greatest(new.amount, 0) else 0 end,
         ads_credits_earned = ads_credits_earned + case when new.type = 'ads_reward' then new.amount else 0 end
   where id = new.user_id;
  if not found then
    raise exception 'no profile for user %', new.user_id using errcode = 'foreign_key_violation';
  end if;
  return new;
end
$$;
create trigger credit_transaction_trigger after insert on public.credit_transactions
  for each row execute function public.update_user_credits();

create function private.ledger_is_append_only() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'credit_transactions is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger ledger_no_update before update on public.credit_transactions
  for each row execute function private.ledger_is_append_only();

-- Ledger rows go only with their account. What stays for the accounts says nothing about a person.
create table private.ledger_archive (
  id     bigint generated always as identity primary key,
  amount integer not null,
  type   text not null,
  day    date not null  -- UTC
);
alter table private.ledger_archive enable row level security;

create function private.archive_transaction() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.ledger_archive (amount, type, day)
  values (old.amount, old.type, (old.created_at at time zone 'utc')::date);
  return null;
end
$$;
create trigger archive_transaction after delete on public.credit_transactions
  for each row execute function private.archive_transaction();

-- The opening balance of a new profile becomes the ledger's first row.
create function private.profile_opening() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.credits_balance > 0 then
    update public.profiles set credits_balance = 0 where id = new.id;
    insert into public.credit_transactions (user_id, amount, type, description, idempotency_key)
    values (new.id, new.credits_balance, 'bonus', 'welcome credits', 'welcome:' || new.id)
    on conflict (idempotency_key) do nothing;
  end if;
  return null;
end
$$;
create trigger profile_opening after insert on public.profiles
  for each row execute function private.profile_opening();

alter table public.credit_transactions enable row level security;

create policy "Users can view their own transactions" on public.credit_transactions
  for select to authenticated using (user_id = (select auth.uid()) or (select private.is_admin()));

grant select on public.credit_transactions to authenticated;
grant select, insert on public.credit_transactions to service_role;
