-- The short form of an embedding that devices compare offline: one signed byte per dimension, scaled so that the
-- largest component is ±127, in base64. Cosine similarity does not mind the scale. 2 kB instead of 16 kB of JSON.

create function private.embedding_code(p_embedding extensions.vector) returns text
language sql immutable strict set search_path = '' as $$
  with component as (
    select u.value, u.place from unnest(p_embedding::real[]) with ordinality as u (value, place)
  ),
  scale as (
    select coalesce(nullif(max(abs(c.value)), 0), 1) as largest from component c
  )
  select translate(encode(string_agg(
           decode(lpad(to_hex(round(c.value * 127 / s.largest)::integer & 255), 2, '0'), 'hex'), '' order by c.place),
         'base64'), E'\n', '')
    from component c cross join scale s
$$;

create function private.set_embedding_code() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.embedding_code := private.embedding_code(new.vision_embedding);
  if new.vision_embedding is null then
    new.embedding_space := null;
  end if;
  return new;
end
$$;
create trigger set_embedding_code before insert or update of vision_embedding on public.generated_images
  for each row execute function private.set_embedding_code();
