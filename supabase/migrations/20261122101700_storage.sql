-- Buckets and who may touch what in them. Three folders deep at most, and the first is always the owner's id.
--   generated-images  private; written by workers only; readable like the image's row
--   avatars           public; written by their owner
--   sources           private; pictures to start a generation from, written and read by their owner
--   public-images     public; copies of published images under random names, written by workers only

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('generated-images', 'generated-images', false, 20971520, array['image/webp', 'image/png', 'image/jpeg']),
  ('avatars', 'avatars', true, 2097152, array['image/webp', 'image/png', 'image/jpeg']),
  ('sources', 'sources', false, 20971520, array['image/webp', 'image/png', 'image/jpeg']),
  ('public-images', 'public-images', true, 20971520, array['image/webp', 'image/png', 'image/jpeg'])
on conflict (id) do nothing;

-- The row's own policy decides inside the subquery: own, public, or everything for an admin. The path is compared
-- too, so that a foreign object under a public image's name stays hidden.
create policy "Read own or public generated images" on storage.objects
  for select to anon, authenticated using (
    bucket_id = 'generated-images'
    and (
      (storage.foldername(name))[1] = (select auth.uid())::text
      or exists (
        select from public.generated_images g
        where g.id = private.image_of_object(name)
          and split_part(g.storage_path, '.', 1) = split_part(name, '.', 1))));

create policy "Avatars are readable" on storage.objects
  for select to anon, authenticated using (bucket_id = 'avatars');
create policy "Users write their own avatar" on storage.objects
  for insert to authenticated
  with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy "Users update their own avatar" on storage.objects
  for update to authenticated
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text)
  with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy "Users delete their own avatar" on storage.objects
  for delete to authenticated
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);

create policy "Users manage their own sources" on storage.objects
  for all to authenticated
  using (bucket_id = 'sources' and (storage.foldername(name))[1] = (select auth.uid())::text)
  with check (bucket_id = 'sources' and (storage.foldername(name))[1] = (select auth.uid())::text);
