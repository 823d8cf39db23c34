-- Better wordings for prompts, own ones and shared ones: the server's rows, only read here.

create table prompt_suggestion (
  id               blob primary key,
  is_shared        integer not null,
  base_prompt      text not null,
  suggested_prompt text not null,
  source           text not null,
  confidence       real not null,
  used_count       integer not null,
  success_rate     real not null,
  image_count      integer not null,
  favorite_count   integer not null,
  reason           text,
  created_at       integer not null,
  last_used_at     integer,
  seen             integer not null
) strict, without rowid;

-- The feed has passed rows of this table before it was kept: read it again from its start.
update sync_state set cursor = null, epoch = epoch + 1, reconciling = 1 where cursor is not null;
