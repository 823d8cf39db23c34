// What this device keeps, and the room it takes.

import type { Call } from '$/lib/ipc/call';
import type { StoragePolicyView, StorageView } from '$/lib/ipc/generated/api';
import { Reload } from './reload';

/** Between two additions while files come and go. */
const FOLLOW_MS = 700;

export class Storage {
  view = $state.raw<StorageView | null>(null);
  readonly used = $derived(this.view === null ? 0 : this.view.thumbnails + this.view.originals);
  readonly #view: Reload;
  #watchers = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly call: Call) {
    this.#view = new Reload(async () => {
      this.view = await this.call('storage_current');
    });
  }

  reload(): Promise<void> {
    return this.#view.run();
  }

  /** Loads, and follows what changes until the answer is called: adding up a large library takes a moment. */
  watch(onError: (thrown: unknown) => void): () => void {
    this.#watchers++;
    this.reload().catch(onError);
    return () => this.#watchers--;
  }

  /** Something changed that takes room: a little later it is added up again, where somebody looks. */
  follow(): void {
    if (this.#watchers === 0 || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // The next change asks again.
      this.reload().catch(() => undefined);
    }, FOLLOW_MS);
  }

  async change(patch: Partial<StoragePolicyView>): Promise<void> {
    if (this.view === null) await this.reload();
    if (this.view === null) return;
    this.view = await this.call('storage_change', { ...this.view.policy, ...patch });
  }

  clear(): void {
    this.view = null;
  }
}
