-- What is to be found out about an image, and what is to be done with it: one job per image and kind. Asking again for
-- a finished one queues it again; for one that waits or runs, nothing happens.

create function private.enqueue_image_job(p_image uuid, p_kind text) returns void
language sql security definer set search_path = '' as $$
  insert into private.jobs as j (kind, image_id) values (p_kind, p_image)
  on conflict (image_id, kind) where image_id is not null do update
    set state = 'queued', attempts = 0, run_after = now(), lease_token = null, last_error = null, finished_at = null
    where j.state in ('done', 'failed')
$$;

-- Description, labels.
create function public.analyze_image_with_vision(image_id uuid) returns void
language sql security definer set search_path = '' as $$
  select private.enqueue_image_job(analyze_image_with_vision.image_id, 'vision')
$$;
-- Style tags.
create function public.analyze_image_style(image_id uuid) returns void
language sql security definer set search_path = '' as $$
  select private.enqueue_image_job(analyze_image_style.image_id, 'style')
$$;
-- Palette, dominant colors and what else is computed from the pixels.
create function public.analyze_image_color(image_id uuid) returns void
language sql security definer set search_path = '' as $$
  select private.enqueue_image_job(analyze_image_color.image_id, 'color')
$$;
-- Scores of what may offend.
create function public.analyze_image_safety(image_id uuid) returns void
language sql security definer set search_path = '' as $$
  select private.enqueue_image_job(analyze_image_safety.image_id, 'safety')
$$;
-- The vector by which images are compared.
create function public.calculate_image_embedding(image_id uuid) returns void
language sql security definer set search_path = '' as $$
  select private.enqueue_image_job(calculate_image_embedding.image_id, 'embedding')
$$;
grant execute on function
  public.analyze_image_with_vision(uuid), public.analyze_image_style(uuid), public.analyze_image_color(uuid),
  public.analyze_image_safety(uuid), public.calculate_image_embedding(uuid)
  to service_role;

create function public.analyze_new_image() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform public.analyze_image_with_vision(new.id);
  perform public.calculate_image_embedding(new.id);
  perform public.analyze_image_style(new.id);
  perform public.analyze_image_color(new.id);
  perform public.analyze_image_safety(new.id);
  return new;
end
$$;
create trigger after_image_generation after insert on public.generated_images
  for each row execute function public.analyze_new_image();

-- Copies for the public bucket are made when an image becomes public; those of an image that is private again are
-- discarded, late enough for a worker that is still copying.
create function private.publication_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op <> 'INSERT' and old.public_name is not null
     and (tg_op = 'DELETE' or new.public_name is distinct from old.public_name) then
    perform private.discard_folder('public-images', old.public_name::text);
  end if;
  if tg_op <> 'DELETE' and new.public_name is not null
     and (tg_op = 'INSERT' or new.public_name is distinct from old.public_name) then
    -- Also when an earlier copy is under way: that one will find another name and start over.
    insert into private.jobs as j (kind, image_id) values ('publish', new.id)
    on conflict (image_id, kind) where image_id is not null do update
      set state = 'queued', attempts = 0, run_after = now(), lease_token = null, last_error = null, finished_at = null;
  end if;
  return null;
end
$$;
create trigger publication_changed after insert or delete or update of is_public on public.generated_images
  for each row execute function private.publication_changed();
