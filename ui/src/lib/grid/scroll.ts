// Browsers cap an element's height; a taller grid is scrolled through a shorter stand-in. Pure.

/** Well under the cap of every engine (WebKit and Chromium 33 million, Firefox 17 million pixels). */
export const MAX_SCROLL_HEIGHT = 8_000_000;

export interface ScrollScale {
  /** Height of the stand-in element. */
  readonly physical: number;
  /** Position in the grid for a position of the scroll bar. */
  toGrid(scrollTop: number): number;
  /** Position of the scroll bar for a position in the grid. */
  toScroll(gridTop: number): number;
}

export function scrollScale(gridHeight: number, viewHeight: number, cap = MAX_SCROLL_HEIGHT): ScrollScale {
  if (gridHeight <= cap) return { physical: gridHeight, toGrid: (top) => top, toScroll: (top) => top };
  const factor = Math.max(0, gridHeight - viewHeight) / Math.max(1, cap - viewHeight);
  return { physical: cap, toGrid: (top) => top * factor, toScroll: (top) => top / factor };
}
