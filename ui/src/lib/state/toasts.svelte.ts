// Short messages at the rim of the window, some with an undo.

import { PRESENTATION } from '$/lib/errors/presentation';
import type { Key, Params } from '$/lib/i18n/i18n.svelte';
import { toApiError } from '$/lib/ipc/call';

export type ToastTone = 'plain' | 'good' | 'warning' | 'error';

export interface ToastAction {
  readonly label: Key;
  readonly run: () => void;
}

export interface Toast {
  readonly id: number;
  readonly tone: ToastTone;
  readonly text: Key;
  readonly params: Params;
  readonly action: ToastAction | null;
  /** English words and the report's id, for whoever has to look into it. */
  readonly details: string | null;
}

const SHOWN_MS = 5000;
const SHOWN_WITH_ACTION_MS = 7000;
const MOST = 3;

export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #next = 1;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(
    text: Key,
    options: { tone?: ToastTone; params?: Params; action?: ToastAction; details?: string } = {},
  ): void {
    const toast: Toast = {
      id: this.#next++,
      tone: options.tone ?? 'plain',
      text,
      params: options.params ?? {},
      action: options.action ?? null,
      details: options.details ?? null,
    };
    this.list = [...this.list.filter((one) => one.text !== text).slice(1 - MOST), toast];
    this.#arm(toast);
  }

  /** Says what went wrong; states that the frame already shows stay silent. */
  fail(thrown: unknown): void {
    const error = toApiError(thrown);
    const { severity, text } = PRESENTATION[error.code];
    if (severity === 'silent') return;
    const details = error.report_id === '' ? error.message : `${error.message} · ${error.report_id}`;
    this.show(text, { tone: severity, details });
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  act(toast: Toast): void {
    this.dismiss(toast.id);
    toast.action?.run();
  }

  /** Nobody has to hurry while reading. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
  }

  release(id: number): void {
    const toast = this.list.find((one) => one.id === id);
    if (toast !== undefined) this.#arm(toast);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #arm(toast: Toast): void {
    clearTimeout(this.#timers.get(toast.id));
    const shown = toast.action === null && toast.tone !== 'error' ? SHOWN_MS : SHOWN_WITH_ACTION_MS;
    this.#timers.set(
      toast.id,
      setTimeout(() => this.dismiss(toast.id), shown),
    );
  }
}
