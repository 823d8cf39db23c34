-- What a request costs, and whether somebody could pay for it. Both only inform: request_generation prices and
-- checks again under a lock.

-- Whether the caller's balance covers the amount. False for anybody else's account, which he cannot see.
create function public.check_user_credits(user_id uuid, required_credits integer) returns boolean
language sql stable security invoker set search_path = '' as $$
  select exists (
    select from public.profiles p
    where p.id = check_user_credits.user_id
      and check_user_credits.required_credits >= 0
      and p.credits_balance >= check_user_credits.required_credits)
$$;
grant execute on function public.check_user_credits(uuid, integer) to anon, authenticated, service_role;

-- Credits per image and begun megapixel, times images.
create function public.calculate_generation_cost(model_id text, num_outputs integer, width integer, height integer)
returns integer
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_base integer;
  v_active boolean;
begin
  if num_outputs is null or num_outputs not between 1 and 4 then
    raise sqlstate 'PT422' using message = 'invalid_parameters',
      detail = '{"field": "num_outputs", "min": 1, "max": 4}';
  end if;
  if coalesce(width, 0) not between 1 and 16384 or coalesce(height, 0) not between 1 and 16384 then
    raise sqlstate 'PT422' using message = 'invalid_parameters',
      detail = '{"field": "width", "reason": "range", "min": 1, "max": 16384}';
  end if;
  select m.credits_cost, m.is_active into v_base, v_active
    from public.models m where m.id = calculate_generation_cost.model_id;
  if v_base is null then
    raise sqlstate 'PT404' using message = 'unknown_model';
  end if;
  if not v_active then
    raise sqlstate 'PT422' using message = 'model_inactive';
  end if;
  return v_base * num_outputs * ceil(width::numeric * height / (1024 * 1024));
end
$$;
grant execute on function public.calculate_generation_cost(text, integer, integer, integer)
  to anon, authenticated, service_role;
