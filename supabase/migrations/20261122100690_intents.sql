-- Changes that were made offline and arrive later, twice, or after newer ones.
--
-- Every such function takes an intent id chosen by the client. The first call does the work and keeps its answer; a
-- repeated one gets that answer with {"replay": true}. A refused call keeps nothing and may be repeated.
--
-- What is a switch or a field (favorite, trash, a rating, a name) goes by the time of the user's act, p_at: of two
-- acts the later one stands, in whatever order they arrive. A clock that runs ahead does not win for ever: no act is
-- later than its arrival.

create table private.intents (
  user_id    uuid not null references auth.users (id) on delete cascade,
  intent_id  uuid not null,
  answer     jsonb,
  created_at timestamptz not null default now(),
  primary key (user_id, intent_id)
);
create index intents_age on private.intents (created_at);
alter table private.intents enable row level security;

create table private.field_times (
  user_id   uuid not null references auth.users (id) on delete cascade,
  entity    text not null,  -- `favorite:<image>`, `collection:<id>` …
  at        timestamptz not null,
  intent_id uuid not null,  -- decides between two acts of the same instant, the same way everywhere
  primary key (user_id, entity)
);
create index field_times_age on private.field_times (at);
alter table private.field_times enable row level security;

insert into private.settings (key, value) values
  ('intent_days', '180')  -- answers are kept this long: longer than any device keeps trying
on conflict (key) do nothing;

-- Who calls; or a refusal.
create function private.caller() returns uuid
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
begin
  if v_user is null then
    perform private.refuse('PT401', 'not_authenticated');
  end if;
  return v_user;
end
$$;

-- The answer of an earlier call of this intent; null: this is the first, and it is now taken. Of two calls at once
-- the second waits here for the first one's commit.
create function private.replay(p_user uuid, p_intent uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if p_intent is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "intent_id", "reason": "required"}');
  end if;
  insert into private.intents (user_id, intent_id) values (p_user, p_intent) on conflict do nothing;
  if found then
    return null;
  end if;
  return (select coalesce(i.answer, '{}') || '{"replay": true}'
            from private.intents i where i.user_id = p_user and i.intent_id = p_intent);
end
$$;

create function private.answer(p_user uuid, p_intent uuid, p_answer jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  update private.intents set answer = p_answer where user_id = p_user and intent_id = p_intent;
  select p_answer
$$;

-- Whether an act is the latest about an entity; if so it is remembered as that.
create function private.is_latest(p_user uuid, p_entity text, p_at timestamptz, p_intent uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.field_times as t (user_id, entity, at, intent_id)
  values (p_user, p_entity, least(coalesce(p_at, clock_timestamp()), clock_timestamp()), p_intent)
  on conflict (user_id, entity) do update set at = excluded.at, intent_id = excluded.intent_id
    where (t.at, t.intent_id) < (excluded.at, excluded.intent_id);
  return found;
end
$$;

-- Remembers that an entity is gone for good: no act about it is later than that. Takes the same row as is_latest, so
-- that of an act and a deletion at the same moment one waits for the other.
create function private.is_gone(p_user uuid, p_entity text, p_intent uuid) returns void
language sql security definer set search_path = '' as $$
  insert into private.field_times as t (user_id, entity, at, intent_id) values (p_user, p_entity, 'infinity', p_intent)
  on conflict (user_id, entity) do update set at = excluded.at, intent_id = excluded.intent_id
$$;
