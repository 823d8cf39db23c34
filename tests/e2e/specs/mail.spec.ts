// Codes by mail: confirming an address, choosing a new password.

import { rm } from 'node:fs/promises';
import { Backend } from '../harness/backend';
import { Client } from '../harness/client';
import { expect, newAddress, signUp, temporaryFolder, test } from '../harness/test';

test('an address is confirmed, and a forgotten password replaced, by codes', async ({ page }) => {
  const folder = await temporaryFolder();
  const backend = new Backend(folder, ['--no-autoconfirm', '--no-worker']);
  const client = new Client(folder, backend);
  try {
    await backend.start();
    await client.start();
    const email = newAddress();
    const screen = page.getByTestId('auth-screen');

    await page.goto(client.url);
    await signUp(page, email);
    await expect(screen).toHaveAttribute('data-mode', 'confirm');
    await page.getByTestId('auth-code').fill('000000');
    await page.getByTestId('auth-submit').click();
    await expect(page.getByTestId('auth-error')).toBeVisible();
    await page.getByTestId('auth-code').fill(await backend.codeFor(email));
    await page.getByTestId('auth-submit').click();
    await expect(page.getByTestId('app-frame')).toBeVisible();

    await page.getByTestId('nav-settings').click();
    await page.getByTestId('sign-out-local').click();
    await page.getByTestId('auth-forgot').click();
    await page.getByTestId('auth-email').fill(email);
    await page.getByTestId('auth-submit').click();
    await expect(screen).toHaveAttribute('data-mode', 'reset');
    await page.getByTestId('auth-code').fill(await backend.codeFor(email));
    await page.getByTestId('auth-new-password').fill('another horse 7');
    await page.getByTestId('auth-submit').click();
    await expect(page.getByTestId('app-frame')).toBeVisible();
  } finally {
    await client.stop();
    await backend.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
