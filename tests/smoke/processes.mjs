// Programs that are started and must be ended: each in a process group of its own.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** Starts a program with nothing to read and its complaints on our standard error. */
export function start(program, args, env = process.env) {
  return spawn(program, args, { env, detached: true, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Starts a program that ends when its standard input closes. Its log is dropped. */
export function lifeline(program, args) {
  return spawn(program, args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
}

/** Waits for the end of a program and answers its exit code, `null` if a signal ended it. */
export function ended(child) {
  const { exitCode, signalCode } = child;
  if (exitCode !== null || signalCode !== null) return Promise.resolve(exitCode);
  return new Promise((resolve) => child.once('exit', resolve));
}

/** Ends a program: politely, then its whole group. */
export async function end(child) {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = ended(child);
    if (child.stdin) child.stdin.end();
    else signal(child, 'SIGTERM');
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 15_000))]);
  }
  signal(child, 'SIGKILL');
}

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // Nobody of the group is left.
  }
}

/** A port on loopback that is free at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
