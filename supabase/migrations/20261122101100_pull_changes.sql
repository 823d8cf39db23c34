-- How a device reads the feed. The cursor is opaque to it: `epoch:xid:seq:base`, where (xid, seq) is the last entry
-- delivered (or the horizon, when everything was) and base the horizon of the device's very first pull: tombstones
-- from before that concern rows it never had.

create function private.sync_state() returns table (epoch text, purged_xid xid8)
language sql stable security definer set search_path = '' as $$
  select m.epoch::text, m.purged_xid from private.sync_meta m
$$;
grant execute on function private.sync_state() to authenticated, service_role;

-- The row behind an entry as the caller may see it; null if it is gone or hidden. Security invoker on purpose.
-- Vectors stay out: a device has no use for them and they are 16 kB each.
create function private.sync_row(p_table text, p_row text, p_user uuid) returns jsonb
language plpgsql stable security invoker set search_path = '' as $$
begin
  case p_table
    when 'profiles' then
      return (select to_jsonb(t) from public.profiles t where t.id = p_row::uuid);
    when 'models' then
      return (select to_jsonb(t) from public.models t where t.id = p_row);
    when 'prompt_suggestions' then
      return (
        select to_jsonb(t) from (
          select s.id, s.user_id, s.base_prompt, s.suggested_prompt, s.source_type, s.confidence_score, s.used_count,
                 s.success_rate, s.created_at, s.last_used_at, s.metadata, s.updated_at
          from public.prompt_suggestions s where s.id = p_row::uuid) as t);
    when 'subscription_plans' then
      return (select to_jsonb(t) from public.subscription_plans t where t.id = p_row);
    when 'prompts' then
      return (select to_jsonb(t) from public.prompts t where t.id = p_row::uuid);
    when 'generated_images' then
      return (
        select to_jsonb(t) from (
          select g.id, g.user_id, g.prompt_id, g.storage_path, g.public_url, g.thumbnail_url, g.width, g.height,
                 g.format, g.size_bytes, g.created_at, g.last_accessed_at, g.access_count, g.is_favorite, g.is_public,
                 g.metadata, g.vision_labels, g.vision_description, g.nsfw_score, g.style_tags, g.color_palette,
                 g.dominant_colors, g.technical_metadata, g.updated_at, g.embedding_code, g.embedding_space,
                 g.trashed_at, g.published_at, g.moderation
          from public.generated_images g where g.id = p_row::uuid) as t);
    when 'image_analysis' then
      -- the analyser's whole answer may be large; what is shown of it is in the image's row
      return (
        select to_jsonb(t) from (
          select a.id, a.image_id, a.user_id, a.analysis_type, a.analysis_version, a.created_at
          from public.image_analysis a where a.id = p_row::uuid) as t);
    when 'credit_transactions' then
      return (select to_jsonb(t) from public.credit_transactions t where t.id = p_row::uuid);
    when 'user_favorites' then
      return (
        select to_jsonb(t) from public.user_favorites t where t.user_id = p_user and t.image_id = p_row::uuid);
    when 'subscriptions' then
      return (select to_jsonb(t) from public.subscriptions t where t.id = p_row::uuid);
    when 'checkout_requests' then
      return (select to_jsonb(t) - 'run_after' from public.checkout_requests t where t.id = p_row::uuid);
    when 'image_marks' then
      return (select to_jsonb(t) from public.image_marks t where t.image_id = p_row::uuid);
    when 'image_tags' then
      return (select to_jsonb(t) from public.image_tags t where t.id = p_row::uuid);
    when 'collections' then
      return (select to_jsonb(t) from public.collections t where t.id = p_row::uuid);
    when 'collection_images' then
      return (select to_jsonb(t) from public.collection_images t where t.id = p_row::uuid);
    when 'saved_searches' then
      return (select to_jsonb(t) from public.saved_searches t where t.id = p_row::uuid);
    when 'community_hidden' then
      return (select to_jsonb(t) from public.community_hidden t where t.id = p_row::uuid);
    when 'image_reports' then
      return (select to_jsonb(t) from public.image_reports t where t.id = p_row::uuid);
    when 'moderation_decisions' then
      return (
        select to_jsonb(t) from (
          select d.id, d.image_id, d.user_id, d.decision, d.reason, d.created_at
          from public.moderation_decisions d where d.id = p_row::uuid) as t);
    when 'user_preferences' then
      return (select to_jsonb(t) from public.user_preferences t where t.id = p_row::uuid);
    when 'user_model_preferences' then
      return (
        select to_jsonb(t) from public.user_model_preferences t where t.user_id = p_user and t.model_id = p_row);
    when 'user_generation_stats' then
      return (select to_jsonb(t) from public.user_generation_stats t where t.user_id = p_row::uuid);
    else
      return null;
  end case;
end
$$;
grant execute on function private.sync_row(text, text, uuid) to authenticated, service_role;

-- The two are called by name from pull_changes, which runs as the caller; no table in `private` is granted to anyone.
grant usage on schema private to authenticated, service_role;

