// A real backend with its real worker, on a folder of its own, that can be stopped and started again.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Program } from './program';

interface Connection {
  readonly url: string;
  readonly service_role_key: string;
}

export interface Fault {
  readonly method: string;
  readonly path: string;
  readonly fault: {
    readonly answer: { status: number; content_type: string; body: string };
  };
  readonly times: number;
}

export class Backend {
  readonly connectionFile: string;
  #program: Program | null = null;
  #url = '';
  #key = '';

  constructor(
    private readonly folder: string,
    private readonly options: readonly string[] = [],
  ) {
    this.connectionFile = join(folder, 'backend.json');
  }

  async start(): Promise<void> {
    const args = ['--data-dir', join(this.folder, 'backend'), '--connection-file', this.connectionFile];
    const { program } = await Program.start(
      'amethyst-backend',
      [...args, '--stop-with-stdin', '--test-controls', ...this.options],
      {},
      join(this.folder, 'backend.log'),
      (line) => (line.startsWith('API URL') ? true : null),
    );
    this.#program = program;
    const connection = JSON.parse(await readFile(this.connectionFile, 'utf8')) as Connection;
    this.#url = connection.url;
    this.#key = connection.service_role_key;
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    this.#program = null;
  }

  /** Switches a model on or off, as an operator does. */
  async switchModel(id: string, on: boolean): Promise<void> {
    const answer = await fetch(`${this.#url}/rest/v1/models?id=eq.${id}`, {
      method: 'PATCH',
      headers: {
        'content-type': 'application/json',
        apikey: this.#key,
        authorization: `Bearer ${this.#key}`,
      },
      body: JSON.stringify({ is_active: on }),
    });
    if (!answer.ok) throw new Error(`the model cannot be switched: ${answer.status}`);
  }

  /** The next requests of that kind are answered so. */
  async misbehave(fault: Fault): Promise<void> {
    const answer = await fetch(`${this.#url}/_/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
    if (!answer.ok) throw new Error(`the fault was refused: ${answer.status}`);
  }

  async behave(): Promise<void> {
    await fetch(`${this.#url}/_/faults`, { method: 'DELETE' });
  }

  /** The code in the latest mail to an address. */
  async codeFor(email: string): Promise<string> {
    const mails = (await (await fetch(`${this.#url}/_/inbox.json`)).json()) as {
      recipient: string;
      code: string;
    }[];
    const mail = mails.find((one) => one.recipient === email);
    if (mail === undefined) throw new Error(`no mail to ${email}`);
    return mail.code;
  }
}
