// Rows and functions through postgrest-js.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { client, ok, signedUp } from './project.js';

const preference = (user_id, preference_type, preference_value) => ({
  user_id,
  preference_type,
  preference_value,
});

test('rows are inserted, selected, changed, merged and deleted', async () => {
  const { supabase, id } = await signedUp();
  const table = () => supabase.from('user_preferences');
  const one = ok(
    await table().insert(preference(id, 'ui_preferences', { theme: 'dark' })).select().single(),
  );
  assert.deepEqual(one.preference_value, { theme: 'dark' });
  assert.equal(one.user_id, id);
  // Several at once: the client names the columns in quotes.
  const more = [
    preference(id, 'safety_settings', { strict: true }),
    preference(id, 'style_preferences', { styles: ['ink, pastel', '"neon"'] }),
  ];
  const inserted = await table().insert(more);
  assert.deepEqual([inserted.status, inserted.error, inserted.data], [201, null, null]);

  const types = async (query) => ok(await query).map((row) => row.preference_type);
  const select = () => table().select('preference_type').order('preference_type');
  const all = ['safety_settings', 'style_preferences', 'ui_preferences'];
  assert.deepEqual(await types(select()), all);
  assert.deepEqual(await types(select().eq('preference_type', 'ui_preferences')), [all[2]]);
  assert.deepEqual(await types(select().neq('preference_type', all[0])), all.slice(1));
  assert.deepEqual(await types(select().in('preference_type', [all[0], all[2], 'a,b'])), [all[0], all[2]]);
  assert.deepEqual(await types(select().like('preference_type', '%_preferences')), all.slice(1));
  assert.deepEqual(await types(select().or(`preference_type.eq.${all[0]},preference_value->>theme.eq.dark`)), [all[0], all[2]]);
  assert.deepEqual(await types(select().contains('preference_value', { strict: true })), [all[0]]);
  assert.deepEqual(await types(select().not('preference_value->>theme', 'is', null)), [all[2]]);
  assert.deepEqual(await types(select().range(1, 1)), [all[1]]);
  assert.deepEqual(await types(select().gt('created_at', '2100-01-01')), []);
  const counted = await table().select('*', { count: 'exact', head: true });
  assert.deepEqual([counted.count, counted.data], [3, null]);
  const limited = await select().limit(2).order('preference_type', { ascending: false });
  assert.equal(limited.status, 200);

  const changed = ok(
    await table().update({ preference_value: { theme: 'light' } }).eq('id', one.id).select('preference_value'),
  );
  assert.deepEqual(changed, [{ preference_value: { theme: 'light' } }]);
  const merged = ok(
    await table()
      .upsert(preference(id, 'ui_preferences', { theme: 'system' }), { onConflict: 'user_id,preference_type' })
      .select('id, preference_value')
      .single(),
  );
  assert.deepEqual(merged, { id: one.id, preference_value: { theme: 'system' } });
  assert.equal((await table().delete().eq('id', one.id)).status, 204);
  assert.equal(ok(await table().select().eq('id', one.id).maybeSingle()), null);
  assert.equal((await table().select().eq('id', one.id).single()).error.code, 'PGRST116');
});

test('nobody reads or writes for another', async () => {
  const [ada, bob] = [await signedUp(), await signedUp()];
  const stolen = await bob.supabase.from('user_preferences').insert(preference(ada.id, 'ui_preferences', {}));
  assert.deepEqual([stolen.status, stolen.error.code], [403, '42501']);
  ok(await ada.supabase.from('user_preferences').insert(preference(ada.id, 'ui_preferences', {})));
  assert.deepEqual(ok(await bob.supabase.from('user_preferences').select()), []);
  const anonymous = await client().from('user_preferences').select();
  assert.ok(anonymous.error?.code === '42501' || anonymous.data?.length === 0);
});

test('functions are called, and refuse with status and code', async () => {
  const { supabase, id } = await signedUp();
  assert.equal(ok(await supabase.rpc('check_user_credits', { user_id: id, required_credits: 100 })), true);
  const request = {
    p_id: randomUUID(),
    p_model_id: 'sketch',
    p_prompt: 'un renard dans la brume, "été" {l\'aube}',
    p_num_outputs: 2,
    p_hf_loras: ['AndyVampiro/fog'],
    p_lora_scales: [0.5],
    p_width: null,
    p_prompt_suggestion_id: null,
    p_metadata: { from: 'supabase-js' },
  };
  const first = ok(await supabase.rpc('request_generation', request));
  assert.equal(ok(await supabase.from('profiles').select('credits_balance').single()).credits_balance, 98);
  const replayed = ok(await supabase.rpc('request_generation', request));
  assert.equal(replayed.prompt_id, first.prompt_id);
  assert.equal(ok(await supabase.from('profiles').select('credits_balance').single()).credits_balance, 98);
  const prompt = ok(await supabase.from('prompts').select().eq('id', request.p_id).single());
  assert.equal(prompt.prompt, request.p_prompt);
  assert.deepEqual([prompt.hf_loras, prompt.lora_scales], [['AndyVampiro/fog'], [0.5]]);
  assert.equal(prompt.metadata.from, 'supabase-js');
  const unknown = await supabase.rpc('request_generation', { ...request, p_id: randomUUID(), p_model_id: 'no' });
  assert.equal(unknown.error.message, 'unknown_model');
  assert.match(unknown.error.code, /^PT4\d\d$/);
  assert.equal(unknown.status, Number(unknown.error.code.slice(2)));
  const page = ok(await supabase.rpc('pull_changes', { p_limit: 500 }));
  assert.ok(page.changes.some((change) => change.table === 'prompts' && change.id === request.p_id));
  assert.equal((await supabase.rpc('no_such_function')).error.code, 'PGRST202');
});
