// Every word on screen, by key, in the language of the moment.

import type { LanguageView } from '$/lib/ipc/generated/api';
import en from './en.json';
import fr from './fr.json';

export type Key = keyof typeof fr;
export type Params = Readonly<Record<string, string | number>>;
type Entry = string | { readonly one: string; readonly other: string };

// `satisfies` makes a key that English lacks a compile error; the parity test covers the reverse.
const TEXTS: Record<LanguageView, Record<Key, Entry>> = { fr, en: en satisfies Record<Key, Entry> };
const PLURALS: Record<LanguageView, Intl.PluralRules> = {
  fr: new Intl.PluralRules('fr'),
  en: new Intl.PluralRules('en'),
};
const NUMBERS: Record<LanguageView, Intl.NumberFormat> = {
  fr: new Intl.NumberFormat('fr'),
  en: new Intl.NumberFormat('en'),
};

/** The text of `key`; `params.count` chooses the plural form. */
export function translate(language: LanguageView, key: Key, params: Params = {}): string {
  const entry = TEXTS[language][key];
  const count = typeof params['count'] === 'number' ? params['count'] : 0;
  const text =
    typeof entry === 'string' ? entry : PLURALS[language].select(count) === 'one' ? entry.one : entry.other;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? NUMBERS[language].format(value) : value;
  });
}

export class I18n {
  language = $state<LanguageView>('fr');

  constructor(language: LanguageView = 'fr') {
    this.language = language;
  }

  /** Reads `language`, so that whatever shows the text repaints when it changes. */
  readonly t = (key: Key, params?: Params): string => translate(this.language, key, params);
}
