-- One row per request for images, with every parameter that was paid for. Rows are born in request_generation only,
-- under the id that the client chose: the same id asked twice is the same request. A row moves
-- pending → processing → completed | failed (a retry goes back to pending); a request that the user cancelled is
-- `failed` with error_message `cancelled`.

create table public.prompts (
  id                   uuid primary key default gen_random_uuid(),
  user_id              uuid not null references auth.users (id) on delete cascade,
  prompt               text not null,
  negative_prompt      text not null default '',
  model_id             text not null,  -- no foreign key: history outlives the catalogue
  model_version        text not null,
  aspect_ratio         text not null default '1:1',
  prompt_strength      double precision not null default 0.8,  -- how far from the source image; without one it has no effect
  steps                integer not null default 28,
  guidance_scale       double precision not null default 7.5,
  num_outputs          integer not null default 1,
  seed                 integer not null default -1,  -- -1: drawn by the worker, which records it in metadata.seed
  output_format        text not null default 'webp',
  output_quality       integer not null default 90,
  safety_checker       boolean not null default true,
  hf_loras             text[] not null default array['AndyVampiro/fog'],
  lora_scales          double precision[] not null default array[1.0],  -- one per entry of hf_loras
  width                integer not null default 1024,
  height               integer not null default 1024,
  created_at           timestamptz not null default now(),
  completed_at         timestamptz,
  status               text not null default 'pending',
  error_message        text,
  -- request_hash (replays), progress {step,steps,image,images}, cancel_requested, seed, and what the client added
  metadata             jsonb not null default '{}',
  credits_cost         integer not null default 1,  -- what was charged for the whole request
  prompt_suggestion_id uuid references public.prompt_suggestions (id) on delete set null,
  source_path          text,  -- object in the bucket `sources` to start from
  updated_at           timestamptz not null default now(),
  constraint prompt_strength_range check (prompt_strength between 0.1 and 1.0),
  constraint steps_range check (steps between 1 and 100),
  constraint guidance_scale_range check (guidance_scale between 1.0 and 20.0),
  constraint num_outputs_range check (num_outputs between 1 and 4),
  constraint output_quality_range check (output_quality between 1 and 100),
  constraint valid_aspect_ratio check (aspect_ratio in ('1:1', '16:9')),
  constraint valid_status check (status in ('pending', 'processing', 'completed', 'failed')),
  constraint valid_dimensions check (width > 0 and height > 0),
  constraint valid_prompt_length check (char_length(btrim(prompt)) >= 1 and char_length(prompt) <= 4000),
  constraint valid_negative_prompt_length check (char_length(negative_prompt) <= 4000),
  constraint valid_output_format check (output_format in ('webp', 'png', 'jpg')),
  constraint valid_seed check (seed >= -1),
  constraint valid_cost check (credits_cost >= 0),
  -- 20 is the most any provider takes; models.metadata.max_loras says less
  constraint valid_loras check (cardinality(hf_loras) = cardinality(lora_scales) and cardinality(hf_loras) <= 20),
  constraint valid_source_path check (split_part(source_path, '/', 1) = user_id::text)
);

create index idx_prompts_user_created on public.prompts (user_id, created_at desc);
create index idx_prompts_status on public.prompts (status, created_at) where status in ('pending', 'processing');
create index idx_prompts_model on public.prompts (model_id, model_version);
create index idx_prompts_suggestion on public.prompts (prompt_suggestion_id) where prompt_suggestion_id is not null;

create trigger set_updated_at before update on public.prompts
  for each row execute function private.set_updated_at();

-- A suggestion is as good as the requests that were made from it: only finished ones count.
create function public.update_prompt_suggestions() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.prompt_suggestion_id is null then
    return new;
  end if;
  if tg_op = 'INSERT' then
    update public.prompt_suggestions set last_used_at = now() where id = new.prompt_suggestion_id;
  end if;
  if new.status in ('completed', 'failed') and (tg_op = 'INSERT' or old.status not in ('completed', 'failed')) then
    update public.prompt_suggestions
       set used_count = used_count + 1,
           success_rate = least(1, greatest(0,
             (success_rate * used_count + (new.status = 'completed')::integer) / (used_count + 1))),
           last_used_at = now()
     where id = new.prompt_suggestion_id;
  end if;
  return new;
end
$$;
create trigger after_prompt_use after insert or update of status on public.prompts
  for each row execute function public.update_prompt_suggestions();

alter table public.prompts enable row level security;

create policy "Users can view their own prompts" on public.prompts
  for select to authenticated using ((select auth.uid()) = user_id);
-- Nobody holds INSERT: request_generation is the only door. The policy stands for the day that changes.
create policy "Users can create prompts" on public.prompts
  for insert to authenticated with check ((select auth.uid()) = user_id);
-- An unfinished prompt is cancelled, not deleted: its credits and its job depend on the row.
create policy "Users can delete their finished prompts" on public.prompts
  for delete to authenticated using ((select auth.uid()) = user_id and status in ('completed', 'failed'));
create policy "Admins can view all prompts" on public.prompts
  for select to authenticated using ((select private.is_admin()));

grant select, delete on public.prompts to authenticated;
grant select, insert, update, delete on public.prompts to service_role;
