// Accounts and sessions through auth-js.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, ok, password, signedUp } from './project.js';

test('an account is made, used and left', async () => {
  const { supabase, email, id } = await signedUp();
  const { user } = ok(await supabase.auth.getUser());
  assert.equal(user.id, id);
  assert.deepEqual(user.app_metadata, { provider: 'email', providers: ['email'] });
  // Verified by the client itself, with the published key.
  const { claims, header } = ok(await supabase.auth.getClaims());
  assert.equal(header.alg, 'ES256');
  assert.equal(claims.sub, id);
  const events = [];
  supabase.auth.onAuthStateChange((event) => events.push(event));
  const changed = ok(await supabase.auth.updateUser({ data: { name: 'Ada' } }));
  assert.equal(changed.user.user_metadata.name, 'Ada');
  const { error } = await supabase.auth.signOut();
  assert.equal(error, null);
  assert.ok(events.includes('USER_UPDATED') && events.includes('SIGNED_OUT'), String(events));
  assert.equal((await supabase.auth.getSession()).data.session, null);
  const again = ok(await supabase.auth.signInWithPassword({ email, password }));
  assert.equal(again.user.id, id);
});

test('a session is refreshed, also after a lost answer', async () => {
  const { supabase } = await signedUp();
  const first = ok(await supabase.auth.getSession()).session;
  const second = ok(await supabase.auth.refreshSession()).session;
  assert.notEqual(second.refresh_token, first.refresh_token);
  // Another window that still holds the first token.
  const other = client();
  const replayed = ok(await other.auth.refreshSession({ refresh_token: first.refresh_token })).session;
  assert.equal(replayed.refresh_token, second.refresh_token);
  const unknown = await client().auth.refreshSession({ refresh_token: 'x'.repeat(24) });
  assert.equal(unknown.error.code, 'refresh_token_not_found');
});

test('refusals carry the codes that apps act on', async () => {
  const { email } = await signedUp();
  const taken = await client().auth.signUp({ email, password });
  assert.equal(taken.error.code, 'user_already_exists');
  assert.equal(taken.error.status, 422);
  const wrong = await client().auth.signInWithPassword({ email, password: 'wrong' });
  assert.equal(wrong.error.code, 'invalid_credentials');
  const weak = await client().auth.signUp({ email: `weak-${email}`, password: 'x' });
  assert.equal(weak.error.name, 'AuthWeakPasswordError');
  assert.deepEqual(weak.error.reasons, ['length']);
  assert.equal((await client().auth.resetPasswordForEmail(email)).error, null);
});
