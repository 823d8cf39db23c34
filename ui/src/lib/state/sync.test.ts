import { describe, expect, it } from 'vitest';
import type { Call } from '$/lib/ipc/call';
import type { ConflictView, StorageView, SyncView } from '$/lib/ipc/generated/api';
import { Storage } from './storage.svelte';
import { Sync } from './sync.svelte';
import { percent, syncSentence, syncWord } from './syncWord';

function view(patch: Partial<SyncView> = {}): SyncView {
  return {
    phase: 'up_to_date',
    offline: false,
    to_send: 0,
    to_fetch: 0,
    to_fetch_bytes: 0,
    progress: null,
    held: false,
    conflicts: 0,
    parked: 0,
    last_success_at: 1,
    problem: null,
    ...patch,
  };
}

describe('syncWord', () => {
  it('says one thing, and never that all is well when something is stuck', () => {
    expect(syncWord(view(), null, false)).toMatchObject({ tone: 'good', key: 'sync.up_to_date' });
    expect(syncWord(view({ phase: 'needs_you', parked: 2, to_send: 5 }), null, false)).toMatchObject({
      tone: 'warn',
      key: 'sync.parked',
      params: { count: 2 },
    });
    expect(syncWord(view({ phase: 'waiting_for_network', to_send: 3 }), null, false)).toMatchObject({
      tone: 'idle',
      key: 'sync.offline_to_send',
      params: { count: 3 },
    });
    expect(syncWord(view(), 'disk_full', false).tone).toBe('warn');
    expect(syncWord(view({ phase: 'paused', to_fetch: 4 }), null, false).tone).toBe('idle');
  });

  it('does not speak of what takes a moment only', () => {
    const sending = view({ phase: 'sending', to_send: 1 });
    expect(syncWord(sending, null, false).key).toBe('sync.up_to_date');
    expect(syncWord(sending, null, true).key).toBe('sync.to_send');
    expect(syncWord({ ...sending, held: true }, null, false).key).toBe('sync.to_send');
  });

  it('asks about a conflict once nothing else is to be said', () => {
    const conflict = view({ conflicts: 2 });
    const word = { tone: 'warn', key: 'sync.conflicts', params: { count: 2 } };
    expect(syncWord(conflict, null, false)).toEqual(word);
    expect(syncSentence(conflict, null)).toBe('sync.sentence.conflicts');
    expect(syncWord({ ...conflict, phase: 'fetching' }, null, false)).toEqual(word);
    const offline: SyncView = { ...conflict, phase: 'waiting_for_network' };
    expect(syncWord(offline, null, false).key).toBe('sync.waiting_for_network');
    expect(syncSentence(offline, null)).toBe('sync.sentence.waiting_for_network');
  });

  it('says in the sentence what the requests wait for', () => {
    const sending = view({ phase: 'sending', to_send: 1 });
    expect(syncSentence(sending, null)).toBe('sync.sentence.sending');
    expect(syncSentence({ ...sending, held: true }, null)).toBe('sync.sentence.held');
    expect(syncSentence(sending, 'disk_full')).toBe('error.disk_full');
    expect(syncSentence(null, null)).toBe('sync.sentence.fetching');
  });

  it('tells how far a long pull has come, and 100 only when it is over', () => {
    const pulling = view({ phase: 'fetching', progress: { received: 430, expected: 1000 } });
    expect(syncWord(pulling, null, true)).toMatchObject({ key: 'sync.progress', params: { percent: 43 } });
    expect(percent(view({ progress: { received: 1000, expected: 1000 } }))).toBe(99);
    expect(percent(view({ progress: { received: 0, expected: 0 } }))).toBe(0);
  });
});

describe('Sync', () => {
  it('settles a conflict and asks what is left', async () => {
    const conflict: ConflictView = {
      id: 7,
      subject: 'ui_preferences',
      model_id: null,
      field: 'zoom',
      theirs: 2,
      yours: 3,
      found_at: 1,
    };
    let left = [conflict];
    const asked: unknown[] = [];
    const call = ((name: string, args: unknown) => {
      if (name === 'conflict_settle') {
        asked.push(args);
        left = [];
      }
      return Promise.resolve(name === 'conflict_list' ? left : []);
    }) as Call;
    const sync = new Sync(call);
    await sync.reloadOutbox();
    expect(sync.conflicts).toEqual([conflict]);
    await sync.settle(7, true);
    expect(asked).toEqual([{ id: 7, take_theirs: true }]);
    expect(sync.conflicts).toEqual([]);
  });
});

describe('Storage', () => {
  it('changes one part of the choice and keeps the others', async () => {
    const asked: unknown[] = [];
    const answer: StorageView = {
      policy: { originals: 'all', cap_bytes: 5, pause_on_metered: true },
      thumbnails: 1,
      originals: 2,
      favorites: 0,
      recent: 0,
      all: 2,
    };
    const call = ((name: string, args: unknown) => {
      if (name === 'storage_change') asked.push(args);
      return Promise.resolve(answer);
    }) as Call;
    const storage = new Storage(call);
    await storage.change({ originals: 'none' });
    expect(asked).toEqual([{ originals: 'none', cap_bytes: 5, pause_on_metered: true }]);
    expect(storage.used).toBe(3);
  });
});
