// What the window's surroundings offer: the command table, the notices, and pictures by URL.

import type { ApiError, Commands, MediaVariantView, Notice } from '$/lib/ipc/generated/api';

export interface Subscription {
  close(): void;
}

export interface Host {
  /** Resolves to the command's result; rejects with the core's `ApiError` as plain JSON. */
  call<K extends keyof Commands>(name: K, args: Commands[K][0]): Promise<Commands[K][1]>;
  /**
   * The present state first, then everything that happens. `onGap` tells that notices may have been lost,
   * `onFailure` that there is no core to tell anything; subscribing again tries to start it.
   */
  subscribe(
    onNotice: (notice: Notice) => void,
    onGap: () => void,
    onFailure: (error: ApiError) => void,
  ): Subscription;
  /** Address of a picture's file; a changed file has another hash and so another address. */
  mediaUrl(imageId: string, variant: MediaVariantView, hash: string): string;
}
