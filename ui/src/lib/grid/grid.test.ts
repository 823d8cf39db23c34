import { describe, expect, it } from 'vitest';
import { layoutGrid, type GridItem } from './layout';
import { neighbor } from './navigate';
import { scrollScale } from './scroll';
import { headerAt, visibleRows } from './window';

const DAY = 86_400_000;
const NOON = new Date(2026, 5, 15, 12).getTime();
const OPTIONS = { width: 960, targetHeight: 200, gap: 6, headerHeight: 36 };

function items(
  count: number,
  perDay: number,
  ratio = (n: number): number => [1, 1.75, 0.75][n % 3] ?? 1,
): GridItem[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `i${n}`,
    ratio: ratio(n),
    at: NOON - Math.floor(n / perDay) * DAY - (n % perDay),
  }));
}

describe('layoutGrid', () => {
  it('fills full rows exactly and keeps heights near the wanted one', () => {
    const layout = layoutGrid(items(200, 200), OPTIONS);
    const rows = layout.rows.filter((row) => row.kind === 'pictures');
    for (const row of rows.slice(0, -1)) {
      const last = row.end - 1;
      expect((layout.lefts[last] ?? 0) + (layout.widths[last] ?? 0)).toBeCloseTo(OPTIONS.width, 6);
      expect(row.height).toBeGreaterThan(OPTIONS.targetHeight * 0.6);
      expect(row.height).toBeLessThan(OPTIONS.targetHeight * 1.6);
    }
  });

  it('holds every item once, in order, under the header of its day', () => {
    const layout = layoutGrid(items(50, 7), OPTIONS);
    const pictures = layout.rows.filter((row) => row.kind === 'pictures');
    expect(
      pictures.flatMap((row) => Array.from({ length: row.end - row.start }, (_, n) => row.start + n)),
    ).toEqual(Array.from({ length: 50 }, (_, n) => n));
    const headers = layout.rows.filter((row) => row.kind === 'header');
    expect(headers.map((row) => row.end - row.start)).toEqual([7, 7, 7, 7, 7, 7, 7, 1]);
  });

  it('does not blow up a lonely picture', () => {
    const layout = layoutGrid(items(1, 1), OPTIONS);
    expect(layout.rows[1]?.height).toBe(OPTIONS.targetHeight);
    expect(layout.widths[0]).toBe(OPTIONS.targetHeight);
  });

  it('survives shapes that make no sense and no width', () => {
    const strange = [0, -1, Number.NaN, Infinity, 50].map((ratio, n) => ({ id: `${n}`, ratio, at: NOON }));
    const layout = layoutGrid(strange, { ...OPTIONS, width: 0 });
    expect(Number.isFinite(layout.height)).toBe(true);
    expect(layoutGrid([], OPTIONS)).toMatchObject({ rows: [], height: 0 });
  });

  it('lays out 100 000 pictures in far less than a blink of the tests', () => {
    const many = items(100_000, 40);
    const start = performance.now();
    const layout = layoutGrid(many, OPTIONS);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(layout.rowOf.length).toBe(100_000);
    const seen = visibleRows(layout, layout.height / 2, 800, 800);
    expect(seen.last - seen.first).toBeLessThan(30);
    expect(seen.last - seen.first).toBeGreaterThan(8);
  });
});

describe('visibleRows', () => {
  it('covers the view wherever it is', () => {
    const layout = layoutGrid(items(2000, 90), OPTIONS);
    for (const top of [0, 137, layout.height / 3, layout.height - 700]) {
      const { first, last } = visibleRows(layout, top, 700, 0);
      const rows = layout.rows.slice(first, last);
      expect(rows[0]?.top ?? Infinity).toBeLessThanOrEqual(top);
      const end = rows.at(-1);
      expect((end?.top ?? 0) + (end?.height ?? 0) + OPTIONS.gap).toBeGreaterThanOrEqual(
        Math.min(layout.height, top + 700),
      );
    }
  });

  it('finds the header above any point', () => {
    const layout = layoutGrid(items(60, 20), OPTIONS);
    const second = layout.rows.findIndex((row, index) => index > 0 && row.kind === 'header');
    expect(headerAt(layout, (layout.rows[second]?.top ?? 0) - 1)).toBe(0);
    expect(headerAt(layout, (layout.rows[second]?.top ?? 0) + 50)).toBe(second);
  });
});

describe('scrollScale', () => {
  it('is the identity below the cap', () => {
    expect(scrollScale(5000, 800).toGrid(1234)).toBe(1234);
  });

  it('reaches both ends above it and returns', () => {
    const scale = scrollScale(50_000_000, 800);
    expect(scale.toGrid(0)).toBe(0);
    expect(scale.toGrid(scale.physical - 800)).toBeCloseTo(50_000_000 - 800, 3);
    expect(scale.toScroll(scale.toGrid(4_000_000))).toBeCloseTo(4_000_000, 6);
  });
});

describe('neighbor', () => {
  it('moves along rows, across headers, and stops at the edges', () => {
    const layout = layoutGrid(
      items(30, 5, () => 1),
      OPTIONS,
    );
    expect(neighbor(layout, 0, 'left')).toBe(0);
    expect(neighbor(layout, 0, 'right')).toBe(1);
    expect(neighbor(layout, 0, 'up')).toBe(0);
    const below = neighbor(layout, 2, 'down');
    expect(layout.rowOf[below]).toBeGreaterThan(layout.rowOf[2] ?? 0);
    expect(neighbor(layout, below, 'up')).toBe(2);
    expect(neighbor(layout, 3, 'last')).toBe(29);
  });
});
