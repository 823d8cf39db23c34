// Justified rows under day headers, from aspect ratios and a width. Pure: no DOM, no runes.

export interface GridItem {
  readonly id: string;
  /** Width ÷ height. */
  readonly ratio: number;
  /** Milliseconds; items come newest first. */
  readonly at: number;
}

/** What a tile is told about its place. */
export interface Box {
  readonly width: number;
  readonly height: number;
  /** Whether Tab reaches this tile. */
  readonly isCurrent: boolean;
}

export interface GridOptions {
  readonly width: number;
  readonly targetHeight: number;
  readonly gap: number;
  readonly headerHeight: number;
}

/** A row of pictures, or the header of a day. Items `start` to `end` (exclusive). */
export interface GridRow {
  readonly kind: 'header' | 'pictures';
  readonly top: number;
  readonly height: number;
  readonly start: number;
  readonly end: number;
}

export interface GridLayout {
  readonly rows: readonly GridRow[];
  readonly height: number;
  /** Position of each item: left edge and width; top and height are its row's. */
  readonly lefts: Float64Array;
  readonly widths: Float64Array;
  /** Index of each item's row. */
  readonly rowOf: Int32Array;
}

/** Extreme shapes are shown cropped, so that one panorama cannot flatten a whole row. */
const MIN_RATIO = 0.4;
const MAX_RATIO = 3.2;

export function clampRatio(ratio: number): number {
  return Number.isFinite(ratio) && ratio > 0 ? Math.min(MAX_RATIO, Math.max(MIN_RATIO, ratio)) : 1;
}

/** Start of the local day of an instant, in milliseconds. */
export function dayOf(at: number): number {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}

/** The first index after `start` that lies on another day. Days are found once, not for each item. */
function endOfDay(items: readonly GridItem[], start: number): number {
  const first = items[start];
  if (first === undefined) return start;
  const from = dayOf(first.at);
  const until = new Date(from);
  until.setDate(until.getDate() + 1);
  const to = until.getTime();
  let end = start + 1;
  for (let item = items[end]; item !== undefined && item.at >= from && item.at < to; item = items[end]) end++;
  return end;
}

export function layoutGrid(items: readonly GridItem[], options: GridOptions): GridLayout {
  const { gap, headerHeight, targetHeight } = options;
  const width = Math.max(1, options.width);
  const rows: GridRow[] = [];
  const lefts = new Float64Array(items.length);
  const widths = new Float64Array(items.length);
  const rowOf = new Int32Array(items.length);
  let top = 0;

  const place = (start: number, end: number, height: number): void => {
    let left = 0;
    for (let index = start; index < end; index++) {
      const itemWidth = clampRatio(items[index]?.ratio ?? 1) * height;
      lefts[index] = left;
      widths[index] = itemWidth;
      rowOf[index] = rows.length;
      left += itemWidth + gap;
    }
    rows.push({ kind: 'pictures', top, height, start, end });
    top += height + gap;
  };

  for (let day = 0; day < items.length;) {
    const dayEnd = endOfDay(items, day);
    if (headerHeight > 0) {
      rows.push({ kind: 'header', top, height: headerHeight, start: day, end: dayEnd });
      top += headerHeight;
    }
    let start = day;
    let sum = 0;
    for (let index = day; index < dayEnd; index++) {
      const ratio = clampRatio(items[index]?.ratio ?? 1);
      const full = (count: number, total: number): number => (width - gap * (count - 1)) / total;
      const count = index - start;
      const before = count > 0 ? full(count, sum) : Infinity;
      const after = full(count + 1, sum + ratio);
      // A row closes before the item that would take it further from the wanted height than it is now.
      if (count > 0 && after < targetHeight && targetHeight - after > before - targetHeight) {
        place(start, index, before);
        start = index;
        sum = ratio;
      } else {
        sum += ratio;
      }
    }
    const rest = (width - gap * (dayEnd - start - 1)) / sum;
    // The last row of a day is not blown up to the full width.
    place(start, dayEnd, rest > targetHeight * 1.25 ? targetHeight : rest);
    day = dayEnd;
  }
  return { rows, height: Math.max(0, top - gap), lefts, widths, rowOf };
}
