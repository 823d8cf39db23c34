import { expect, test } from 'vitest';
import { translate, type Key, type Params } from '$/lib/i18n/i18n.svelte';
import { adjustmentTexts } from './adjustments';

test('every kind has a sentence in both languages', () => {
  const english = (key: Key, params?: Params): string => translate('en', key, params);
  const french = (key: Key, params?: Params): string => translate('fr', key, params);
  const all = [
    { field: 'steps', kind: 'clamped', asked: '80', used: '50' },
    { field: 'negative_prompt', kind: 'dropped', asked: null, used: null },
    { field: 'hf_loras', kind: 'dropped', asked: 'a/b', used: null },
    { field: 'size', kind: 'decided', asked: '1000 × 1000', used: null },
    { field: 'output_format', kind: 'converted', asked: 'webp', used: 'png' },
    { field: 'safety_checker', kind: 'clamped', asked: null, used: null },
    { field: 'of_next_year', kind: 'dropped', asked: null, used: null },
  ] as const;
  expect(adjustmentTexts(all, english)).toEqual([
    'Steps: 50 instead of 80',
    'What to leave out: no effect here',
    'LoRA: a/b left out',
    'Size: the model’s own choice',
    'File: made as png, then converted to webp',
    'Safety filter: on instead of off',
    'of_next_year: no effect here',
  ]);
  expect(adjustmentTexts(all, french)[0]).toBe('Étapes\u00a0: 50 au lieu de 80');
});
