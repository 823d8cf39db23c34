// Which rows are near the visible part. Pure.

import type { GridLayout } from './layout';

export interface RowRange {
  readonly first: number;
  /** Exclusive. */
  readonly last: number;
}

/** Index of the last row whose top is at or above `y`. */
export function rowAt(layout: GridLayout, y: number): number {
  let low = 0;
  let high = layout.rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((layout.rows[middle]?.top ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** Rows that touch the view, and those within `overscan` pixels of it. */
export function visibleRows(layout: GridLayout, top: number, height: number, overscan: number): RowRange {
  if (layout.rows.length === 0) return { first: 0, last: 0 };
  return { first: rowAt(layout, top - overscan), last: rowAt(layout, top + height + overscan) + 1 };
}

/** The day header that covers `y`, for the sticky one; `null` when there are no headers. */
export function headerAt(layout: GridLayout, y: number): number | null {
  for (let index = rowAt(layout, y); index >= 0; index--) {
    if (layout.rows[index]?.kind === 'header') return index;
  }
  return null;
}
