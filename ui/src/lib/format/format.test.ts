import { describe, expect, it } from 'vitest';
import { ago, bytes, day, number, signed } from './format';

const NOW = new Date(2026, 10, 22, 14, 0).getTime();
const DAY = 86_400_000;

describe('format', () => {
  it('writes numbers and signs', () => {
    expect(number('fr', 1284)).toBe('1\u202f284');
    expect(number('en', 1284)).toBe('1,284');
    expect(number('fr', 7.5, 1)).toBe('7,5');
    expect(signed('fr', -4)).toBe('−4');
    expect(signed('en', 100)).toBe('+100');
    expect(signed('en', 0)).toBe('0');
  });

  it('writes sizes in decimal units', () => {
    expect(bytes('fr', 214_000)).toBe('214\u202fko');
    expect(bytes('en', 1_250_000)).toBe('1.3 MB');
    expect(bytes('fr', 0)).toBe('0\u202fo');
    expect(bytes('en', 0)).toBe('0 B');
  });

  it('names near days and dates far ones', () => {
    expect(day('fr', NOW, NOW)).toBe('Aujourd’hui');
    expect(day('fr', NOW - DAY, NOW)).toBe('Hier');
    expect(day('en', NOW - DAY, NOW)).toBe('Yesterday');
    expect(day('fr', NOW - 3 * DAY, NOW)).toBe('Jeudi 19 novembre');
    expect(day('en', new Date(2025, 0, 2).getTime(), NOW)).toContain('2025');
  });

  it('tells how long ago, coarsely', () => {
    expect(ago('en', NOW - 10_000, NOW)).toBe('now');
    expect(ago('en', NOW - 3 * 60_000, NOW)).toBe('3 min ago');
    expect(ago('fr', NOW - 2 * 3_600_000, NOW)).toMatch(/^il y a 2\sh$/);
  });
});
