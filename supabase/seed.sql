-- Demo data, for a project to play with; nothing here is needed. Run again it changes nothing.
insert into public.prompt_suggestions (id, user_id, base_prompt, suggested_prompt, source_type, confidence_score) values
  ('5e000000-0000-4000-8000-000000000001', null, 'un renard', 'Un renard dans la brume au lever du jour, lumière rasante, lac immobile', 'community', 0.9),
  ('5e000000-0000-4000-8000-000000000002', null, 'a fox', 'A fox in the morning mist, low light, a still lake', 'community', 0.9),
  ('5e000000-0000-4000-8000-000000000003', null, 'une ville la nuit', 'Une ville sous la pluie, la nuit, reflets de néons sur les pavés', 'community', 0.8),
  ('5e000000-0000-4000-8000-000000000004', null, 'a city at night', 'A city in the rain at night, neon reflected in the cobbles', 'community', 0.8)
on conflict (id) do nothing;
