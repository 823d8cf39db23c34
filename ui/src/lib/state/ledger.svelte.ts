// The account's ledger, page by page.

import type { Call } from '$/lib/ipc/call';
import type { LedgerEntryView } from '$/lib/ipc/generated/api';
import { Reload } from './reload';

const PAGE = 60;
const MOST = 500;

export class Ledger {
  entries = $state.raw<readonly LedgerEntryView[]>([]);
  hasMore = $state(false);
  isLoaded = $state(false);
  error = $state.raw<unknown>(null);
  readonly #first: Reload;
  #loadingMore = false;

  constructor(private readonly call: Call) {
    this.#first = new Reload(async () => {
      try {
        // As many as are shown, so that a new line does not fold the list back.
        const limit = Math.min(MOST, Math.max(PAGE, this.entries.length));
        const page = await this.call('ledger_page', { after: null, limit });
        this.entries = page.entries;
        this.hasMore = page.has_more;
        this.error = null;
      } catch (thrown) {
        this.error = thrown;
      }
      this.isLoaded = true;
    });
  }

  reload(): Promise<void> {
    return this.#first.run();
  }

  async more(): Promise<void> {
    const last = this.entries.at(-1);
    if (!this.hasMore || this.#loadingMore || last === undefined) return;
    this.#loadingMore = true;
    try {
      const page = await this.call('ledger_page', { after: last.id, limit: PAGE });
      const known = new Set(this.entries.map((entry) => entry.id));
      this.entries = [...this.entries, ...page.entries.filter((entry) => !known.has(entry.id))];
      this.hasMore = page.has_more;
    } finally {
      this.#loadingMore = false;
    }
  }

  clear(): void {
    this.entries = [];
    this.hasMore = false;
    this.isLoaded = false;
    this.error = null;
  }
}
