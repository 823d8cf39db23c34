-- What a user made, in numbers. A table and not a materialized view: a view knows no row-level security and is
-- refreshed for everybody at once, which made one image insert cost over a second at 100 000 images. Triggers
-- recompute the rows of exactly the users that a statement touched.

create table public.user_generation_stats (
  user_id          uuid primary key references auth.users (id) on delete cascade,
  total_prompts    bigint not null default 0,
  total_images     bigint not null default 0,
  avg_nsfw_score   double precision,
  preferred_styles text[] not null default '{}',  -- most frequent first, at most 50
  common_subjects  text[] not null default '{}',  -- likewise
  refreshed_at     timestamptz not null default now()
);

create function private.recompute_user_stats(p_users uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if coalesce(cardinality(p_users), 0) = 0 then
    return;
  end if;
  insert into public.user_generation_stats (user_id)
  select u.id from auth.users u where u.id = any (p_users)
  on conflict (user_id) do nothing;
  -- Lock first, compute in the next statement and therefore in a new snapshot: of two concurrent recomputes the
  -- second sees the first one's images.
  perform 1 from public.user_generation_stats s where s.user_id = any (p_users) order by s.user_id for update;
  update public.user_generation_stats s
     set total_prompts = (select count(*) from public.prompts p where p.user_id = s.user_id),
         total_images = i.n,
         avg_nsfw_score = i.nsfw,
         preferred_styles = coalesce((
           select array_agg(t.tag order by t.n desc, t.tag) from (
             select tag, count(*) as n from public.generated_images g, unnest(g.style_tags) as tag
             where g.user_id = s.user_id group by tag order by n desc, tag limit 50) as t), '{}'),
         common_subjects = coalesce((
           select array_agg(t.tag order by t.n desc, t.tag) from (
             select tag, count(*) as n from public.generated_images g, unnest(g.vision_labels) as tag
             where g.user_id = s.user_id group by tag order by n desc, tag limit 50) as t), '{}'),
         refreshed_at = now()
    from (
      select u.id, count(g.id) as n, avg(g.nsfw_score) as nsfw
      from unnest(p_users) as u (id) left join public.generated_images g on g.user_id = u.id
      group by u.id) as i
   where s.user_id = i.id;
end
$$;

-- Statement triggers with transition tables: one trigger per event and no column list is PostgreSQL's rule.
create function public.refresh_user_stats() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_users uuid[];
begin
  if tg_op = 'INSERT' then
    select array_agg(distinct n.user_id) into v_users from new_rows n;
  elsif tg_op = 'DELETE' then
    select array_agg(distinct o.user_id) into v_users from old_rows o;
  else
    select array_agg(distinct u.id) into v_users
      from old_rows o
      join new_rows n using (id)
      cross join lateral (values (o.user_id), (n.user_id)) as u (id)
     where (o.user_id, o.nsfw_score, o.style_tags, o.vision_labels)
        is distinct from (n.user_id, n.nsfw_score, n.style_tags, n.vision_labels);
  end if;
  perform private.recompute_user_stats(v_users);
  return null;
end
$$;
create trigger refresh_stats after insert on public.generated_images
  referencing new table as new_rows for each statement execute function public.refresh_user_stats();
create trigger refresh_stats_update after update on public.generated_images
  referencing old table as old_rows new table as new_rows for each statement execute function public.refresh_user_stats();
create trigger refresh_stats_delete after delete on public.generated_images
  referencing old table as old_rows for each statement execute function public.refresh_user_stats();

-- Of prompts only the number counts; counting and recomputing both hold the row's lock.
create function private.count_prompts() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    insert into public.user_generation_stats as s (user_id, total_prompts)
    select n.user_id, count(*) from new_rows n
    where exists (select from auth.users u where u.id = n.user_id)
    group by n.user_id order by n.user_id
    on conflict (user_id) do update
      set total_prompts = s.total_prompts + excluded.total_prompts, refreshed_at = now();
  else
    update public.user_generation_stats s
       set total_prompts = greatest(0, s.total_prompts - o.n), refreshed_at = now()
      from (select user_id, count(*) as n from old_rows group by user_id) as o
     where s.user_id = o.user_id;
  end if;
  return null;
end
$$;
create trigger refresh_stats_prompts after insert on public.prompts
  referencing new table as new_rows for each statement execute function private.count_prompts();
create trigger refresh_stats_prompts_delete after delete on public.prompts
  referencing old table as old_rows for each statement execute function private.count_prompts();

-- Every account has its row from the first moment, so that screens need no special case.
create function private.open_stats() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.user_generation_stats (user_id) values (new.id) on conflict (user_id) do nothing;
  return null;
end
$$;
create trigger open_stats after insert on public.profiles
  for each row execute function private.open_stats();

alter table public.user_generation_stats enable row level security;

create policy "Users can view their own stats" on public.user_generation_stats
  for select to authenticated using (user_id = (select auth.uid()) or (select private.is_admin()));

grant select on public.user_generation_stats to authenticated, service_role;
