-- The feed tells of a suggestion what became of its images. Only this one list of columns of private.sync_row changes,
-- whatever other tables it has come to know: the function is taken as it stands.
do $$
declare
  v_known constant text := 's.success_rate, s.created_at, s.last_used_at';
  v_function text := pg_get_functiondef('private.sync_row(text, text, uuid)'::regprocedure);
begin
  if strpos(v_function, v_known) = 0 then
    raise exception 'private.sync_row does not list the columns of prompt_suggestions as expected';
  end if;
  execute replace(v_function, v_known, 's.success_rate, s.image_count, s.favorite_count, s.created_at, s.last_used_at');
end
$$;