-- Answers {changes: [{table,id,op,seq,at,row}], has_more, cursor, resync_required, behind}.
-- resync_required: the cursor is of another epoch or older than the tombstones that are kept; pull again from null
-- into a fresh set and drop what it does not hold. behind: entries are committed that the horizon still hides; pull
-- again shortly. `seq` may go down between entries and is no cursor.
create function public.pull_changes(p_cursor text default null, p_limit integer default 500) returns jsonb
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_limit integer := least(greatest(coalesce(p_limit, 500), 1), 2000);
  v_epoch text;
  v_purged xid8;
  v_from_xid xid8 := '0';
  v_from_seq bigint := 0;
  v_base xid8;
  v_changes jsonb;
  v_found integer;
  v_horizon xid8;
  v_last_xid xid8;
  v_last_seq bigint;
  v_behind boolean;
begin
  if v_user is null then
    raise sqlstate 'PT401' using message = 'not_authenticated';
  end if;
  select s.epoch, s.purged_xid into v_epoch, v_purged from private.sync_state() s;
  if p_cursor is null then
    v_base := pg_snapshot_xmin(pg_current_snapshot());
  else
    if p_cursor !~ '^[0-9a-f-]{36}:[0-9]{1,18}:[0-9]{1,18}:[0-9]{1,18}$' then
      raise sqlstate 'PT422' using message = 'bad_cursor';
    end if;
    v_from_xid := split_part(p_cursor, ':', 2)::xid8;
    v_from_seq := split_part(p_cursor, ':', 3)::bigint;
    v_base := split_part(p_cursor, ':', 4)::xid8;
    -- base too, or a new device paging through old rows would be told to start over for ever
    if split_part(p_cursor, ':', 1) <> v_epoch or greatest(v_from_xid, v_base) <= v_purged then
      return jsonb_build_object(
        'changes', '[]'::jsonb, 'has_more', false, 'cursor', null, 'resync_required', true, 'behind', false);
    end if;
  end if;

  -- One statement, hence one snapshot: horizon, entries and rows agree with each other.
  with bound as materialized (
    select pg_snapshot_xmin(pg_current_snapshot()) as horizon
  ),
  page as materialized (
    select u.* from (
      (select c.* from public.sync_changes c
        where c.user_id = v_user and (c.xid, c.seq) > (v_from_xid, v_from_seq)
          and c.xid < (select b.horizon from bound b) and not (c.op = 'delete' and c.xid < v_base)
        order by c.xid, c.seq limit v_limit + 1)
      union all
      (select c.* from public.sync_changes c
        where c.user_id is null and (c.xid, c.seq) > (v_from_xid, v_from_seq)
          and c.xid < (select b.horizon from bound b) and not (c.op = 'delete' and c.xid < v_base)
        order by c.xid, c.seq limit v_limit + 1)
    ) as u
    order by u.xid, u.seq limit v_limit + 1
  ),
  delivered as materialized (
    select p.*, case p.op when 'upsert' then private.sync_row(p.table_name, p.row_id, v_user) end as content
    from (select * from page order by xid, seq limit v_limit) as p
  ),
  last as (
    select d.xid, d.seq from delivered d order by d.xid desc, d.seq desc limit 1
  )
  select coalesce((
           select jsonb_agg(
                    jsonb_build_object(
                      'table', d.table_name, 'id', d.row_id,
                      -- A row that the caller may no longer see is gone for him.
                      'op', case when d.content is null then 'delete' else 'upsert' end,
                      'seq', d.seq, 'at', d.changed_at, 'row', d.content)
                    order by d.xid, d.seq)
           from delivered d), '[]'),
         (select count(*) from page),
         b.horizon,
         (select l.xid from last l),
         (select l.seq from last l),
         exists (select from public.sync_changes c where c.user_id = v_user and c.xid >= b.horizon)
           or exists (select from public.sync_changes c where c.user_id is null and c.xid >= b.horizon)
    into v_changes, v_found, v_horizon, v_last_xid, v_last_seq, v_behind
    from bound b;

  if v_found <= v_limit then
    -- All delivered: jump to the horizon, so that an idle device stays ahead of the purge.
    v_last_xid := v_horizon;
    v_last_seq := 0;
  end if;
  return jsonb_build_object(
    'changes', v_changes,
    'has_more', v_found > v_limit,
    'cursor', concat_ws(':', v_epoch, v_last_xid, v_last_seq, v_base),
    'resync_required', false,
    'behind', v_behind);
end
$$;
grant execute on function public.pull_changes(text, integer) to authenticated, service_role;

-- Forgets tombstones that every device should have read by now. Returns how many.
create function public.purge_sync_tombstones() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_count integer;
  v_last xid8;
begin
  with gone as (
    delete from public.sync_changes c
     where c.op = 'delete'
       and c.changed_at < now() - make_interval(days => private.setting('tombstone_days')::integer)
       and c.xid < pg_snapshot_xmin(pg_current_snapshot())
    returning c.xid
  )
  select (select count(*) from gone), (select g.xid from gone g order by g.xid desc limit 1) into v_count, v_last;
  update private.sync_meta m set purged_xid = v_last where m.purged_xid < v_last;
  return v_count;
end
$$;
grant execute on function public.purge_sync_tombstones() to service_role;

-- To be run after restoring a dump into another cluster. Its transaction counter starts anew; entries with higher
-- ids than it has reached would stay hidden behind the horizon for a long time.
create function private.sync_rebase() returns void
language sql security definer set search_path = '' as $$
  update public.sync_changes set xid = pg_current_xact_id();
  update private.sync_meta set epoch = gen_random_uuid(), purged_xid = '0'
$$;
