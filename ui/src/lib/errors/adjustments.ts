// What a model does differently from what is asked, in words.

import type { Key, Params } from '$/lib/i18n/i18n.svelte';
import type { AdjustmentView } from '$/lib/ipc/generated/api';

const FIELDS: Readonly<Record<string, Key>> = {
  negative_prompt: 'composer.negative_label',
  steps: 'composer.steps',
  guidance_scale: 'composer.guidance',
  seed: 'composer.seed',
  size: 'composer.size',
  output_format: 'composer.format',
  hf_loras: 'composer.loras',
  lora_scales: 'adjust.lora_scales',
  source_path: 'adjust.source',
  prompt_strength: 'adjust.strength',
  safety_checker: 'adjust.safety',
};

type Translate = (key: Key, params?: Params) => string;

/** One sentence for each, in the order of the form. A field that this version does not know keeps its name. */
export function adjustmentTexts(adjustments: readonly AdjustmentView[], t: Translate): string[] {
  return adjustments.map(({ field, kind, asked, used }) => {
    const known = FIELDS[field];
    const name = known === undefined ? field : t(known);
    if (kind === 'clamped') {
      return t('adjust.clamped', {
        field: name,
        asked: asked ?? t('adjust.off'),
        used: used ?? t('adjust.on'),
      });
    }
    if (kind === 'converted')
      return t('adjust.converted', { field: name, asked: asked ?? '', used: used ?? '' });
    if (kind === 'decided') return t('adjust.decided', { field: name });
    // One of several may be left out while the others are used.
    return field === 'hf_loras' && asked !== null
      ? t('adjust.dropped_one', { field: name, asked })
      : t('adjust.dropped', { field: name });
  });
}
