import { defineConfig } from '@playwright/test';

// One worker and no retries: a test that fails now and then is a defect with an owner.
export default defineConfig({
  testDir: 'specs',
  outputDir: '../../test-results/e2e',
  workers: 1,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'fr-FR',
    testIdAttribute: 'data-testid',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['AMETHYST_CHROMIUM'] ?? '/usr/bin/chromium',
      // Chromium's own sandbox refuses to run as root, as in many build containers.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
});
