// The trash, and what stays on this device.

import { enter, expect, inPanel, test } from '../harness/test';

test('the trash takes, gives back and lets go; originals stay by choice', async ({
  page,
  client,
  backend,
}) => {
  test.setTimeout(150_000);
  const pictures = page.locator('[data-testid=tile][data-kind=image]');
  await enter(page, client);
  await page.getByTestId('composer-prompt').fill('un phare dans la tempête');
  await inPanel(page, 'count', () => page.getByTestId('option-count-2').click());
  // The price on the button is the one that is agreed to.
  await expect(page.getByTestId('generate')).toHaveAttribute('data-cost', '2');
  await page.getByTestId('generate').click();
  await page.getByTestId('nav-gallery').click();
  await expect(pictures).toHaveCount(2, { timeout: 60_000 });
  await expect(page.getByTestId('sync-state')).toHaveAttribute('data-phase', 'up_to_date');

  await test.step('by key, offline, with an undo', async () => {
    await backend.stop();
    await expect(page.getByTestId('offline-banner')).toBeVisible({ timeout: 60_000 });
    await page.getByTestId('tile-open').first().click();
    await page.keyboard.press('Delete');
    await page.getByTestId('toast-action').click();
    await page.keyboard.press('Delete');
    await page.keyboard.press('Escape');
    await expect(pictures).toHaveCount(1);
    await page.getByTestId('nav-trash').click();
    await expect(pictures).toHaveCount(1);
    await expect(page.getByTestId('tile-waiting')).toBeVisible();
    await page.getByTestId('sync-state').click();
    await expect(page.locator('[data-testid=outbox-row][data-kind=set_trashed]').first()).toBeVisible();
    await page.screenshot({ path: test.info().outputPath('sync-panel.png') });
    await page.keyboard.press('Escape');
    await backend.start();
    await expect(page.getByTestId('tile-waiting')).toHaveCount(0, { timeout: 60_000 });
  });

  await test.step('for good, after a question', async () => {
    await page.getByTestId('tile-open').first().click();
    await page.getByTestId('lightbox-delete').click();
    await page.screenshot({ path: test.info().outputPath('delete.png') });
    await page.getByTestId('delete-confirm').click();
    await expect(page.getByTestId('gallery-empty')).toBeVisible();
    await page.getByTestId('nav-gallery').click();
    await expect(pictures).toHaveCount(1);
  });

  await test.step('no originals on this device, until one is opened', async () => {
    await page.getByTestId('nav-settings').click();
    const section = page.getByTestId('storage-section');
    await section.scrollIntoViewIfNeeded();
    await page.getByTestId('storage-originals-none').click();
    await expect(section).toContainText(/, 0\s(o|octets?) d’originaux/, { timeout: 20_000 });
    await page.screenshot({ path: test.info().outputPath('storage.png') });
    await page.getByTestId('nav-gallery').click();
    await page.getByTestId('tile-open').first().click();
    await expect(page.getByTestId('lightbox-image')).toHaveAttribute('data-variant', 'original', {
      timeout: 30_000,
    });
  });
});
