-- The feed tells of a suggestion what became of its images.

-- As before, and with what became of a suggestion's images: the row behind an entry as the caller may see it; null if
-- it is gone or hidden. Security invoker on purpose. Vectors stay out.
create or replace function private.sync_row(p_table text, p_row text, p_user uuid) returns jsonb
language plpgsql stable security invoker set search_path = '' as $$
begin
  case p_table
    when 'profiles' then
      return (select to_jsonb(t) from public.profiles t where t.id = p_row::uuid);
    when 'models' then
      return (select to_jsonb(t) from public.models t where t.id = p_row);
    when 'prompt_suggestions' then
      return (
        select to_jsonb(t) from (
          select s.id, s.user_id, s.base_prompt, s.suggested_prompt, s.source_type, s.confidence_score, s.used_count,
                 s.success_rate, s.image_count, s.favorite_count, s.created_at, s.last_used_at, s.metadata, s.updated_at
          from public.prompt_suggestions s where s.id = p_row::uuid) as t);
    when 'subscription_plans' then
      return (select to_jsonb(t) from public.subscription_plans t where t.id = p_row);
    when 'prompts' then
      return (select to_jsonb(t) from public.prompts t where t.id = p_row::uuid);
    when 'generated_images' then
      return (
        select to_jsonb(t) from (
          select g.id, g.user_id, g.prompt_id, g.storage_path, g.public_url, g.thumbnail_url, g.width, g.height,
                 g.format, g.size_bytes, g.created_at, g.last_accessed_at, g.access_count, g.is_favorite, g.is_public,
                 g.metadata, g.vision_labels, g.vision_description, g.nsfw_score, g.style_tags, g.color_palette,
                 g.dominant_colors, g.technical_metadata, g.updated_at, g.embedding_code, g.embedding_space,
                 g.trashed_at, g.published_at, g.moderation
          from public.generated_images g where g.id = p_row::uuid) as t);
    when 'image_analysis' then
      -- the analyser's whole answer may be large; what is shown of it is in the image's row
      return (
        select to_jsonb(t) from (
          select a.id, a.image_id, a.user_id, a.analysis_type, a.analysis_version, a.created_at
          from public.image_analysis a where a.id = p_row::uuid) as t);
    when 'credit_transactions' then
      return (select to_jsonb(t) from public.credit_transactions t where t.id = p_row::uuid);
    when 'user_favorites' then
      return (
        select to_jsonb(t) from public.user_favorites t where t.user_id = p_user and t.image_id = p_row::uuid);
    when 'subscriptions' then
      return (select to_jsonb(t) from public.subscriptions t where t.id = p_row::uuid);
    when 'checkout_requests' then
      return (select to_jsonb(t) - 'run_after' from public.checkout_requests t where t.id = p_row::uuid);
    when 'image_marks' then
      return (select to_jsonb(t) from public.image_marks t where t.image_id = p_row::uuid);
    when 'image_tags' then
      return (select to_jsonb(t) from public.image_tags t where t.id = p_row::uuid);
    when 'collections' then
      return (select to_jsonb(t) from public.collections t where t.id = p_row::uuid);
    when 'collection_images' then
      return (select to_jsonb(t) from public.collection_images t where t.id = p_row::uuid);
    when 'saved_searches' then
      return (select to_jsonb(t) from public.saved_searches t where t.id = p_row::uuid);
    when 'community_hidden' then
      return (select to_jsonb(t) from public.community_hidden t where t.id = p_row::uuid);
    when 'image_reports' then
      return (select to_jsonb(t) from public.image_reports t where t.id = p_row::uuid);
    when 'moderation_decisions' then
      return (
        select to_jsonb(t) from (
          select d.id, d.image_id, d.user_id, d.decision, d.reason, d.created_at
          from public.moderation_decisions d where d.id = p_row::uuid) as t);
    when 'user_preferences' then
      return (select to_jsonb(t) from public.user_preferences t where t.id = p_row::uuid);
    when 'user_model_preferences' then
      return (
        select to_jsonb(t) from public.user_model_preferences t where t.user_id = p_user and t.model_id = p_row);
    when 'user_generation_stats' then
      return (select to_jsonb(t) from public.user_generation_stats t where t.user_id = p_row::uuid);
    else
      return null;
  end case;
end
$$;
