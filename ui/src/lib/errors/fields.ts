// The sentence for one wrong field.

import type { Key, Params } from '$/lib/i18n/i18n.svelte';
import type { FieldErrorView, FieldProblemView } from '$/lib/ipc/generated/api';

const TEXTS: Record<FieldProblemView, Key> = {
  empty: 'field.empty',
  too_long: 'field.too_long',
  out_of_range: 'field.out_of_range',
  malformed: 'field.malformed',
  length_mismatch: 'field.length_mismatch',
  unknown_model: 'field.unknown_model',
  inactive_model: 'field.inactive_model',
};

/** Where a general sentence would not tell what to do. */
const SPECIAL: Readonly<Record<string, Key>> = {
  'prompt.empty': 'field.prompt.empty',
  'prompt.too_long': 'field.prompt.too_long',
  'negative_prompt.too_long': 'field.prompt.too_long',
  'hf_loras.malformed': 'field.hf_loras.malformed',
  'hf_loras.too_long': 'field.hf_loras.too_long',
};

export function fieldText(error: FieldErrorView): { key: Key; params: Params } {
  const key = SPECIAL[`${error.field}.${error.problem}`] ?? TEXTS[error.problem];
  return { key, params: { min: error.min ?? 0, max: error.max ?? 0 } };
}
