-- Better wordings offered for a prompt. A row without user_id is shared with everyone; only the service writes those.
-- success_rate is the running mean over finished uses (used_count), kept by a trigger on prompts.

create table public.prompt_suggestions (
  id               uuid primary key default gen_random_uuid(),
  user_id          uuid references auth.users (id) on delete cascade,
  base_prompt      text not null,
  suggested_prompt text not null,
  source_type      text not null,
  confidence_score double precision not null,
  used_count       integer not null default 0,
  success_rate     double precision not null default 0,
  created_at       timestamptz not null default now(),
  last_used_at     timestamptz,
  embedding        extensions.vector(1536),  -- of base_prompt; never sent to clients
  metadata         jsonb not null default '{}',
  embedding_space  text,  -- model and version of the embedding; only one space is ever compared
  updated_at       timestamptz not null default now(),
  constraint valid_source_type check (source_type in ('history', 'vision', 'community', 'ai')),
  constraint valid_confidence check (confidence_score >= 0 and confidence_score <= 1),
  constraint valid_success_rate check (success_rate >= 0 and success_rate <= 1),
  constraint valid_embedding_space check (embedding is null or embedding_space is not null)
);

-- Own rows are searched exactly, only the shared ones need an approximate index.
create index prompt_suggestions_embedding_idx on public.prompt_suggestions
  using hnsw (embedding extensions.vector_cosine_ops) where user_id is null;
create index idx_suggestions_user on public.prompt_suggestions (user_id, created_at desc);

create trigger set_updated_at before update on public.prompt_suggestions
  for each row execute function private.set_updated_at();

alter table public.prompt_suggestions enable row level security;

create policy "Users can view own and shared suggestions" on public.prompt_suggestions
  for select to authenticated
  using (user_id = (select auth.uid()) or user_id is null or (select private.is_admin()));
create policy "Users can add their own suggestions" on public.prompt_suggestions
  for insert to authenticated with check (user_id = (select auth.uid()) and source_type = 'history');
create policy "Users can delete their own suggestions" on public.prompt_suggestions
  for delete to authenticated using (user_id = (select auth.uid()));

grant select, delete on public.prompt_suggestions to authenticated;
grant insert (id, user_id, base_prompt, suggested_prompt, source_type, confidence_score, metadata)
  on public.prompt_suggestions to authenticated;
grant select, insert, update, delete on public.prompt_suggestions to service_role;
