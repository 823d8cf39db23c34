// Whether the core has started, and trying again if it could not.

import type { ApiError } from '$/lib/ipc/generated/api';

export class Start {
  /** Why there is no core; `null` while it is there or still starting. */
  failure = $state.raw<ApiError | null>(null);
  isTrying = $state(false);

  /** `begin` asks for the core; its answer comes by `succeeded` or `failed`. */
  constructor(private readonly begin: () => void) {}

  try(): void {
    this.isTrying = true;
    this.begin();
  }

  succeeded(): void {
    this.failure = null;
    this.isTrying = false;
  }

  failed(error: ApiError): void {
    this.failure = error;
    this.isTrying = false;
  }
}
