// One attempt at a time to get in, and what to say when it fails.

import { PRESENTATION, type ErrorAction } from '$/lib/errors/presentation';
import type { Key } from '$/lib/i18n/i18n.svelte';
import { toApiError } from '$/lib/ipc/call';
import type { ApiError } from '$/lib/ipc/generated/api';

export class Attempt {
  isRunning = $state(false);
  error = $state.raw<ApiError | null>(null);
  readonly text = $derived<Key | null>(this.error === null ? null : PRESENTATION[this.error.code].text);
  readonly action = $derived<ErrorAction | null>(
    this.error === null ? null : (PRESENTATION[this.error.code].action ?? null),
  );

  /** `true` when it succeeded. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.isRunning) return false;
    this.isRunning = true;
    this.error = null;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.error = toApiError(thrown);
      return false;
    } finally {
      this.isRunning = false;
    }
  }

  clear(): void {
    this.error = null;
  }
}
