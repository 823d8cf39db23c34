-- One row per image that exists, written by complete_generation only. Its four objects in the bucket
-- `generated-images` follow from storage_path `<user>/<prompt>/<image>.<format>`: the original and
-- `<image>.{256,512,768}.webp` beside it.

create table public.generated_images (
  id                 uuid primary key default gen_random_uuid(),
  user_id            uuid not null references auth.users (id) on delete cascade,
  prompt_id          uuid references public.prompts (id) on delete set null,  -- null: the user deleted the request
  storage_path       text not null,  -- inside the bucket, without its name
  -- Relative to the project: `/storage/v1/object/authenticated/…`, which needs a token; once published
  -- `/storage/v1/object/public/public-images/…`, which does not.
  public_url         text not null,
  thumbnail_url      text,           -- the 512, likewise
  width              integer not null,
  height             integer not null,
  format             text not null,
  size_bytes         integer not null,  -- of the original
  created_at         timestamptz not null default now(),
  last_accessed_at   timestamptz,
  access_count       integer not null default 0,
  is_favorite        boolean not null default false,  -- mirrors the owner's own row in user_favorites
  is_public          boolean not null default false,
  metadata           jsonb not null default '{}',  -- seed …; readable by everyone once public
  vision_labels      text[],
  vision_description text,
  vision_embedding   extensions.vector(1536),  -- never in the feed: 16 kB as JSON
  nsfw_score         double precision,         -- null: not analyzed yet, cannot be published
  style_tags         text[],
  color_palette      text[],
  dominant_colors    text[],
  -- files [{variant,path,bytes,width,height,blake3}], dominant_color, seed, provider; readable by everyone once public
  technical_metadata jsonb not null default '{}',
  updated_at         timestamptz not null default now(),
  embedding_code     text,         -- vision_embedding for devices, see private.embedding_code
  embedding_space    text,         -- model and version of the embedding; only one space is ever compared
  trashed_at         timestamptz,  -- in the trash; removed for good after 30 days
  public_name        uuid,         -- random folder of the copies in `public-images`; null: private
  published_at       timestamptz,  -- since when the copies are there
  moderation         text,         -- an administrator's last word
  constraint valid_format check (format in ('webp', 'png', 'jpg')),
  constraint valid_dimensions check (width > 0 and height > 0),
  constraint valid_size check (size_bytes > 0),
  constraint valid_nsfw_score check (nsfw_score >= 0 and nsfw_score <= 1),
  constraint generated_images_storage_path_key unique (storage_path),
  -- Policies and garbage collection derive owner and image from the path.
  constraint valid_storage_path check (
    split_part(storage_path, '/', 1) = user_id::text
    and split_part(storage_path, '/', 3) = id::text || '.' || format
    and split_part(storage_path, '/', 4) = ''
  ),
  constraint valid_embedding_space check (vision_embedding is null or embedding_space is not null),
  constraint valid_trash check (trashed_at is null or not is_public),
  constraint valid_publication check (published_at is null or public_name is not null),
  constraint valid_moderation check (moderation in ('approved', 'removed'))
);

-- The image that a request started from; `source_path` names the object.
alter table public.prompts
  add column source_image_id uuid references public.generated_images (id) on delete set null;
create index idx_prompts_source_image on public.prompts (source_image_id) where source_image_id is not null;

-- Similarity over everybody's images concerns public ones only; a user's own are compared exactly.
create index generated_images_embedding_idx on public.generated_images
  using hnsw (vision_embedding extensions.vector_cosine_ops) where is_public;
create index idx_images_user on public.generated_images (user_id, created_at desc);
create index idx_images_prompt on public.generated_images (prompt_id);
create index idx_images_public on public.generated_images (created_at desc) where is_public = true;
-- The community feed, newest first.
create index idx_images_published on public.generated_images (published_at desc, id desc) where published_at is not null;
create index idx_images_trash on public.generated_images (trashed_at) where trashed_at is not null;
create index idx_images_favorite on public.generated_images (user_id, created_at desc) where is_favorite = true;

create trigger set_updated_at before update on public.generated_images
  for each row execute function private.set_updated_at();

-- The image that an object belongs to: `<user>/<prompt>/<image>.webp` and `<user>/<prompt>/<image>.512.webp` alike.
-- Null for a name of any other shape.
create function private.image_of_object(p_name text) returns uuid
language sql immutable set search_path = '' as $$
  select substring(
    p_name from '^[0-9a-f-]{36}/[0-9a-f-]{36}/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.(?:256|512|768))?\.(?:webp|png|jpg)$'
  )::uuid
$$;
grant execute on function private.image_of_object(text) to anon, authenticated, service_role;

-- All four objects of an image.
create function private.objects_of_image(p_storage_path text) returns setof text
language sql immutable set search_path = '' as $$
  select p_storage_path
  union
  select regexp_replace(p_storage_path, '\.[a-z]+$', '') || '.' || v.side || '.webp'
  from (values (256), (512), (768)) as v (side)
$$;

create function public.update_generation_stats() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.profiles set total_generations = total_generations + 1 where id = new.user_id;
  return new;
end
$$;
create trigger generation_stats_trigger after insert on public.generated_images
  for each row execute function public.update_generation_stats();

alter table public.generated_images enable row level security;

-- The `or` costs the index: client queries always carry `user_id=eq.<me>` as well.
create policy "Users can view their own images" on public.generated_images
  for select to anon, authenticated
  using ((select auth.uid()) = user_id or is_public = true or (select private.is_admin()));
create policy "Users can publish their own images" on public.generated_images
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy "Users can delete their own images" on public.generated_images
  for delete to authenticated using ((select auth.uid()) = user_id);

grant select on public.generated_images to anon, authenticated;
grant update (is_public), delete on public.generated_images to authenticated;
grant select, insert, update, delete on public.generated_images to service_role;
