// The state of synchronization in one word and in one sentence. Pure: the frame draws the one, the panel
// says the other.

import type { ErrorCode, SyncView } from '$/lib/ipc/generated/api';
import { PRESENTATION } from '$/lib/errors/presentation';
import type { Key, Params } from '$/lib/i18n/i18n.svelte';

export type Tone = 'good' | 'busy' | 'idle' | 'warn';

export interface SyncWord {
  readonly tone: Tone;
  readonly key: Key;
  readonly params: Params;
}

type Phase = SyncView['phase'];

const TONES: Readonly<Record<Phase, Tone>> = {
  signed_out: 'idle',
  needs_sign_in: 'warn',
  needs_you: 'warn',
  waiting_for_network: 'idle',
  sending: 'busy',
  fetching: 'busy',
  paused: 'idle',
  up_to_date: 'good',
};

/** `isLong`: what takes longer than a moment; a shorter exchange is not worth a word. */
export function syncWord(view: SyncView | null, problem: ErrorCode | null, isLong: boolean): SyncWord {
  if (view === null) return { tone: 'busy', key: 'sync.fetching_rows', params: {} };
  if (problem !== null) return { tone: 'warn', key: 'sync.problem', params: {} };
  const tone = TONES[view.phase];
  switch (view.phase) {
    case 'needs_you':
      return { tone, key: 'sync.parked', params: { count: view.parked } };
    case 'waiting_for_network':
      return view.to_send > 0
        ? { tone, key: 'sync.offline_to_send', params: { count: view.to_send } }
        : { tone, key: 'sync.waiting_for_network', params: {} };
    case 'sending':
      // Held requests wait for others to end, however short the exchange was.
      return isLong || view.held
        ? { tone, key: 'sync.to_send', params: { count: view.to_send } }
        : quiet(view);
    case 'fetching':
      return isLong ? fetching(view) : quiet(view);
    case 'paused':
      return { tone, key: 'sync.to_fetch_paused', params: { count: view.to_fetch } };
    case 'signed_out':
    case 'needs_sign_in':
      return { tone, key: `sync.${view.phase}`, params: {} };
    case 'up_to_date':
      return quiet(view);
  }
}

/** Nothing moves. A conflict stops nothing either, but without a word nobody would ever find it. */
function quiet(view: SyncView): SyncWord {
  return view.conflicts > 0
    ? { tone: 'warn', key: 'sync.conflicts', params: { count: view.conflicts } }
    : { tone: 'good', key: 'sync.up_to_date', params: {} };
}

/** The same at more length, for the panel and the title of the pill. */
export function syncSentence(view: SyncView | null, problem: ErrorCode | null): Key {
  if (problem !== null) return PRESENTATION[problem].text;
  if (view === null) return 'sync.sentence.fetching';
  if (view.phase === 'sending' && view.held) return 'sync.sentence.held';
  if (view.phase === 'up_to_date' && view.conflicts > 0) return 'sync.sentence.conflicts';
  return `sync.sentence.${view.phase}`;
}

function fetching(view: SyncView): SyncWord {
  if (view.progress !== null)
    return { tone: 'busy', key: 'sync.progress', params: { percent: percent(view) } };
  return view.to_fetch > 0
    ? { tone: 'busy', key: 'sync.to_fetch', params: { count: view.to_fetch } }
    : { tone: 'busy', key: 'sync.fetching_rows', params: {} };
}

/** How far a long pull has come, never 100 before it is over. */
export function percent(view: SyncView): number {
  const { received, expected } = view.progress ?? { received: 0, expected: 1 };
  return Math.min(99, Math.floor((100 * received) / Math.max(1, expected)));
}
