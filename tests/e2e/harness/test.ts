// What every test starts from: one backend for all, a fresh installation for each.

import { test as base, type Page } from '@playwright/test';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Backend } from './backend';
import { Client } from './client';

export { expect } from '@playwright/test';
export type { Page } from '@playwright/test';

/** A folder that PostgreSQL's own user can reach too. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'amethyst-e2e-'));
  await chmod(folder, 0o755);
  return folder;
}

export const test = base.extend<{ client: Client }, { backend: Backend }>({
  backend: [
    async ({}, use) => {
      const folder = await temporaryFolder();
      const backend = new Backend(folder);
      await backend.start();
      await use(backend);
      await backend.stop();
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  client: async ({ backend }, use) => {
    const folder = await temporaryFolder();
    const client = new Client(folder, backend);
    await client.start();
    await use(client);
    await client.stop();
    await rm(folder, { recursive: true, force: true });
  },
});

let accounts = 0;

/** An address nobody has used. */
export function newAddress(): string {
  return `walker-${process.pid}-${Date.now()}-${++accounts}@example.com`;
}

export const PASSWORD = 'correct horse 9';

export async function signUp(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByTestId('auth-switch').click();
  await page.getByTestId('auth-email').fill(email);
  await page.getByTestId('auth-password').fill(password);
  await page.getByTestId('auth-submit').click();
}

/** A new account in an open frame. */
export async function enter(page: Page, client: Client): Promise<string> {
  const email = newAddress();
  await page.goto(client.url);
  await signUp(page, email);
  await page.getByTestId('app-frame').waitFor();
  return email;
}

/** Opens a chip's panel, does something in it, closes it. */
export async function inPanel(page: Page, chip: string, act: () => Promise<void>): Promise<void> {
  await page.getByTestId(`chip-${chip}`).click();
  await act();
  await page.keyboard.press('Escape');
}
