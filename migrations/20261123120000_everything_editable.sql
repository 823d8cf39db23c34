-- Everything a user can change has a base (the server's last word) and what is shown: trash, publication,
-- marks, tags, collections, preferences, the whole profile. And originals are kept by choice.

-- One JSON object of the editable fields instead of a column for each.
alter table profile add column base text not null default '{}';
alter table profile add column settings text not null default '{}';
update profile set
  base = json_object('language', base_language, 'theme', base_theme, 'full_name', coalesce(full_name, ''),
                     'ai_safety_level', ai_safety_level),
  settings = json_object('language', language, 'theme', theme, 'full_name', coalesce(full_name, ''),
                         'ai_safety_level', ai_safety_level);
alter table profile drop column full_name;
alter table profile drop column language;
alter table profile drop column theme;
alter table profile drop column base_language;
alter table profile drop column base_theme;
alter table profile drop column ai_safety_level;

alter table image add column base_public integer not null default 0;
alter table image add column base_trashed integer not null default 0;
-- When the server put it into the trash; null where that is only on its way.
alter table image add column trashed_at integer;
-- Where it is shown: 0 in the gallery, 1 in the trash, 2 nowhere (deleted here, or `gone` there).
alter table image add column place integer not null default 0;
update image set base_public = is_public, place = case gone when 1 then 2 else 0 end;
drop index image_gallery;
drop index image_favorites;
create index image_gallery on image (created_at desc, position, id, width, height, dominant_color)
  where place = 0;
create index image_favorites on image (created_at desc, position, id, width, height, dominant_color)
  where place = 0 and is_favorite = 1;
create index image_trash on image (created_at desc, position, id, width, height, dominant_color)
  where place = 1;

-- Whether the storage policy wants it here; thumbnails always.
alter table media_file add column wanted integer not null default 1;
-- When the user last opened it: what was never opened goes first, and what was opened is fetched first.
alter table media_file add column used_at integer;
drop index media_file_wanted;
create index media_file_wanted on media_file (turn, created_at desc, image_id, variant)
  where present = 0 and wanted = 1;
create index media_file_opened on media_file (used_at desc, image_id, variant)
  where present = 0 and wanted = 1 and used_at is not null;
create index media_file_spare on media_file (used_at, created_at, image_id)
  where present = 1 and wanted = 0;

-- How many files there are of each kind, kept by triggers: counting 400 000 rows for every file that
-- arrives would take longer than fetching them.
create table media_total (
  turn    integer not null,
  wanted  integer not null,
  present integer not null,
  files   integer not null,
  bytes   integer not null,
  primary key (turn, wanted, present)
) strict, without rowid;
insert into media_total (turn, wanted, present, files, bytes)
  select turn, wanted, present, count(*), sum(bytes) from media_file group by turn, wanted, present;
create trigger media_total_insert after insert on media_file begin
  insert into media_total (turn, wanted, present, files, bytes)
  values (new.turn, new.wanted, new.present, 1, new.bytes)
  on conflict (turn, wanted, present) do update set files = files + 1, bytes = bytes + new.bytes;
end;
create trigger media_total_delete after delete on media_file begin
  update media_total set files = files - 1, bytes = bytes - old.bytes
   where turn = old.turn and wanted = old.wanted and present = old.present;
end;
create trigger media_total_update after update of present, wanted, bytes on media_file begin
  update media_total set files = files - 1, bytes = bytes - old.bytes
   where turn = old.turn and wanted = old.wanted and present = old.present;
  insert into media_total (turn, wanted, present, files, bytes)
  values (new.turn, new.wanted, new.present, 1, new.bytes)
  on conflict (turn, wanted, present) do update set files = files + 1, bytes = bytes + new.bytes;
end;

create table image_mark (
  image_id    blob primary key,
  rating      integer,
  pick        text,
  base_rating integer,
  base_pick   text,
  seen        integer not null
) strict, without rowid;

create table image_tag (
  image_id blob not null,
  tag      text not null,
  -- Key of the server's row, made from the two above.
  id       blob not null unique,
  base     integer not null,
  shown    integer not null,
  seen     integer not null,
  primary key (image_id, tag)
) strict, without rowid;
create index image_tag_shown on image_tag (tag, image_id) where shown = 1;

-- `base` null: the server has never told of it; `sheet` null: it is about to be deleted.
create table collection (
  id    blob primary key,
  sheet text,
  base  text,
  seen  integer not null
) strict, without rowid;

create table collection_image (
  collection_id blob not null,
  image_id      blob not null,
  id            blob not null unique,
  position      real not null,
  base          integer not null,
  shown         integer not null,
  seen          integer not null,
  primary key (collection_id, image_id)
) strict, without rowid;
create index collection_image_image on collection_image (image_id) where shown = 1;

create table preference (
  kind      text primary key,
  server_id blob,
  document  text not null,
  base      text not null,
  seen      integer not null
) strict, without rowid;

create table model_preference (
  model_id     text primary key,
  -- ModelPreferenceChange with no absent field.
  shown        text not null,
  base         text not null,
  use_count    integer not null,
  last_used_at integer,
  seen         integer not null
) strict, without rowid;

-- Fields that were changed on two devices, until the user has seen it.
create table conflict (
  id     integer primary key autoincrement,
  -- Lane of what it is about.
  lane   text not null,
  field  text not null,
  theirs text not null,
  yours  text not null,
  at     integer not null,
  unique (lane, field)
) strict;

-- Rows of a long pull: how many there were to come, null when nobody counted; and how many came.
alter table sync_state add column expected integer;
alter table sync_state add column received integer not null default 0;
-- The server's clock minus this machine's, in microseconds, as last seen.
alter table sync_state add column clock_offset integer not null default 0;
-- Instant of the latest act on this device. Acts are ordered by their instants, so the next one is later,
-- whatever the clock says.
alter table sync_state add column last_act_at integer not null default 0;
-- The feed has passed rows of tables that were not kept before: read it again from its start.
update sync_state set cursor = null, epoch = epoch + 1, reconciling = 1 where cursor is not null;
