// A program of ours as a child: started, awaited, ended by closing its standard input.

import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const BIN = process.env['AMETHYST_BIN_DIR'] ?? join(ROOT, 'target', 'debug');
const START_MS = 60_000;
const STOP_MS = 20_000;

export class Program {
  private constructor(
    private readonly child: ChildProcess,
    private readonly ended: Promise<void>,
  ) {}

  /** Starts it; its words go to `log`. Resolves with the first line for which `ready` answers. */
  static async start<T>(
    name: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    log: string,
    ready: (line: string) => T | Promise<T> | null,
  ): Promise<{ program: Program; answer: T }> {
    const child = spawn(join(BIN, name), args, {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = createWriteStream(log, { flags: 'a' });
    child.stderr?.pipe(output);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const program = new Program(child, ended);
    const answer = await new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${name} did not start; see ${log}`)), START_MS);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${name} ended with ${code}; see ${log}`)));
      createInterface({ input: child.stdout! }).on('line', (line) => {
        output.write(`${line}\n`);
        const found = ready(line);
        if (found === null) return;
        clearTimeout(timer);
        resolve(found);
      });
    });
    return { program, answer };
  }

  /** Lets it end as it would when its starter goes; only if it does not, by its process id. */
  async stop(): Promise<void> {
    this.child.stdin?.end();
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await this.ended;
    clearTimeout(late);
  }
}
