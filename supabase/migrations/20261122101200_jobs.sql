-- The queue of work for the workers. A worker holds a job by lease: it must extend it before run_after passes, or
-- another one may take over. Delivery is at least once; whoever finishes shows the lease_token of his claim, so that
-- a worker that lost its lease changes nothing. Lock order everywhere: job → prompt → profile → statistics → feed.

create table private.jobs (
  id               bigint generated always as identity primary key,
  kind             text not null check (
    kind in ('generation', 'vision', 'style', 'color', 'safety', 'embedding', 'publish')),
  prompt_id        uuid references public.prompts (id) on delete cascade,
  image_id         uuid references public.generated_images (id) on delete cascade,
  state            text not null default 'queued' check (state in ('queued', 'leased', 'done', 'failed')),
  attempts         integer not null default 0,
  run_after        timestamptz not null default now(),  -- queued: not before; leased: end of the lease
  lease_token      uuid,                                -- new with every claim; kept when done or failed, for replays
  worker           text,
  cancel_requested boolean not null default false,
  progress_at      timestamptz,                         -- when progress was last written to the prompt
  last_error       text,
  created_at       timestamptz not null default now(),
  finished_at      timestamptz,
  constraint valid_target check (
    (kind = 'generation') = (prompt_id is not null) and (kind <> 'generation') = (image_id is not null))
);
create unique index jobs_prompt on private.jobs (prompt_id) where prompt_id is not null;
create unique index jobs_image on private.jobs (image_id, kind) where image_id is not null;
-- One condition, `run_after <= now()`, finds both what waits and what was abandoned.
create index jobs_ready on private.jobs (kind, run_after, id) where state in ('queued', 'leased');

alter table private.jobs enable row level security;
