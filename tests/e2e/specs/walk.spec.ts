// From a new account to the first images, and on without a network.

import { enter, expect, inPanel, test, type Page } from '../harness/test';

const PROMPT = 'Un renard dans la brume au lever du jour';

async function isDrawn(page: Page, selector: string): Promise<void> {
  await expect
    .poll(() =>
      page
        .locator(selector)
        .first()
        .evaluate((one) => (one as HTMLImageElement).naturalWidth),
    )
    .toBeGreaterThan(0);
}

function pictures(page: Page): ReturnType<Page['locator']> {
  return page.locator('[data-testid=tile][data-kind=image]');
}

test('an account, a request, its images, offline and back', async ({ page, client, backend }) => {
  test.setTimeout(180_000);
  const balance = page.getByTestId('balance-chip');
  const generate = page.getByTestId('generate');

  await test.step('a new account has 100 credits', async () => {
    await enter(page, client);
    await expect(balance).toHaveAttribute('data-balance', '100');
  });

  await test.step('the price follows every choice', async () => {
    await page.getByTestId('composer-prompt').fill(PROMPT);
    await expect(generate).toHaveAttribute('data-cost', '1');
    await inPanel(page, 'model', () => page.getByTestId('option-model-sketch').click());
    await inPanel(page, 'ratio', () => page.getByTestId('option-ratio-16:9').click());
    await inPanel(page, 'count', () => page.getByTestId('option-count-2').click());
    await expect(generate).toHaveAttribute('data-cost', '2');
    await expect(page.getByTestId('composer-left')).toHaveAttribute('data-left', '98');
    await inPanel(page, 'steps', () => page.getByTestId('steps-input').fill('12'));
    await inPanel(page, 'guidance', () => page.getByTestId('guidance-input').fill('9'));
    await inPanel(page, 'seed', () => page.getByTestId('seed-input').fill('42'));
    await inPanel(page, 'loras', () => page.getByTestId('lora-option').first().click());
    await inPanel(page, 'format', async () => {
      await page.getByTestId('option-format-jpg').click();
      await page.getByTestId('quality-input').fill('85');
    });
    await page.screenshot({ path: test.info().outputPath('composer.png') });
  });

  await test.step('a placeholder tells the truth until the images are there', async () => {
    await generate.click();
    await expect(page.getByTestId('tile-progress')).toBeVisible();
    await page.getByTestId('nav-gallery').click();
    await expect(pictures(page)).toHaveCount(2, { timeout: 60_000 });
    await expect(page.locator('[data-testid=tile][data-kind=generation]')).toHaveCount(0);
    await isDrawn(page, '[data-testid=tile] img');
  });

  await test.step('a favorite is kept', async () => {
    await pictures(page).first().hover();
    await page.getByTestId('tile-favorite').first().click();
    await expect(page.getByTestId('tile-favorite').first()).toHaveAttribute('aria-pressed', 'true');
    await page.getByTestId('nav-favorites').click();
    await expect(pictures(page)).toHaveCount(1);
    await page.getByTestId('nav-gallery').click();
    await expect(page.getByTestId('tile-waiting')).toHaveCount(0);
  });

  await test.step('the loupe shows the original with its parameters', async () => {
    await page.getByTestId('tile-open').first().click();
    const original = page.locator('[data-testid=lightbox-image][data-variant=original]');
    await expect(original).toBeVisible();
    expect(
      await original.evaluate((one) => [
        (one as HTMLImageElement).naturalWidth,
        (one as HTMLImageElement).naturalHeight,
      ]),
    ).toEqual([1344, 768]);
    await page.getByTestId('lightbox').getByTestId('tab-recipe').click();
    const row = (field: string) => page.locator(`[data-testid=recipe-row][data-field=${field}]`).last();
    await expect(row('steps')).toContainText('12');
    await expect(row('guidance_scale')).toContainText('9');
    await expect(row('seed')).toContainText(/\d/);
    await expect(row('output')).toContainText('85');
    await page.getByTestId('lightbox').getByTestId('tab-receipt').click();
    await expect(page.getByTestId('lightbox').getByTestId('receipt-row')).toHaveAttribute(
      'data-amount',
      '-2',
    );
    await page.screenshot({ path: test.info().outputPath('lightbox.png') });
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('lightbox')).toHaveCount(0);
  });

  await test.step('the ledger adds up', async () => {
    await page.getByTestId('nav-credits').click();
    await expect(page.getByTestId('ledger-row')).toHaveCount(2);
    await expect(page.getByTestId('ledger-row').first()).toHaveAttribute('data-amount', '-2');
    await expect(page.getByTestId('ledger-row').last()).toHaveAttribute('data-amount', '100');
    await expect(page.getByTestId('credits-balance')).toHaveText('98');
    await expect(balance).toHaveAttribute('data-balance', '98');
  });

  await test.step('language and theme change at once', async () => {
    const root = page.locator('html');
    await page.getByTestId('nav-settings').click();
    await page.getByTestId('language-en').click();
    await expect(page.getByTestId('nav-gallery')).toContainText('Gallery');
    await expect(root).toHaveAttribute('lang', 'en');
    await page.getByTestId('language-fr').click();
    await expect(page.getByTestId('nav-gallery')).toContainText('Galerie');
    await page.getByTestId('theme-light').click();
    await expect(root).toHaveAttribute('data-theme', 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByTestId('theme-system').click();
    await expect(root).toHaveAttribute('data-theme', 'dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await expect(root).toHaveAttribute('data-theme', 'light');
    await page.getByTestId('theme-dark').click();
    await expect(root).toHaveAttribute('data-theme', 'dark');
    await expect(page.getByTestId('sync-state')).toHaveAttribute('data-to-send', '0');
  });

  await test.step('without a server everything is still there', async () => {
    await client.stop();
    await backend.stop();
    await client.start();
    await page.goto(client.url);
    await expect(page.getByTestId('app-frame')).toBeVisible();
    await expect(page.getByTestId('offline-banner')).toHaveCount(1);
    await expect(balance).toHaveAttribute('data-balance', '98');
    await page.getByTestId('nav-credits').click();
    await expect(page.getByTestId('ledger-row')).toHaveCount(2);
    await page.getByTestId('nav-gallery').click();
    await expect(pictures(page)).toHaveCount(2);
    await isDrawn(page, '[data-testid=tile] img');
    await page.getByTestId('tile-open').first().click();
    await expect(page.locator('[data-testid=lightbox-image][data-variant=original]')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    await expect(page.getByTestId('toast')).toHaveCount(0);
    await page.screenshot({ path: test.info().outputPath('offline.png') });
  });

  await test.step('what is done offline waits visibly', async () => {
    await pictures(page).nth(1).hover();
    await page.getByTestId('tile-favorite').nth(1).click();
    await expect(page.getByTestId('tile-waiting')).toHaveCount(1);
    await page.getByTestId('composer-prompt').fill('A quiet sea under a full moon');
    await inPanel(page, 'count', () => page.getByTestId('option-count-1').click());
    await expect(generate).toHaveAttribute('data-cost', '1');
    await generate.click();
    await expect(page.locator('[data-testid=tile][data-state=to_send]')).toHaveCount(1);
    await expect(page.getByTestId('sync-state')).toHaveAttribute('data-to-send', '2');
    await page.getByTestId('sync-state').click();
    await expect(page.getByTestId('outbox-row')).toHaveCount(2);
    await page.screenshot({ path: test.info().outputPath('waiting.png') });
    await page.keyboard.press('Escape');
  });

  await test.step('both arrive once, with no click', async () => {
    await backend.start();
    await expect(page.getByTestId('offline-banner')).toHaveCount(0, {
      timeout: 60_000,
    });
    await expect(pictures(page)).toHaveCount(3, { timeout: 60_000 });
    await expect(page.getByTestId('tile-waiting')).toHaveCount(0);
    await expect(page.getByTestId('sync-state')).toHaveAttribute('data-to-send', '0');
    await expect(balance).toHaveAttribute('data-balance', '97');
    await page.getByTestId('nav-credits').click();
    await expect(page.getByTestId('ledger-row')).toHaveCount(3);
    await page.getByTestId('nav-favorites').click();
    await expect(pictures(page)).toHaveCount(2);
  });
});
