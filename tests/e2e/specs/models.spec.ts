// Models of outside providers: what one of them does differently is said before anything is sent.

import { enter, expect, inPanel, test } from '../harness/test';

test('the form says what a model will do differently, and asks only for what it knows', async ({
  page,
  client,
  backend,
}) => {
  await enter(page, client);
  await page.getByTestId('composer-prompt').fill('un renard dans la brume');
  await expect(page.getByTestId('chip-steps')).toBeVisible();
  await expect(page.getByTestId('adjustments')).toHaveCount(0);
  await backend.switchModel('gpt-image-1.5', true);
  try {
    await page.getByTestId('chip-model').click();
    await page.getByTestId('option-model-gpt-image-1.5').click();
    await page.keyboard.press('Escape');
    await inPanel(page, 'ratio', () => page.getByTestId('option-ratio-16:9').click());
    const told = page.getByTestId('adjustments');
    await expect(told).toContainText('Taille\u00a0: 1536 × 1024 au lieu de 1344 × 768');
    await expect(page.getByTestId('chip-steps')).toHaveCount(0);
    await expect(page.getByTestId('chip-seed')).toHaveCount(0);
    // Eight credits per image and begun megapixel, by the size that was asked for.
    await expect(page.getByTestId('generate')).toHaveAttribute('data-cost', '8');
    await page.screenshot({ path: test.info().outputPath('adjustments.png') });
  } finally {
    await backend.switchModel('gpt-image-1.5', false);
  }
});
