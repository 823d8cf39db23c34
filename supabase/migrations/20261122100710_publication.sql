-- Showing an image to everybody, and taking it back. Publishing queues a job: a worker copies the original and the
-- thumbnails to the public bucket under a random folder, so that nothing about the owner is in the address. Until the
-- copies are there the image is readable by its row's policy alone. Unpublishing discards the copies.

-- Where an image's files are while it is private.
create function private.private_url(p_path text) returns text
language sql stable set search_path = '' as $$
  select '/storage/v1/object/authenticated/' || (private.setting('bucket') #>> '{}') || '/' || p_path
$$;

create function private.guard_publication() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.is_public and not old.is_public then
    if new.moderation = 'removed' then
      perform private.refuse('PT403', 'removed_by_moderation');
    elsif exists (select from public.profiles p where p.id = new.user_id and p.subscription_status = 'suspended') then
      perform private.refuse('PT403', 'account_suspended');
    elsif new.trashed_at is not null then
      perform private.refuse('PT409', 'in_trash');
    elsif new.nsfw_score is null or new.nsfw_score >= private.setting('nsfw_public_max')::double precision then
      perform private.refuse('PT422', 'not_publishable', jsonb_build_object('nsfw_score', new.nsfw_score));
    end if;
    new.public_name := gen_random_uuid();
  elsif old.is_public and not new.is_public then
    -- Out of other people's favorites, and so off their devices.
    delete from public.user_favorites f where f.image_id = new.id and f.user_id <> new.user_id;
    new.public_name := null;
    new.published_at := null;
    new.public_url := private.private_url(new.storage_path);
    if new.thumbnail_url is not null then
      new.thumbnail_url := private.private_url(regexp_replace(new.storage_path, '\.[a-z]+$', '.512.webp'));
    end if;
  end if;
  return new;
end
$$;
create trigger guard_publication before update of is_public on public.generated_images
  for each row execute function private.guard_publication();

-- Publishes or takes back the caller's image: {image_id, is_public, applied}.
-- PT404 unknown_image · PT422 not_publishable {nsfw_score} · PT403 removed_by_moderation · PT409 in_trash.
create function public.set_public(p_image_id uuid, p_on boolean, p_at timestamptz, p_intent_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_answer jsonb := private.replay(v_user, p_intent_id);
  v_image public.generated_images;
  v_applied boolean;
begin
  if v_answer is not null then
    return v_answer;
  elsif p_on is null then
    perform private.refuse('PT422', 'invalid_parameters', '{"field": "on", "reason": "required"}');
  end if;
  select * into v_image from public.generated_images g where g.id = p_image_id and g.user_id = v_user for update;
  if not found then
    perform private.refuse('PT404', 'unknown_image');
  end if;
  v_applied := private.is_latest(v_user, 'public:' || p_image_id, p_at, p_intent_id);
  if v_applied and v_image.is_public <> p_on then
    update public.generated_images set is_public = p_on where id = p_image_id;
  end if;
  return private.answer(v_user, p_intent_id, jsonb_build_object(
    'image_id', p_image_id, 'applied', v_applied,
    'is_public', (select g.is_public from public.generated_images g where g.id = p_image_id)));
end
$$;
grant execute on function public.set_public(uuid, boolean, timestamptz, uuid) to authenticated;
