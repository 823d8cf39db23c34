// The project under test: named by the environment (`AMETHYST_URL`, `AMETHYST_ANON_KEY`), as the Rust
// test does, or a throw-away backend of our own from `AMETHYST_BIN_DIR`.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@supabase/supabase-js';
import WebSocket from 'ws';

const project = await find();
export const url = project.url;

async function find() {
  const { AMETHYST_URL, AMETHYST_ANON_KEY, AMETHYST_BIN_DIR } = process.env;
  if (AMETHYST_URL) return { url: AMETHYST_URL, anonKey: AMETHYST_ANON_KEY };
  if (!AMETHYST_BIN_DIR) throw new Error('set AMETHYST_URL and AMETHYST_ANON_KEY, or AMETHYST_BIN_DIR');
  const folder = await mkdtemp(join(tmpdir(), 'amethyst-supabase-js-'));
  const file = join(folder, 'backend.json');
  const options = ['--ephemeral', '--no-worker', '--stop-with-stdin', '--connection-file', file];
  const backend = spawn(join(AMETHYST_BIN_DIR, 'amethyst-backend'), options, {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => backend.once('exit', resolve));
  after(async () => {
    backend.stdin.end();
    await ended;
    await rm(folder, { recursive: true });
  });
  return until('the backend starts', async () => {
    if (backend.exitCode !== null) throw new Error(`the backend ended with ${backend.exitCode}`);
    const text = await readFile(file, 'utf8').catch(() => '');
    const { url, anon_key: anonKey } = text ? JSON.parse(text) : {};
    return url && { url, anonKey };
  });
}

/** A client as an app makes one, with nothing kept on disk. */
export function client() {
  return createClient(url, project.anonKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    realtime: { transport: WebSocket },
  });
}

export const password = 'correct horse battery';

/** A client signed in as a new user. */
export async function signedUp() {
  const supabase = client();
  const email = `${randomUUID()}@example.org`;
  const { user } = ok(await supabase.auth.signUp({ email, password }));
  return { supabase, email, id: user.id };
}

/** The data of an answer that must be none of an error. */
export function ok({ data, error }) {
  if (error) throw error;
  return data;
}

/** Waits for a condition; what it answers is handed on. */
export async function until(what, condition) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await sleep(30);
  }
}
