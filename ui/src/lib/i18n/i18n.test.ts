import { describe, expect, it } from 'vitest';
import en from './en.json';
import fr from './fr.json';
import { translate } from './i18n.svelte';

type Entry = string | { one: string; other: string };

function forms(entry: Entry): string[] {
  return typeof entry === 'string' ? [entry] : [entry.one, entry.other];
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();
}

describe('the two languages', () => {
  it('hold the same keys', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(fr).sort());
  });

  it('use the same placeholders under each key, and plurals alike', () => {
    for (const [key, entry] of Object.entries(fr) as [keyof typeof en, Entry][]) {
      const other: Entry = en[key];
      expect(typeof other, key).toBe(typeof entry);
      const names = (one: Entry): string[] => [...new Set(forms(one).flatMap(placeholders))].sort();
      expect(names(other), key).toEqual(names(entry));
    }
  });

  it('write French with its spaces', () => {
    for (const [key, entry] of Object.entries(fr) as [string, Entry][]) {
      for (const text of forms(entry)) {
        expect(text, key).not.toMatch(/ [:;?!»]|« /);
        expect(text, key).not.toMatch(/'/);
      }
    }
  });
});

describe('translate', () => {
  it('chooses the plural of each language: French has no plural for zero', () => {
    expect(translate('fr', 'composer.price', { count: 0 })).toBe('0\u00a0crédit');
    expect(translate('fr', 'composer.price', { count: 1 })).toBe('1\u00a0crédit');
    expect(translate('fr', 'composer.price', { count: 2 })).toBe('2\u00a0crédits');
    expect(translate('en', 'composer.price', { count: 0 })).toBe('0\u00a0credits');
    expect(translate('en', 'composer.price', { count: 1 })).toBe('1\u00a0credit');
  });

  it('writes numbers as the language does', () => {
    expect(translate('fr', 'composer.left', { count: 12_345 })).toBe('il vous restera 12\u202f345');
    expect(translate('en', 'composer.left', { count: 12_345 })).toBe('12,345 left after');
  });
});
