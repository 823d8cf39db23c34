// The order of the pictures: ids with what the layout needs, newest first.

import type { Call } from '$/lib/ipc/call';
import type { GalleryIndex, ImageView, ShelfView } from '$/lib/ipc/generated/api';
import type { Refreshed } from './images.svelte';
import { Reload } from './reload';

export interface GalleryItem {
  readonly id: string;
  readonly ratio: number;
  readonly at: number;
  readonly color: string;
}

/** An order of pictures that one can step through. */
export interface Sequence {
  readonly length: number;
  at(index: number): string | undefined;
  indexOf(id: string): number;
}

/** A fixed order, such as the pictures of one request. */
export function sequenceOf(ids: readonly string[]): Sequence {
  return { length: ids.length, at: (index) => ids[index], indexOf: (id) => ids.indexOf(id) };
}

export function itemsOf(index: GalleryIndex): GalleryItem[] {
  return index.ids.map((id, n) => ({
    id,
    ratio: index.ratios[n] ?? 1,
    at: index.created_at[n] ?? 0,
    color: index.colors[n] ?? '',
  }));
}

export class Gallery implements Sequence {
  items = $state.raw<readonly GalleryItem[]>([]);
  /** `false` until the first answer: an empty gallery and an unknown one look different. */
  isLoaded = $state(false);
  error = $state.raw<unknown>(null);
  readonly #positions = $derived(new Map(this.items.map((item, n) => [item.id, n])));
  readonly #index: Reload;

  constructor(
    call: Call,
    readonly shelf: ShelfView,
  ) {
    this.#index = new Reload(async () => {
      try {
        this.items = itemsOf(await call('gallery_index', { shelf }));
        this.error = null;
      } catch (thrown) {
        this.error = thrown;
      }
      this.isLoaded = true;
    });
  }

  get length(): number {
    return this.items.length;
  }

  at(index: number): string | undefined {
    return this.items[index]?.id;
  }

  indexOf(id: string): number {
    return this.#positions.get(id) ?? -1;
  }

  reload(): Promise<void> {
    return this.#index.run();
  }

  /** Asks for the order again only when the change touches it: most changes are of a tile's inside. */
  async follow({ views, gone }: Refreshed): Promise<void> {
    const moved =
      gone.some((id) => this.indexOf(id) >= 0) ||
      views.some((view) => this.#belongs(view) !== this.indexOf(view.id) >= 0);
    if (moved) await this.reload();
  }

  #belongs(view: ImageView): boolean {
    if (this.shelf === 'trash') return view.is_trashed;
    return !view.is_trashed && (this.shelf === 'gallery' || view.is_favorite);
  }

  clear(): void {
    this.items = [];
    this.isLoaded = false;
    this.error = null;
  }
}
