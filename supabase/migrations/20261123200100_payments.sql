-- Packs of credits that are bought once, beside the plans that are paid for by the month, and the payment pages for
-- them. Asked for like a plan's page (see checkout): by a user, answered by a worker who knows the provider's key.

create table public.credit_packs (
  id           text primary key,
  name         text not null,
  label_fr     text not null,
  label_en     text not null,
  credits      integer not null,
  price        integer not null,  -- cents
  currency     text not null default 'eur',
  stripe_price text,              -- the provider's price, the project's own; a pack without one cannot be bought
  is_active    boolean not null default true,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint valid_pack_credits check (credits between 1 and 1000000),
  constraint valid_pack_price check (price > 0),
  constraint valid_currency check (currency ~ '^[a-z]{3}$')
);

create trigger set_updated_at before update on public.credit_packs
  for each row execute function private.set_updated_at();
create trigger record_catalogue_change after insert or update or delete on public.credit_packs
  for each row execute function private.record_catalogue_change();
create trigger sync_feed after insert or update or delete
  on public.credit_packs for each row execute function private.sync_feed('id', 'everyone');

alter table public.credit_packs enable row level security;

create policy "Anyone can view active packs" on public.credit_packs
  for select to anon, authenticated using (is_active or (select private.is_admin()));
create policy "Admins manage packs" on public.credit_packs
  for all to authenticated using ((select private.is_admin())) with check ((select private.is_admin()));

grant select on public.credit_packs to anon, authenticated;
grant insert, update, delete on public.credit_packs to authenticated;
grant select, insert, update, delete on public.credit_packs to service_role;

-- Dearer a credit than the plans, cheaper by the thousand.
insert into public.credit_packs (id, name, label_fr, label_en, credits, price) values
  ('pack-200', '200 credits', '200 crédits', '200 credits', 200, 490),
  ('pack-1000', '1000 credits', '1 000 crédits', '1,000 credits', 1000, 1990)
on conflict (id) do nothing;

-- Tells this project's payments from others of the same account at the provider: part of what is written to payments
-- and subscriptions there.
insert into private.settings (key, value) values ('project_id', to_jsonb(gen_random_uuid()))
on conflict (key) do nothing;

alter table public.checkout_requests
  add column pack_id text references public.credit_packs (id),
  drop constraint valid_kind,
  add constraint valid_kind check (kind in ('checkout', 'portal', 'credits')),
  add constraint valid_pack check ((kind = 'credits') = (pack_id is not null));
create index idx_checkout_pack on public.checkout_requests (pack_id) where pack_id is not null;

-- As before, and with a pack.
drop function private.request_payment_page(uuid, text, text, text);
create function private.request_payment_page(
  p_id uuid, p_kind text, p_plan_id text, p_period text, p_pack_id text default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := (select auth.uid());
  v_row public.checkout_requests;
begin
  if v_user is null then
    perform private.refuse('PT401', 'not_authenticated');
  elsif p_id is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "id", "reason": "required"}');
  end if;
  perform 1 from public.profiles where id = v_user for update;
  select * into v_row from public.checkout_requests where id = p_id;
  if not found then
    if (select count(*) from public.checkout_requests c
         where c.user_id = v_user and c.created_at > now() - interval '1 hour') >= 20 then
      perform private.refuse('PT429', 'too_many_checkouts');
    end if;
    insert into public.checkout_requests (id, user_id, kind, plan_id, period, pack_id)
    values (p_id, v_user, p_kind, p_plan_id, p_period, p_pack_id) returning * into v_row;
  elsif v_row.user_id <> v_user then
    perform private.refuse('PT409', 'id_conflict');
  elsif (v_row.kind, v_row.plan_id, v_row.period, v_row.pack_id)
        is distinct from (p_kind, p_plan_id, p_period, p_pack_id) then
    perform private.refuse('PT409', 'id_reused');
  end if;
  return jsonb_build_object('id', v_row.id, 'status', v_row.status, 'url', v_row.url, 'error', v_row.error);
end
$$;

-- Asks for the page to buy a pack of credits: {id, status, url, error}; the same id again answers how far it is.
-- PT404 unknown_pack · PT409 id_reused, id_conflict · PT429 too_many_checkouts.
create function public.request_credits(p_id uuid, p_pack_id text) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from public.credit_packs p where p.id = p_pack_id and p.is_active) then
    perform private.refuse('PT404', 'unknown_pack');
  end if;
  return private.request_payment_page(p_id, 'credits', null, null, p_pack_id);
end
$$;
grant execute on function public.request_credits(uuid, text) to authenticated;

-- For workers: requests to serve, each held for a minute: {id, user_id, email, language, kind, plan_id, period,
-- plan_features, pack_id, credits, stripe_price, stripe_customer_id, subscribed, project, round}.
-- `stripe_price`: of the plan and period, or of the pack. `subscribed`: has a subscription that is not over, so that
-- another one would be paid for twice. `round` counts the five minutes since it was asked: providers answer the same
-- to a repeated key, also a failure, and a key that holds for one round neither doubles a page nor keeps a failure.
create or replace function public.claim_checkouts(p_limit integer default 10) returns setof jsonb
language sql security definer set search_path = '' as $$
  with due as (
    select c.id from public.checkout_requests c
     where c.status = 'pending' and c.run_after <= now()
     order by c.run_after limit least(greatest(coalesce(p_limit, 10), 0), 100) for update skip locked
  ),
  held as (
    update public.checkout_requests c set run_after = now() + interval '1 minute'
      from due d where c.id = d.id
    returning c.*
  )
  select jsonb_build_object(
           'id', h.id, 'user_id', h.user_id, 'email', f.email, 'language', f.language, 'kind', h.kind,
           'plan_id', h.plan_id, 'period', h.period, 'plan_features', p.features,
           'pack_id', h.pack_id, 'credits', k.credits,
           'stripe_price', case h.kind when 'checkout' then p.features ->> ('stripe_price_' || h.period)
                                       when 'credits' then k.stripe_price end,
           'stripe_customer_id', (select s.stripe_customer_id from public.subscriptions s
                                   where s.user_id = h.user_id and s.stripe_customer_id is not null
                                   order by s.created_at desc limit 1),
           'subscribed', exists (select from public.subscriptions s
                                  where s.user_id = h.user_id and s.stripe_subscription_id is not null
                                    and s.status in ('active', 'trialing', 'past_due', 'unpaid')),
           'project', private.setting('project_id'),
           'round', floor(extract(epoch from now() - h.created_at) / 300))
    from held h
    join public.profiles f on f.id = h.user_id
    left join public.subscription_plans p on p.id = h.plan_id
    left join public.credit_packs k on k.id = h.pack_id
$$;

-- As before, and with the packs: the row behind an entry of the feed as the caller may see it; null if it is gone or
-- hidden. Security invoker on purpose. Vectors stay out.
create or replace function private.sync_row(p_table text, p_row text, p_user uuid) returns jsonb
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
    when 'credit_packs' then
      return (select to_jsonb(t) from public.credit_packs t where t.id = p_row);
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
