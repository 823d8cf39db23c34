// The composer's draft: defaults, what a reload brings back, sizes. Pure.

import type { AspectRatioView, DraftView } from '$/lib/ipc/generated/api';

export const DEFAULT_DRAFT: DraftView = {
  model_id: 'sketch',
  prompt: '',
  negative_prompt: '',
  aspect_ratio: '1:1',
  num_outputs: 1,
  steps: 28,
  guidance_scale: 7.5,
  prompt_strength: 0.8,
  seed: -1,
  output_format: 'webp',
  output_quality: 90,
  safety_checker: true,
  hf_loras: [],
  lora_scales: [],
  width: null,
  height: null,
};

export interface SizeChoice {
  readonly width: number;
  readonly height: number;
}

/** The sizes offered for each shape; sides are multiples of 8 as the server demands. */
export const SIZES: Record<AspectRatioView, readonly SizeChoice[]> = {
  '1:1': [512, 768, 1024, 1536, 2048].map((side) => ({ width: side, height: side })),
  '16:9': [
    { width: 1024, height: 576 },
    { width: 1344, height: 768 },
    { width: 1792, height: 1008 },
    { width: 2560, height: 1440 },
  ],
};

export const DEFAULT_SIZE: Record<AspectRatioView, SizeChoice> = {
  '1:1': { width: 1024, height: 1024 },
  '16:9': { width: 1344, height: 768 },
};

export function sizeOf(draft: DraftView): SizeChoice {
  const standard = DEFAULT_SIZE[draft.aspect_ratio];
  return { width: draft.width ?? standard.width, height: draft.height ?? standard.height };
}

/** The draft of an earlier run; fields that are missing or of another type take their defaults. */
export function restoreDraft(text: string | null): DraftView {
  if (text === null) return DEFAULT_DRAFT;
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    return DEFAULT_DRAFT;
  }
  if (typeof stored !== 'object' || stored === null) return DEFAULT_DRAFT;
  const known = Object.entries(stored).filter(([field, value]) => {
    if (!(field in DEFAULT_DRAFT)) return false;
    const standard: unknown = DEFAULT_DRAFT[field as keyof DraftView];
    if (standard === null) return value === null || typeof value === 'number';
    return typeof value === typeof standard && Array.isArray(value) === Array.isArray(standard);
  });
  return { ...DEFAULT_DRAFT, ...Object.fromEntries(known) };
}
