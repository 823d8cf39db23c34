-- The change feed: what a device that was away needs to know. One entry per row and reader, overwritten by the row's
-- next change, so that the feed never grows beyond the number of rows; a deleted row leaves a tombstone.
--
-- Order is (xid, seq), read below the horizon of running transactions. Sequence numbers alone are not commit-ordered:
-- a transaction that took a low number and commits late would be lost to every reader that has passed it. Below the
-- horizon every transaction has ended, so nothing with a smaller xid can appear any more.

create sequence private.sync_seq;

create table public.sync_changes (
  seq        bigint primary key,
  user_id    uuid references auth.users (id) on delete cascade,  -- whose device is told; null = everyone (catalogue)
  table_name text not null,
  row_id     text not null,
  op         text not null check (op in ('upsert', 'delete')),
  xid        xid8 not null,  -- the transaction of the latest change
  changed_at timestamptz not null default now(),
  constraint sync_changes_row unique nulls not distinct (user_id, table_name, row_id)
);
create index sync_changes_pull on public.sync_changes (user_id, xid, seq);

create table private.sync_meta (
  one        boolean primary key default true check (one),  -- a single row
  epoch      uuid not null default gen_random_uuid(),       -- another epoch = cursors of before mean nothing
  purged_xid xid8 not null default '0'                      -- tombstones up to here are gone
);
insert into private.sync_meta default values;
alter table private.sync_meta enable row level security;

create function private.sync_put(p_user uuid, p_table text, p_row text, p_op text) returns void
language sql security definer set search_path = '' as $$
  insert into public.sync_changes as c (seq, user_id, table_name, row_id, op, xid)
  select nextval('private.sync_seq'), p_user, p_table, p_row, p_op, pg_current_xact_id()
  -- The rows of an account being deleted fall silently: nobody is left to be told.
  where p_user is null or exists (select from auth.users u where u.id = p_user)
  on conflict (user_id, table_name, row_id) do update
    set seq = excluded.seq, op = excluded.op, xid = excluded.xid, changed_at = now()
    -- once per transaction is enough
    where c.xid <> excluded.xid or c.op <> excluded.op
$$;

-- Arguments: the key column, and the owner column or `everyone`.
create function private.sync_feed() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  -- By name at run time: an expression over NEW that names every table's columns fails on tables without them.
  v_pick text := format('select ($1).%I::text, %s', tg_argv[0],
    case tg_argv[1] when 'everyone' then 'null::uuid' else format('($1).%I', tg_argv[1]) end);
  v_key text;
  v_owner uuid;
  v_old_key text;
  v_old_owner uuid;
begin
  if tg_op <> 'INSERT' then
    execute v_pick into v_old_key, v_old_owner using old;
  end if;
  if tg_op = 'DELETE' then
    perform private.sync_put(v_old_owner, tg_table_name, v_old_key, 'delete');
    return null;
  end if;
  execute v_pick into v_key, v_owner using new;
  if tg_op = 'UPDATE' and (v_old_owner, v_old_key) is distinct from (v_owner, v_key) then
    perform private.sync_put(v_old_owner, tg_table_name, v_old_key, 'delete');
  end if;
  perform private.sync_put(v_owner, tg_table_name, v_key, 'upsert');
  return null;
end
$$;

-- Columns that only count accesses or hold vectors are left out of the lists: they are no news to a device.
create trigger sync_feed after insert or delete or update of
    email, full_name, avatar_url, credits_balance, subscription_tier, subscription_status, subscription_end_date,
    lifetime_credits, total_generations, language, theme, is_admin, auth_provider, notifications_enabled,
    marketing_emails_enabled, ads_enabled, ads_watched_today, daily_ads_limit, ads_credits_earned,
    prompt_suggestions_enabled, ai_safety_level, ads_day, deletion_requested_at, deletion_due_at
  on public.profiles for each row execute function private.sync_feed('id', 'id');
create trigger sync_feed after insert or update or delete
  on public.models for each row execute function private.sync_feed('id', 'everyone');
create trigger sync_feed after insert or update or delete
  on public.subscription_plans for each row execute function private.sync_feed('id', 'everyone');
create trigger sync_feed after insert or delete or update of
    user_id, base_prompt, suggested_prompt, source_type, confidence_score, used_count, success_rate, last_used_at, metadata
  on public.prompt_suggestions for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.prompts for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or delete or update of
    user_id, prompt_id, storage_path, public_url, thumbnail_url, width, height, format, size_bytes, is_favorite,
    is_public, metadata, vision_labels, vision_description, nsfw_score, style_tags, color_palette, dominant_colors,
    technical_metadata, vision_embedding, embedding_space, trashed_at, public_name, published_at, moderation
  on public.generated_images for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.image_analysis for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.credit_transactions for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.subscriptions for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or delete or update of
    user_id, kind, plan_id, period, status, url, error, expires_at
  on public.checkout_requests for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.user_favorites for each row execute function private.sync_feed('image_id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.user_preferences for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.user_model_preferences for each row execute function private.sync_feed('model_id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.user_generation_stats for each row execute function private.sync_feed('user_id', 'user_id');

create trigger sync_feed after insert or update or delete
  on public.image_marks for each row execute function private.sync_feed('image_id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.image_tags for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.collections for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.collection_images for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.saved_searches for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.community_hidden for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.image_reports for each row execute function private.sync_feed('id', 'user_id');
create trigger sync_feed after insert or update or delete
  on public.moderation_decisions for each row execute function private.sync_feed('id', 'user_id');

-- A public image of someone else is in the feed of whoever keeps it as a favorite, until it is unpublished, deleted
-- or no longer a favorite (unpublishing removes the favorite, see guard_publication).
create function private.sync_foreign_favorite() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    if exists (select from public.generated_images g where g.id = new.image_id and g.user_id <> new.user_id) then
      perform private.sync_put(new.user_id, 'generated_images', new.image_id::text, 'upsert');
    end if;
  elsif not exists (select from public.generated_images g where g.id = old.image_id and g.user_id = old.user_id) then
    perform private.sync_put(old.user_id, 'generated_images', old.image_id::text, 'delete');
  end if;
  return null;
end
$$;
create trigger sync_foreign_favorite after insert or delete on public.user_favorites
  for each row execute function private.sync_foreign_favorite();

create function private.sync_public_image() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.sync_put(f.user_id, 'generated_images', new.id::text, 'upsert')
     from (select user_id from public.user_favorites
            where image_id = new.id and user_id <> new.user_id order by user_id) as f;
  return null;
end
$$;
create trigger sync_public_image after update of
    storage_path, public_url, thumbnail_url, metadata, vision_labels, vision_description, nsfw_score, style_tags,
    color_palette, dominant_colors, technical_metadata, vision_embedding, embedding_space, published_at
  on public.generated_images for each row when (new.is_public) execute function private.sync_public_image();

alter table public.sync_changes enable row level security;

create policy "Users can read their own changes" on public.sync_changes
  for select to authenticated using (user_id = (select auth.uid()) or user_id is null);

-- Nobody writes it but the triggers.
grant select on public.sync_changes to authenticated, service_role;

-- Realtime watches the feed and nothing else. It says that something changed, pull_changes says what; deletions of
-- feed entries are housekeeping and stay unpublished.
do $$
begin
  if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
end
$$;
alter publication supabase_realtime set table public.sync_changes;
alter publication supabase_realtime set (publish = 'insert, update');
