// What this device keeps, and the room it takes.

import type { Call } from '$/lib/ipc/call';
import type { StoragePolicyView, StorageView } from '$/lib/ipc/generated/api';
import { Reload } from './reload';

export class Storage {
  view = $state.raw<StorageView | null>(null);
  readonly used = $derived(this.view === null ? 0 : this.view.thumbnails + this.view.originals);
  readonly #view: Reload;

  constructor(private readonly call: Call) {
    this.#view = new Reload(async () => {
      this.view = await this.call('storage_current');
    });
  }

  reload(): Promise<void> {
    return this.#view.run();
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
