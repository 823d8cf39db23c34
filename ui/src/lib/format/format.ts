// Numbers, sizes, dates and times as each language writes them.

import type { LanguageView } from '$/lib/ipc/generated/api';

const LOCALES: Record<LanguageView, string> = { fr: 'fr-FR', en: 'en-GB' };
const DAY_MS = 86_400_000;

const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

/** Formats are costly to make and asked for on every repaint. */
function cached<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
  key: string,
  make: () => T,
): T {
  const present = made.get(key);
  if (present !== undefined) return present as T;
  const format = make();
  made.set(key, format);
  return format;
}

export function number(language: LanguageView, value: number, digits = 0): string {
  return cached(
    `n${language}${digits}`,
    () => new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: digits }),
  ).format(value);
}

/** With its sign, and a real minus. */
export function signed(language: LanguageView, value: number): string {
  return cached(`s${language}`, () => new Intl.NumberFormat(LOCALES[language], { signDisplay: 'exceptZero' }))
    .format(value)
    .replace('-', '−');
}

function sizeUnit(value: number): [unit: string, factor: number, digits: number] {
  if (value >= 1e9) return ['gigabyte', 1e9, 1];
  if (value >= 1e6) return ['megabyte', 1e6, 1];
  return value >= 1e3 ? ['kilobyte', 1e3, 0] : ['byte', 1, 0];
}

export function bytes(language: LanguageView, value: number): string {
  const [unit, factor, digits] = sizeUnit(value);
  const text = cached(
    `b${language}${unit}`,
    () =>
      new Intl.NumberFormat(LOCALES[language], {
        style: 'unit',
        unit,
        unitDisplay: 'short',
        maximumFractionDigits: digits,
      }),
  ).format(value / factor);
  // English alone spells the smallest unit out, and in the singular.
  return language === 'en' ? text.replace('byte', 'B') : text;
}

export function time(language: LanguageView, at: number): string {
  return cached(
    `t${language}`,
    () => new Intl.DateTimeFormat(LOCALES[language], { timeStyle: 'short' }),
  ).format(at);
}

export function dateTime(language: LanguageView, at: number): string {
  return cached(
    `dt${language}`,
    () => new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium', timeStyle: 'short' }),
  ).format(at);
}

function startOfDay(at: number): number {
  const day = new Date(at);
  return day.setHours(0, 0, 0, 0);
}

function capitalized(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** “Aujourd’hui”, “Hier”, a weekday within the week, else the date; the year only when it is another. */
export function day(language: LanguageView, at: number, now: number): string {
  const away = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
  if (away === 0 || away === 1) {
    const relative = cached(
      `r${language}`,
      () => new Intl.RelativeTimeFormat(LOCALES[language], { numeric: 'auto' }),
    );
    return capitalized(relative.format(-away, 'day'));
  }
  const otherYear = new Date(at).getFullYear() !== new Date(now).getFullYear();
  const format = cached(
    `d${language}${otherYear}`,
    () =>
      new Intl.DateTimeFormat(LOCALES[language], {
        weekday: 'long',
        day: 'numeric',
        month: 'long',
        ...(otherYear ? { year: 'numeric' as const } : {}),
      }),
  );
  return capitalized(format.format(at));
}

/** “il y a 3 min”, “yesterday”: how long ago, coarse. */
export function ago(language: LanguageView, at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  const relative = cached(
    `ra${language}`,
    () => new Intl.RelativeTimeFormat(LOCALES[language], { numeric: 'auto', style: 'short' }),
  );
  if (seconds < 45) return relative.format(0, 'second');
  if (seconds < 3600) return relative.format(-Math.max(1, Math.round(seconds / 60)), 'minute');
  if (seconds < 86_400) return relative.format(-Math.round(seconds / 3600), 'hour');
  return relative.format(-Math.round(seconds / 86_400), 'day');
}
