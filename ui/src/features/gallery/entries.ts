// Pictures and requests under way as one list for the grid. Pure.

import type { Gallery, GalleryItem } from '$/lib/state/gallery.svelte';
import { ratioOf, type Generations } from '$/lib/state/generations.svelte';

export interface Entry extends GalleryItem {
  readonly kind: 'request' | 'picture';
}

/** Requests first, whenever they were made: what one waits for must not be searched. */
export function entriesOf(
  generations: Pick<Generations, 'active'>,
  gallery: Pick<Gallery, 'items' | 'shelf'>,
): Entry[] {
  const newest = gallery.items[0]?.at ?? 0;
  const requests = gallery.shelf === 'gallery' ? generations.active : [];
  return [
    ...requests.map((one) => ({
      kind: 'request' as const,
      id: one.id,
      ratio: ratioOf(one.draft),
      at: Math.max(one.created_at, newest),
      color: '',
    })),
    ...gallery.items.map((item) => ({ kind: 'picture' as const, ...item })),
  ];
}
