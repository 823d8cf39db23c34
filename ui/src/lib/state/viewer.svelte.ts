// The picture one looks at: selected in the grid, shown in the inspector, or opened in the loupe.

import { toApiError, type Call } from '$/lib/ipc/call';
import type { ImageDetailView } from '$/lib/ipc/generated/api';
import type { Sequence } from './gallery.svelte';
import { Reload } from './reload';

export class Viewer {
  currentId = $state<string | null>(null);
  isOpen = $state(false);
  detail = $state.raw<ImageDetailView | null>(null);
  /** The chosen tab of the details, kept while stepping. */
  tab = $state<'image' | 'recipe' | 'receipt'>('image');
  #sequence = $state.raw<Sequence | null>(null);
  readonly #load: Reload;

  readonly position = $derived(
    this.currentId === null || this.#sequence === null ? -1 : this.#sequence.indexOf(this.currentId),
  );
  readonly count = $derived(this.#sequence?.length ?? 0);

  constructor(
    private readonly call: Call,
    onError: (thrown: unknown) => void,
  ) {
    this.#load = new Reload(async () => {
      const id = this.currentId;
      if (id === null) return;
      try {
        const detail = await call('image_detail', { id });
        if (this.currentId === id) this.detail = detail;
      } catch (thrown) {
        if (this.currentId !== id) return;
        this.detail = null;
        // Deleted while it was looked at: the gallery says so by not having it.
        if (toApiError(thrown).code === 'not_found') this.clear();
        else onError(thrown);
      }
    });
  }

  select(id: string, sequence: Sequence): void {
    this.#sequence = sequence;
    if (this.currentId === id) return;
    this.currentId = id;
    void this.#load.run();
  }

  open(id: string, sequence: Sequence): void {
    this.select(id, sequence);
    this.isOpen = true;
    this.#fetch(id);
  }

  /** The core fetches the original if it is not here; what it does not get it says by itself. */
  #fetch(id: string): void {
    this.call('image_open', { id }).catch(() => undefined);
  }

  close(): void {
    this.isOpen = false;
  }

  /** The id `step` places on, if there is one. */
  peek(step: number): string | undefined {
    return this.position < 0 ? undefined : this.#sequence?.at(this.position + step);
  }

  step(step: number): void {
    const id = this.peek(step);
    if (id === undefined || this.#sequence === null) return;
    this.select(id, this.#sequence);
    if (this.isOpen) this.#fetch(id);
  }

  reload(): void {
    if (this.currentId !== null) void this.#load.run();
  }

  clear(): void {
    this.currentId = null;
    this.detail = null;
    this.isOpen = false;
    this.#sequence = null;
  }
}
