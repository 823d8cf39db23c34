// Pictures by id: one small object a tile watches, so that a change repaints one tile.

import type { Call } from '$/lib/ipc/call';
import type { ImageChangeView, ImageView } from '$/lib/ipc/generated/api';

/** The most ids one question may carry. */
const BATCH = 500;
/** Beyond this the oldest asked for are forgotten; what is on screen asks again. */
const KEPT = 4000;

export class Tile {
  view = $state.raw<ImageView | null>(null);
  constructor(readonly id: string) {}
}

export interface Refreshed {
  readonly views: readonly ImageView[];
  readonly gone: readonly string[];
}

export class Images {
  readonly #tiles = new Map<string, Tile>();
  readonly #asking = new Set<string>();

  constructor(private readonly call: Call) {}

  tile(id: string): Tile {
    const present = this.#tiles.get(id);
    if (present !== undefined) return present;
    const tile = new Tile(id);
    this.#tiles.set(id, tile);
    this.#forgetOldest();
    return tile;
  }

  put(view: ImageView): void {
    this.tile(view.id).view = view;
  }

  /** Loads those that are not loaded yet. */
  async want(ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => this.tile(id).view === null && !this.#asking.has(id));
    if (missing.length > 0) await this.refresh(missing);
  }

  /** Loads again, and tells which no longer exist. */
  async refresh(ids: readonly string[]): Promise<Refreshed> {
    const views: ImageView[] = [];
    for (const id of ids) this.#asking.add(id);
    try {
      for (let start = 0; start < ids.length; start += BATCH) {
        views.push(...(await this.call('images_by_ids', { ids: ids.slice(start, start + BATCH) })));
      }
    } finally {
      for (const id of ids) this.#asking.delete(id);
    }
    const found = new Set<string>();
    for (const view of views) {
      found.add(view.id);
      this.put(view);
    }
    return { views, gone: ids.filter((id) => !found.has(id)) };
  }

  /** Loads everything again that is loaded. */
  async refreshAll(): Promise<void> {
    const loaded = [...this.#tiles.values()].filter((tile) => tile.view !== null).map((tile) => tile.id);
    await this.refresh(loaded);
  }

  async setFavorite(id: string, favorite: boolean): Promise<ImageView> {
    const view = await this.call('image_set_favorite', { id, favorite });
    this.put(view);
    return view;
  }

  async change(ids: readonly string[], change: ImageChangeView): Promise<void> {
    for (const view of await this.call('images_change', { ids: [...ids], change })) this.put(view);
  }

  clear(): void {
    this.#tiles.clear();
  }

  #forgetOldest(): void {
    if (this.#tiles.size <= KEPT) return;
    const oldest = this.#tiles.keys().next();
    if (!oldest.done) this.#tiles.delete(oldest.value);
  }
}
