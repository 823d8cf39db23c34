// The same core behind HTTP and a WebSocket on loopback: a browser in place of the desktop window.

import type { ApiError, Commands, MediaVariantView, Notice } from '$/lib/ipc/generated/api';
import type { Host, Subscription } from './host';

const RECONNECT_MS = 1000;

function unreachable(message: string): ApiError {
  return { code: 'internal', message, fields: [], retry: { when: 'now' }, report_id: '' };
}

export class BridgeHost implements Host {
  constructor(private readonly token: string) {}

  async call<K extends keyof Commands>(name: K, args: Commands[K][0]): Promise<Commands[K][1]> {
    let response: Response;
    try {
      response = await fetch(`call/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-amethyst-token': this.token },
        body: JSON.stringify(args),
      });
    } catch (cause) {
      throw unreachable(String(cause));
    }
    const body: unknown = await response.json().catch(() => null);
    if (response.ok) return body as Commands[K][1];
    throw body ?? unreachable(`the bridge answered ${response.status}`);
  }

  subscribe(onNotice: (notice: Notice) => void, onGap: () => void): Subscription {
    let socket: WebSocket | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let closed = false;
    const connect = (): void => {
      const url = new URL('subscribe', document.baseURI);
      url.protocol = url.protocol.replace('http', 'ws');
      url.search = new URLSearchParams({ token: this.token }).toString();
      socket = new WebSocket(url);
      socket.onmessage = (event: MessageEvent<string>) => onNotice(JSON.parse(event.data) as Notice);
      socket.onclose = () => {
        if (closed) return;
        timer = setTimeout(() => {
          connect();
          onGap();
        }, RECONNECT_MS);
      };
    };
    connect();
    return {
      close: () => {
        closed = true;
        clearTimeout(timer);
        socket?.close();
      },
    };
  }

  mediaUrl(imageId: string, variant: MediaVariantView, hash: string): string {
    const query = new URLSearchParams({ v: variant, h: hash, token: this.token });
    return `media/${imageId}?${query.toString()}`;
  }
}
