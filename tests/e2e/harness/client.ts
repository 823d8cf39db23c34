// The client's core behind the bridge, on a folder of its own: one installation on one machine.

import { join } from 'node:path';
import { Program } from './program';
import type { Backend } from './backend';

const ROOT = join(import.meta.dirname, '..', '..', '..');

export class Client {
  /** Where to open the page. */
  url = '';
  #program: Program | null = null;

  constructor(
    private readonly folder: string,
    private readonly backend: Backend,
  ) {}

  async start(): Promise<void> {
    const { program, answer } = await Program.start(
      'amethyst-bridge',
      [
        '--data-dir',
        join(this.folder, 'client'),
        '--backend-file',
        this.backend.connectionFile,
        '--ui',
        join(ROOT, 'ui', 'dist'),
      ],
      // Stands for the keychain, which a machine that builds has not.
      { AMETHYST_SESSION_PASSPHRASE: 'kept for the tests' },
      join(this.folder, 'bridge.log'),
      (line) => (line.startsWith('http://') ? line.trim() : null),
    );
    this.#program = program;
    this.url = answer;
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    this.#program = null;
  }
}
