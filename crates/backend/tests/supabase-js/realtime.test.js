// Changes through realtime-js: one's own, and nobody else's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok, signedUp, until } from './project.js';

/** Subscribes as an app does and waits until changes really flow. */
async function listen(supabase, received) {
  const state = { live: false, status: '' };
  const channel = supabase.channel('changes');
  for (const event of ['INSERT', 'UPDATE']) {
    const wanted = { event, schema: 'public', table: 'sync_changes' };
    channel.on('postgres_changes', wanted, (payload) => received.push(payload));
  }
  channel.on('system', {}, (payload) => {
    state.live ||= payload.status === 'ok';
  });
  channel.subscribe((status) => {
    state.status = status;
  });
  await until('the subscription is live', () => state.live && state.status === 'SUBSCRIBED');
  return channel;
}

test('a subscriber sees its own change and not another’s', async () => {
  const [ada, bob] = [await signedUp(), await signedUp()];
  const [seenByAda, seenByBob] = [[], []];
  await listen(ada.supabase, seenByAda);
  await listen(bob.supabase, seenByBob);
  const save = async ({ supabase, id }, theme) =>
    ok(
      await supabase.from('user_preferences').upsert(
        { user_id: id, preference_type: 'ui_preferences', preference_value: { theme } },
        { onConflict: 'user_id,preference_type' },
      ),
    );
  try {
    await save(ada, 'dark');
    const own = await until('Ada sees her change', () => seenByAda.find((change) => change.new.user_id === ada.id));
    assert.equal(own.table, 'sync_changes');
    // A sealed order: what Bob sees after this came later than what he must not see.
    await save(bob, 'light');
    await until('Bob sees his', () => seenByBob.find((change) => change.new.user_id === bob.id));
    await save(ada, 'system');
    await until('Ada sees the next', () => seenByAda.length >= 2);
    const users = (seen) => [...new Set(seen.map((change) => change.new.user_id))];
    assert.deepEqual(users(seenByAda), [ada.id]);
    assert.deepEqual(users(seenByBob), [bob.id]);
    // A fresh token goes on with the same subscription.
    ok(await ada.supabase.auth.refreshSession());
    const before = seenByAda.length;
    await save(ada, 'dark');
    await until('Ada still sees', () => seenByAda.length > before);
  } finally {
    await ada.supabase.removeAllChannels();
    await bob.supabase.removeAllChannels();
  }
});
