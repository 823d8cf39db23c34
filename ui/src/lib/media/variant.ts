// Which of a picture's files suits a box on screen. Pure.

import type { ImageView, MediaVariantView } from '$/lib/ipc/generated/api';

/** A little blur is better than four times the bytes: a thumbnail may be stretched by this much. */
const STRETCH = 1.15;
const THUMBNAILS = [
  ['256', 256],
  ['512', 512],
  ['768', 768],
] as const;

/**
 * The smallest file that fills `longSide` device pixels, among those on this machine; a smaller one when
 * none does; `null` when none is here yet.
 */
export function thumbnailFor(available: ImageView['available'], longSide: number): MediaVariantView | null {
  const here = THUMBNAILS.filter(([variant]) => available.includes(variant));
  const fitting = here.find(([, side]) => side * STRETCH >= longSide) ?? here.at(-1);
  if (fitting !== undefined) return fitting[0];
  return available.includes('original') ? 'original' : null;
}
