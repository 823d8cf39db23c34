// Balance and counts of the open account.

import type { Call } from '$/lib/ipc/call';
import type { AccountView } from '$/lib/ipc/generated/api';
import { Reload } from './reload';

export class Account {
  view = $state.raw<AccountView | null>(null);
  /** What can be spent once everything waiting is sent. */
  readonly available = $derived(this.view === null ? null : this.view.balance - this.view.unsent_cost);

  readonly #account: Reload;

  constructor(call: Call) {
    this.#account = new Reload(async () => {
      this.view = await call('account_current');
    });
  }

  reload(): Promise<void> {
    return this.#account.run();
  }

  clear(): void {
    this.view = null;
  }
}
