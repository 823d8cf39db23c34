// Where the exchange with the server stands, and what waits to be sent.

import type { Call } from '$/lib/ipc/call';
import type { ConflictView, IntentView, SyncView } from '$/lib/ipc/generated/api';
import { Reload } from './reload';

export class Sync {
  view = $state.raw<SyncView | null>(null);
  intents = $state.raw<readonly IntentView[]>([]);
  readonly isOffline = $derived(this.view?.offline ?? false);
  /** What keeps the exchange from moving on, other than silence. */
  readonly problem = $derived(this.view?.problem ?? null);
  readonly parked = $derived(this.intents.filter((intent) => intent.state.state === 'parked'));
  /** What needs the user stands first. */
  readonly ordered = $derived([
    ...this.parked,
    ...this.intents.filter((intent) => intent.state.state !== 'parked'),
  ]);
  conflicts = $state.raw<readonly ConflictView[]>([]);

  readonly #outbox: Reload;

  constructor(private readonly call: Call) {
    this.#outbox = new Reload(async () => {
      const [intents, conflicts] = await Promise.all([this.call('outbox_list'), this.call('conflict_list')]);
      this.intents = intents;
      this.conflicts = conflicts;
    });
  }

  apply(view: SyncView): void {
    this.view = view;
  }

  reloadOutbox(): Promise<void> {
    return this.#outbox.run();
  }

  async now(): Promise<void> {
    this.view = await this.call('sync_now');
  }

  async retry(id: string, maxCost: number | null = null): Promise<void> {
    await this.call('outbox_retry', { id, max_cost: maxCost });
    await this.reloadOutbox();
  }

  async discard(id: string): Promise<void> {
    await this.call('outbox_discard', { id, max_cost: null });
    await this.reloadOutbox();
  }

  /** Keeps what stands, or takes the other device's value. */
  async settle(id: number, takeTheirs: boolean): Promise<void> {
    await this.call('conflict_settle', { id, take_theirs: takeTheirs });
    await this.reloadOutbox();
  }

  clear(): void {
    this.intents = [];
    this.conflicts = [];
  }
}

/** The new price in a parked intent whose price changed; `null` when the server named none. */
export function newPrice(intent: IntentView): number | null {
  if (intent.state.state !== 'parked' || intent.state.reason !== 'price_changed') return null;
  const price = Number(intent.state.detail);
  return Number.isInteger(price) && price > 0 ? price : null;
}
