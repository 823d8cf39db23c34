-- The catalogue of a new project. Run again it changes nothing: prices and switches belong to the administrators.
insert into public.models (id, name, description, provider, version, is_active, credits_cost, metadata) values
  (
    'sketch', 'Sketch', 'Procedural sketches painted by Amethyst itself. Not an AI model.', 'local', '1', true, 1,
    '{
      "label_fr": "Esquisse",
      "label_en": "Sketch",
      "kind": "sketch",
      "max_loras": 4,
      "max_steps": 100,
      "max_pixels": 4194304,
      "supports": ["negative_prompt", "steps", "guidance", "seed", "loras"],
      "loras": [
        "AndyVampiro/fog", "amethyst/ink", "amethyst/pastel", "amethyst/neon", "amethyst/grain", "amethyst/bloom",
        "amethyst/gold"
      ]
    }'
  ),
  (
    'sketch-classic', 'Sketch classic', 'The first version of the procedural sketches, retired.', 'local', '0', false, 1,
    '{
      "label_fr": "Esquisse (ancienne)",
      "label_en": "Sketch (classic)",
      "kind": "sketch",
      "max_loras": 4,
      "max_steps": 100,
      "max_pixels": 4194304,
      "supports": ["negative_prompt", "steps", "guidance", "seed", "loras"],
      "loras": ["AndyVampiro/fog"]
    }'
  )
on conflict (id) do nothing;
