// Bad input and bad luck: each gets a sentence and a next step, and nothing is charged twice.

import { enter, expect, inPanel, newAddress, PASSWORD, signUp, test } from '../harness/test';

test('a prompt that is empty or far too long is not sent', async ({ page, client }) => {
  await enter(page, client);
  const prompt = page.getByTestId('composer-prompt');
  await prompt.press('Control+Enter');
  await expect(prompt).toHaveAttribute('aria-invalid', 'true');
  await prompt.fill('x'.repeat(10_000));
  await expect(page.locator('#composer-note')).toContainText(/4.000/);
  await prompt.press('Control+Enter');
  await prompt.fill('un lac');
  await expect(prompt).toHaveAttribute('aria-invalid', 'false');
  await page.getByTestId('nav-queue').click();
  await expect(page.getByTestId('queue-row')).toHaveCount(0);
  await expect(page.getByTestId('balance-chip')).toHaveAttribute('data-balance', '100');
});

test('steps out of range are told beside their chip and not sent', async ({ page, client }) => {
  await enter(page, client);
  await page.getByTestId('composer-prompt').fill('un lac');
  for (const steps of ['101', '0']) {
    await page.getByTestId('chip-steps').click();
    await page.getByTestId('steps-input').fill(steps);
    await expect(page.getByTestId('steps-panel').getByRole('alert')).toContainText('100');
    await page.keyboard.press('Escape');
    await page.getByTestId('generate').click();
  }
  await page.getByTestId('nav-queue').click();
  await expect(page.getByTestId('queue-row')).toHaveCount(0);
});

test('too few credits are told before anything is sent', async ({ page, client, backend }) => {
  await enter(page, client);
  await page.getByTestId('composer-prompt').fill('un lac');
  await inPanel(page, 'ratio', () => page.getByTestId('option-size-2048').click());
  await inPanel(page, 'count', () => page.getByTestId('option-count-4').click());
  const generate = page.getByTestId('generate');
  await expect(generate).toHaveAttribute('data-cost', '16');
  // What waits to be sent is promised, though nothing is charged yet.
  await backend.stop();
  await expect(page.getByTestId('offline-banner')).toBeVisible({ timeout: 60_000 });
  for (let left = 84; left > 0; left -= 16) {
    await expect(page.getByTestId('composer-left')).toHaveAttribute('data-left', String(left));
    await generate.click();
  }
  await expect(generate).toBeDisabled();
  await expect(page.getByTestId('composer-error')).toBeVisible();
  // Making fewer and smaller ones is the way out.
  await page.getByTestId('composer-error').getByRole('button').click();
  await inPanel(page, 'ratio', () => page.getByTestId('option-size-1024').click());
  await expect(generate).toBeEnabled();
  await page.getByTestId('nav-queue').click();
  await expect(page.locator('[data-testid=queue-row][data-status=to_send]')).toHaveCount(6);
  await page.getByTestId('queue-cancel-all').click();
  await expect(page.locator('[data-testid=queue-row][data-status=cancelled]')).toHaveCount(6);
  await backend.start();
  await expect(page.getByTestId('offline-banner')).toHaveCount(0, { timeout: 60_000 });
  await expect(page.getByTestId('sync-state')).toHaveAttribute('data-phase', 'up_to_date');
  await expect(page.getByTestId('balance-chip')).toHaveAttribute('data-balance', '100');
  await page.getByTestId('nav-credits').click();
  await expect(page.getByTestId('ledger-row')).toHaveCount(1);
});

test('wrong passwords and taken addresses are told on the form', async ({ page, client }) => {
  const email = await enter(page, client);
  await page.getByTestId('nav-settings').click();
  await page.getByTestId('sign-out-local').click();
  const error = page.getByTestId('auth-error');

  await page.getByTestId('auth-email').fill(email);
  await page.getByTestId('auth-password').fill('not this one');
  await page.getByTestId('auth-submit').click();
  await expect(error).toContainText('Adresse ou mot de passe incorrect');

  await signUp(page, email);
  await expect(error).toContainText('existe déjà');
  await page.getByTestId('auth-password').fill('123');
  await page.getByTestId('auth-submit').click();
  await expect(page.getByRole('alert').first()).toContainText('6');

  await page.getByTestId('auth-switch').click();
  await page.getByTestId('auth-password').fill(PASSWORD);
  await page.getByTestId('auth-submit').click();
  await expect(page.getByTestId('app-frame')).toBeVisible();
});

test('a server that answers nonsense costs patience, not credits', async ({ page, client, backend }) => {
  const html = {
    status: 200,
    content_type: 'text/html',
    body: '<h1>Welcome to the hotel network</h1>',
  };
  const broken = {
    status: 500,
    content_type: 'text/html',
    body: '<h1>Internal Server Error</h1>',
  };

  await page.goto(client.url);
  await backend.misbehave({
    method: 'POST',
    path: '/auth/v1/signup',
    fault: { answer: broken },
    times: 10,
  });
  const email = newAddress();
  await signUp(page, email);
  await expect(page.getByTestId('auth-error')).toBeVisible();
  await backend.behave();
  await page.getByTestId('auth-submit').click();
  await expect(page.getByTestId('app-frame')).toBeVisible();

  await backend.misbehave({
    method: 'POST',
    path: '/rest/v1/rpc/request_generation',
    fault: { answer: html },
    times: 1,
  });
  await backend.misbehave({
    method: 'POST',
    path: '/rest/v1/rpc/request_generation',
    fault: { answer: broken },
    times: 1,
  });
  await page.getByTestId('composer-prompt').fill('un lac');
  await page.getByTestId('generate').click();
  await page.getByTestId('nav-queue').click();
  await expect(page.locator('[data-testid=queue-row][data-status=completed]')).toHaveCount(1, {
    timeout: 60_000,
  });
  await expect(page.getByTestId('balance-chip')).toHaveAttribute('data-balance', '99');
  await page.getByTestId('nav-credits').click();
  await expect(page.getByTestId('ledger-row')).toHaveCount(2);
});

test('a wrong server address is told and not kept', async ({ page, client }) => {
  await page.goto(client.url);
  await page.getByTestId('auth-server').click();
  await page.getByTestId('server-url').fill('not an address');
  await page.getByTestId('server-save').click();
  await expect(page.getByTestId('server-dialog').getByRole('alert').first()).toContainText('http');
  await page.getByTestId('server-key').fill('any');
  await page.getByTestId('server-url').fill('http://127.0.0.1:9');
  await page.getByTestId('server-save').click();
  await expect(page.getByTestId('server-failure')).toContainText('127.0.0.1:9');
  // A server that is none of ours.
  await page.getByTestId('server-url').fill(new URL(client.url).origin);
  await page.getByTestId('server-save').click();
  await expect(page.getByTestId('server-failure')).toContainText('ne mène pas');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('server-dialog')).toHaveCount(0);
  await signUp(page, newAddress());
  await expect(page.getByTestId('app-frame')).toBeVisible();
});
