// Where the arrow keys lead. Pure.

import type { GridLayout } from './layout';

export type Direction = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

/** Index of the item that lies in `direction` of `index`; `index` itself at the edge. */
export function neighbor(layout: GridLayout, index: number, direction: Direction): number {
  const count = layout.lefts.length;
  if (count === 0) return -1;
  switch (direction) {
    case 'left':
      return Math.max(0, index - 1);
    case 'right':
      return Math.min(count - 1, index + 1);
    case 'first':
      return 0;
    case 'last':
      return count - 1;
    case 'up':
      return across(layout, index, -1);
    case 'down':
      return across(layout, index, 1);
  }
}

function across(layout: GridLayout, index: number, step: 1 | -1): number {
  const middle = (layout.lefts[index] ?? 0) + (layout.widths[index] ?? 0) / 2;
  let row = (layout.rowOf[index] ?? 0) + step;
  while (layout.rows[row]?.kind === 'header') row += step;
  const target = layout.rows[row];
  if (target === undefined) return index;
  let best = target.start;
  let distance = Infinity;
  for (let item = target.start; item < target.end; item++) {
    const away = Math.abs((layout.lefts[item] ?? 0) + (layout.widths[item] ?? 0) / 2 - middle);
    if (away < distance) {
      best = item;
      distance = away;
    }
  }
  return best;
}
