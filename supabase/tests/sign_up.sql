-- Signing up makes a profile with 100 credits in the ledger; leaving takes everything along.

do $$
declare
  a uuid := pg_temp.sign_up('ada@example.test', '{"full_name": "Ada", "language": "en", "is_admin": true, "credits_balance": 9999}');
  twin uuid;
  nobody uuid;
  p public.profiles;
  n integer;
begin
  select * into p from public.profiles where id = a;
  assert p.email = 'ada@example.test' and p.full_name = 'Ada' and p.language = 'en' and p.auth_provider = 'email';
  assert p.credits_balance = 100 and p.lifetime_credits = 100, 'the welcome credit counts once';
  assert not p.is_admin, 'rights never come from user metadata';
  assert (select array_agg((amount, type, idempotency_key)::text) from public.credit_transactions where user_id = a)
    = array[format('(100,bonus,welcome:%s)', a)];
  assert exists (select from public.user_generation_stats where user_id = a and total_images = 0);

  -- no address, and an address that another account has already (single sign-on)
  nobody := pg_temp.sign_up(null);
  assert (select email from public.profiles where id = nobody) = nobody || '@users.invalid';
  insert into auth.users (id, email, is_sso_user) values (gen_random_uuid(), 'ada@example.test', true) returning id into twin;
  assert (select email from public.profiles where id = twin) = twin || '@users.invalid';
  assert (select language from public.profiles where id = twin) = 'fr';

  -- changes of the account
  update public.sync_changes set xid = '10' where user_id = a;
  update auth.users set last_sign_in_at = now() where id = a;
  assert (select last_sign_in_at from public.profiles where id = a) = now();
  assert not exists (select from public.sync_changes where user_id = a and xid <> '10'), 'a sign-in is no news';
  update auth.users set email = 'ada@new.test' where id = a;
  assert (select email from public.profiles where id = a) = 'ada@new.test';
  update auth.users set email = 'ada@new.test' where id = twin;
  assert (select email from public.profiles where id = twin) = twin || '@users.invalid', 'a taken address blocks nothing';

  -- leaving
  select count(*) into n from private.ledger_archive;
  delete from auth.users where id = a;
  assert not exists (select from public.profiles where id = a);
  assert not exists (select from public.credit_transactions where user_id = a);
  assert not exists (select from public.sync_changes where user_id = a or row_id = a::text), 'no tombstones for nobody';
  assert (select count(*) from private.ledger_archive) = n + 1;
  assert (select amount = 100 and type = 'bonus' from private.ledger_archive order by id desc limit 1);
  assert (select array_agg(bucket_id order by bucket_id) from private.storage_garbage where path = a || '/')
    = array['avatars', 'generated-images', 'sources'];
end
$$;

-- The auth service is no superuser; its triggers must work for it.
set local role supabase_auth_admin;
insert into auth.users (id, email) values ('00000000-0000-4000-8000-0000000000aa', 'service@example.test');
update auth.users set email = 'service2@example.test', last_sign_in_at = now()
 where id = '00000000-0000-4000-8000-0000000000aa';
reset role;
do $$
begin
  assert (select email = 'service2@example.test' and credits_balance = 100 from public.profiles
          where id = '00000000-0000-4000-8000-0000000000aa');
end
$$;
