-- The library of one account on one machine. Everything but `outbox` can be fetched again.
--
-- Instants are microseconds since the Unix epoch, the server's own resolution: two ledger lines of one
-- millisecond keep their order. Ids of the server are 16-byte blobs.
-- Rows that the user may edit hold the server's last word in `base_*` columns; the columns without the
-- prefix are what is shown: base with the waiting intents of the row's lane on top.

create table profile (
  user_id           blob primary key,
  email             text not null,
  full_name         text,
  credits_balance   integer not null,
  subscription_tier text not null,
  total_generations integer not null,
  language          text not null,
  theme             text not null,
  base_language     text not null,
  base_theme        text not null,
  ai_safety_level   text not null,
  server_updated_at integer not null
) strict;

create table model (
  id           text primary key,
  name         text not null,
  description  text,
  provider     text not null,
  version      text not null,
  is_active    integer not null,
  credits_cost integer not null,
  metadata     text not null,
  -- The reconciliation in which the server last told of the row; see sync_state.
  seen         integer not null
) strict;

create table generation (
  id                    blob primary key,
  draft                 text not null,
  model_version         text,
  status                text not null,
  -- Null: the server has never told of this request; it exists on this machine only.
  base_status           text,
  error_message         text,
  credits_cost          integer not null,
  progress              text,
  cancel_requested      integer not null,
  base_cancel_requested integer not null default 0,
  -- The user withdrew it before the server was known to have it. Should the server tell of it after all
  -- (its answer had been lost), it is cancelled there as well.
  withdrawn_at          integer,
  created_at            integer not null,
  completed_at          integer,
  seen                  integer not null
) strict;
create index generation_newest on generation (created_at desc, id desc);
create index generation_active on generation (created_at desc, id desc)
  where status in ('to_send', 'parked', 'pending', 'processing');

create table image (
  id                 blob primary key,
  generation_id      blob,
  width              integer not null,
  height             integer not null,
  format             text not null,
  size_bytes         integer not null,
  created_at         integer not null,
  is_favorite        integer not null,
  base_favorite      integer not null,
  is_public          integer not null,
  vision_description text,
  dominant_color     text,
  technical_metadata text not null,
  -- Place among the pictures of its request, all of which are born at one instant.
  position           integer not null default 0,
  server_updated_at  integer not null,
  -- Deleted on the server while an intent about it still waits; removed with the last such intent.
  gone               integer not null default 0,
  seen               integer not null
) strict;
-- The gallery reads these indexes alone: a library of 100 000 images opens without touching its rows.
create index image_gallery on image (created_at desc, position, id, width, height, dominant_color)
  where gone = 0;
create index image_favorites on image (created_at desc, position, id, width, height, dominant_color)
  where gone = 0 and is_favorite = 1;
create index image_generation on image (generation_id);

create table media_file (
  image_id   blob not null references image (id) on delete cascade,
  variant    text not null,
  path       text not null,
  bytes      integer not null,
  width      integer not null,
  height     integer not null,
  blake3     text not null,
  present    integer not null default 0,
  -- 0 for thumbnails, 1 for originals: every picture is to be seen before any is complete.
  turn       integer not null,
  -- Copy of image.created_at for the index below; it never changes.
  created_at integer not null,
  attempts   integer not null default 0,
  not_before integer,
  primary key (image_id, variant)
) strict, without rowid;
create index media_file_wanted on media_file (turn, created_at desc, image_id, variant)
  where present = 0;
create index media_file_content on media_file (blake3);

create table ledger_entry (
  id           blob primary key,
  amount       integer not null,
  kind         text not null,
  description  text,
  reference_id blob,
  created_at   integer not null,
  seen         integer not null
) strict;
create index ledger_entry_newest on ledger_entry (created_at desc, id desc);
create index ledger_entry_reference on ledger_entry (reference_id) where reference_id is not null;

-- What the user did and the server has not confirmed. Not a cache: salvaged even from a damaged file,
-- if need be from its raw pages, so the order of the columns is part of the format (see salvage).
create table outbox (
  sequence   integer primary key autoincrement,
  id         blob not null unique,
  lane       text not null,
  kind       text not null,
  version    integer not null,
  payload    text not null,
  state      text not null default 'waiting' check (state in ('waiting', 'parked')),
  reason     text,
  detail     text,
  attempts   integer not null default 0,
  not_before integer,
  created_at integer not null
) strict;
create index outbox_lane on outbox (lane, sequence);

-- One row. `epoch` counts full reconciliations; rows carry the one in which they were last seen, and when
-- one ends, what it did not see is gone.
create table sync_state (
  only_row    integer primary key check (only_row = 1),
  cursor      text,
  epoch       integer not null default 0,
  reconciling integer not null default 0
) strict;
insert into sync_state (only_row) values (1);

create table setting (
  key   text primary key,
  value text not null
) strict;
