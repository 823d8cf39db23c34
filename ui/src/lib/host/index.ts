// Chooses the host this page runs in.

import { isTauri } from '@tauri-apps/api/core';
import { BridgeHost } from './bridge';
import type { Host } from './host';
import { TauriHost } from './tauri';

const TOKEN_KEY = 'amethyst.bridge-token';

export type { Host, Subscription } from './host';

export function openHost(): Host {
  if (isTauri()) return new TauriHost();
  const page = new URL(location.href);
  const fromAddress = page.searchParams.get('token');
  if (fromAddress !== null) {
    // Kept for a reload of this tab; taken out of the address so that it is not copied along.
    sessionStorage.setItem(TOKEN_KEY, fromAddress);
    page.searchParams.delete('token');
    history.replaceState(null, '', page);
  }
  return new BridgeHost(fromAddress ?? sessionStorage.getItem(TOKEN_KEY) ?? '');
}
