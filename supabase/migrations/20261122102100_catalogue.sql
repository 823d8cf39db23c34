-- The models and plans of a new project. `supabase db push` applies migrations only, so this is one and not the seed.
-- Run again it changes nothing: prices and switches belong to the administrators.
--
-- Models of outside providers are there, priced and described, but switched off: a worker that holds the provider's
-- key has to exist first. `update public.models set is_active = true where provider = 'replicate'` switches them on.
-- Limits and last days are the providers' own; `retires_on` switches a model off by itself. metadata.fixed lists what
-- the provider decides whatever is asked.

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
  ),
  (
    'flux-dev-multi-lora', 'FLUX.1 dev, multi-LoRA', 'FLUX.1 dev with up to twenty LoRAs at once.', 'replicate',
    'lucataco/flux-dev-multi-lora:ad0314563856e714367fdc7244b19b160d25926d305fec270c9e00f64665d352', false, 4,
    '{
      "label_fr": "FLUX.1 dev, multi-LoRA",
      "label_en": "FLUX.1 dev, multi-LoRA",
      "kind": "ai",
      "max_loras": 20,
      "max_steps": 50,
      "max_guidance": 10,
      "max_pixels": 1048576,
      "formats": ["webp", "png", "jpg"],
      "supports": ["steps", "guidance", "seed", "loras", "source"],
      "license": "FLUX.1-dev"
    }'
  ),
  (
    'flux-dev-lora', 'FLUX.1 dev, LoRA', 'FLUX.1 dev, kept by its makers, with up to two LoRAs.', 'replicate',
    'black-forest-labs/flux-dev-lora', false, 4,
    '{
      "label_fr": "FLUX.1 dev, LoRA",
      "label_en": "FLUX.1 dev, LoRA",
      "kind": "ai",
      "max_loras": 2,
      "max_steps": 50,
      "max_guidance": 10,
      "max_pixels": 1048576,
      "formats": ["webp", "png", "jpg"],
      "supports": ["steps", "guidance", "seed", "loras", "source"],
      "license": "FLUX.1-dev"
    }'
  ),
  (
    'stable-image-ultra', 'Stable Image Ultra', 'Stability AI''s most careful model.', 'stability', 'ultra', false, 8,
    '{
      "label_fr": "Stable Image Ultra",
      "label_en": "Stable Image Ultra",
      "kind": "ai",
      "max_loras": 0,
      "max_pixels": 1048576,
      "formats": ["webp", "png", "jpg"],
      "supports": ["negative_prompt", "seed", "source"],
      "provider_credits": 8
    }'
  ),
  (
    'stable-image-core', 'Stable Image Core', 'Stability AI''s quick model.', 'stability', 'core', false, 3,
    '{
      "label_fr": "Stable Image Core",
      "label_en": "Stable Image Core",
      "kind": "ai",
      "max_loras": 0,
      "max_pixels": 1048576,
      "formats": ["webp", "png", "jpg"],
      "supports": ["negative_prompt", "seed"],
      "provider_credits": 3
    }'
  ),
  (
    'sd3.5-large', 'Stable Diffusion 3.5 Large', 'Stable Diffusion 3.5, the large model.', 'stability', 'sd3.5-large',
    false, 7,
    '{
      "label_fr": "Stable Diffusion 3.5 Large",
      "label_en": "Stable Diffusion 3.5 Large",
      "kind": "ai",
      "max_loras": 0,
      "max_guidance": 10,
      "max_pixels": 1048576,
      "formats": ["png", "jpg"],
      "supports": ["negative_prompt", "guidance", "seed", "source"],
      "provider_credits": 6.5
    }'
  ),
  (
    'sd3.5-large-turbo', 'Stable Diffusion 3.5 Large Turbo', 'The large model in few steps.', 'stability',
    'sd3.5-large-turbo', false, 4,
    '{
      "label_fr": "Stable Diffusion 3.5 Large Turbo",
      "label_en": "Stable Diffusion 3.5 Large Turbo",
      "kind": "ai",
      "max_loras": 0,
      "max_guidance": 10,
      "max_pixels": 1048576,
      "formats": ["png", "jpg"],
      "supports": ["guidance", "seed", "source"],
      "provider_credits": 4
    }'
  ),
  (
    'sd3.5-medium', 'Stable Diffusion 3.5 Medium', 'Stable Diffusion 3.5, the medium model.', 'stability',
    'sd3.5-medium', false, 4,
    '{
      "label_fr": "Stable Diffusion 3.5 Medium",
      "label_en": "Stable Diffusion 3.5 Medium",
      "kind": "ai",
      "max_loras": 0,
      "max_guidance": 10,
      "max_pixels": 1048576,
      "formats": ["png", "jpg"],
      "supports": ["negative_prompt", "guidance", "seed", "source"],
      "provider_credits": 3.5
    }'
  ),
  (
    'gpt-image-2', 'GPT Image 2', 'OpenAI''s image model, any size up to 3840 × 2160.', 'openai', 'gpt-image-2', false, 10,
    '{
      "label_fr": "GPT Image 2",
      "label_en": "GPT Image 2",
      "kind": "ai",
      "max_loras": 0,
      "max_pixels": 4194304,
      "size_multiple": 16,
      "formats": ["webp", "png", "jpg"],
      "supports": ["source"]
    }'
  ),
  (
    'gpt-image-1.5', 'GPT Image 1.5', 'OpenAI''s image model of the generation before.', 'openai', 'gpt-image-1.5', false, 8,
    '{
      "label_fr": "GPT Image 1.5",
      "label_en": "GPT Image 1.5",
      "kind": "ai",
      "max_loras": 0,
      "max_pixels": 1572864,
      "formats": ["webp", "png", "jpg"],
      "supports": ["source"],
      "retires_on": "2026-12-01"
    }'
  ),
  (
    'gpt-image-1-mini', 'GPT Image 1 mini', 'OpenAI''s small image model.', 'openai', 'gpt-image-1-mini', false, 3,
    '{
      "label_fr": "GPT Image 1 mini",
      "label_en": "GPT Image 1 mini",
      "kind": "ai",
      "max_loras": 0,
      "max_pixels": 1572864,
      "formats": ["webp", "png", "jpg"],
      "supports": ["source"],
      "retires_on": "2026-12-01"
    }'
  )
on conflict (id) do nothing;

-- Prices in cents. The provider's price ids are the project's own: features.stripe_price_month, stripe_price_year.
insert into public.subscription_plans (id, name, description, price_monthly, price_yearly, credits_per_month, features)
values
  (
    'pro', 'Pro', 'For people who make images often.', 990, 9900, 600,
    '{"tier": "pro", "currency": "eur", "label_fr": "Pro", "label_en": "Pro", "max_pending": 5, "ads": false}'
  ),
  (
    'enterprise', 'Studio', 'For people who make images for a living.', 3990, 39900, 3000,
    '{"tier": "enterprise", "currency": "eur", "label_fr": "Studio", "label_en": "Studio", "max_pending": 20, "ads": false}'
  )
on conflict (id) do nothing;
