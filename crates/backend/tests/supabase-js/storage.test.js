// Files through storage-js.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok, signedUp, url } from './project.js';

const picture = new Uint8Array(2000).map((_, index) => index % 251);

test('a file is uploaded, read, signed, listed and removed', async () => {
  const { supabase, id } = await signedUp();
  const sources = supabase.storage.from('sources');
  const path = `${id}/fox & co (1).png`;
  const body = new Blob([picture], { type: 'image/png' });
  assert.equal(ok(await sources.upload(path, body)).path, path);
  const twice = await sources.upload(path, body);
  assert.equal(twice.error.message, 'The resource already exists');
  ok(await sources.upload(path, picture, { upsert: true, contentType: 'image/png' }));
  const bytes = async (blob) => new Uint8Array(await blob.arrayBuffer());
  assert.deepEqual(await bytes(ok(await sources.download(path))), picture);

  const { signedUrl } = ok(await sources.createSignedUrl(path, 60));
  const signed = await fetch(signedUrl);
  assert.deepEqual([signed.status, signed.headers.get('content-type')], [200, 'image/png']);
  assert.deepEqual(await bytes(await signed.blob()), picture);
  const part = await fetch(signedUrl, { headers: { range: 'bytes=10-19' } });
  assert.deepEqual([part.status, (await bytes(await part.blob())).length], [206, 10]);
  const same = await fetch(signedUrl, { headers: { 'if-none-match': signed.headers.get('etag') } });
  assert.equal(same.status, 304);

  const [listed] = ok(await sources.list(id));
  assert.equal(listed.name, path.split('/')[1]);
  assert.equal(listed.metadata.size, picture.length);
  assert.equal(listed.metadata.mimetype, 'image/png');
  assert.equal(ok(await sources.remove([path])).length, 1);
  assert.ok((await sources.download(path)).error);
});

test('the bucket and its policies decide', async () => {
  const [ada, bob] = [await signedUp(), await signedUp()];
  const body = new Blob([picture], { type: 'image/png' });
  const path = `${ada.id}/a.png`;
  ok(await ada.supabase.storage.from('sources').upload(path, body));
  const theirs = bob.supabase.storage.from('sources');
  assert.ok((await theirs.download(path)).error);
  assert.ok((await theirs.createSignedUrl(path, 60)).error);
  assert.match((await theirs.upload(`${ada.id}/b.png`, body)).error.message, /row-level security/);
  assert.deepEqual(ok(await theirs.remove([path])), []);
  assert.deepEqual(ok(await theirs.list(ada.id)), []);
  const text = new Blob(['x'], { type: 'text/plain' });
  const odd = await ada.supabase.storage.from('sources').upload(`${ada.id}/a.txt`, text);
  assert.match(odd.error.message, /mime type text\/plain is not supported/);

  ok(await ada.supabase.storage.from('avatars').upload(`${ada.id}/me.png`, body));
  const { publicUrl } = bob.supabase.storage.from('avatars').getPublicUrl(`${ada.id}/me.png`).data;
  assert.ok(publicUrl.startsWith(`${url}/storage/v1/object/public/`));
  assert.equal((await fetch(publicUrl)).status, 200);
});
