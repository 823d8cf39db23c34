// The desktop shell. Only this folder knows Tauri.

import { Channel, convertFileSrc, invoke } from '@tauri-apps/api/core';
import { toApiError } from '$/lib/ipc/call';
import type { ApiError, Commands, MediaVariantView, Notice } from '$/lib/ipc/generated/api';
import type { Host, Subscription } from './host';

export class TauriHost implements Host {
  call<K extends keyof Commands>(name: K, args: Commands[K][0]): Promise<Commands[K][1]> {
    return invoke('call', { name, args });
  }

  subscribe(
    onNotice: (notice: Notice) => void,
    _onGap: () => void,
    onFailure: (error: ApiError) => void,
  ): Subscription {
    const channel = new Channel<Notice>();
    let open = true;
    channel.onmessage = (notice) => {
      if (open) onNotice(notice);
    };
    invoke('subscribe', { channel }).catch((thrown: unknown) => {
      if (open) onFailure(toApiError(thrown));
    });
    return {
      close: () => {
        open = false;
      },
    };
  }

  mediaUrl(imageId: string, variant: MediaVariantView, hash: string): string {
    // `convertFileSrc` knows the form of a custom protocol's address on each platform.
    return `${convertFileSrc(imageId, 'media')}?v=${variant}&h=${hash}`;
  }
}
