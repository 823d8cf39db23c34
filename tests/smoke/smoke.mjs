// The real window: sign up, make an image, see it through `media:`, quit, start again still signed in,
// close the window; and what the log kept of all that.
//
// Runs on a virtual screen with a session bus and an unlocked keychain of its own. Everything started
// here ends here, by its process group.

import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end, ended, freePort, lifeline, start } from './processes.mjs';
import { Window } from './webdriver.mjs';
import { eventually } from './wait.mjs';
import { closeWindow, desk, photograph } from './desk.mjs';

const bin = process.env.AMETHYST_BIN_DIR;
const driver = process.env.TAURI_DRIVER;
assert.ok(bin && driver, 'AMETHYST_BIN_DIR and TAURI_DRIVER must be set: run `cargo xtask test --only window`');

const results = join(import.meta.dirname, '../../test-results/smoke');
mkdirSync(results, { recursive: true });
const home = mkdtempSync(join(tmpdir(), 'amethyst-smoke-'));
// The database may run as another account, which must be able to pass.
chmodSync(home, 0o711);
const connection = join(home, 'backend.json');

const account = { email: 'smoke@example.org', password: 'correct horse battery' };
const prompt = 'un renard dans la brume';
const running = [];
let passed = 0;

async function main() {
  const backend = lifeline(join(bin, 'amethyst-backend'), [
    ...['--data-dir', join(home, 'backend'), '--connection-file', connection],
    '--stop-with-stdin',
  ]);
  running.push(backend);
  await eventually('the backend', () => existsSync(connection));

  const screen = await desk(home, running);
  const port = await freePort();
  const environment = {
    ...screen,
    AMETHYST_BACKEND_FILE: connection,
    AMETHYST_DATA_DIR: join(home, 'app'),
  };
  running.push(
    start(driver, ['--port', String(port), '--native-port', String(await freePort())], environment),
  );

  const data = environment.AMETHYST_DATA_DIR;
  writeFileSync(data, 'a file where the folder should be');
  let window = await Window.open(port, join(bin, 'amethyst'));
  await check('a folder that cannot be used is told, and mended without a restart', async () => {
    await window.find('start-failure');
    photograph(join(results, 'start-failure.png'), environment);
    rmSync(data);
    await window.click('start-retry');
    await window.find('auth-email');
  });
  await window.close();

  window = await Window.open(port, join(bin, 'amethyst'));
  await check('an account is created in the window', async () => {
    await window.click('auth-switch');
    await window.type('auth-email', account.email);
    await window.type('auth-password', account.password);
    await window.click('auth-submit');
    await window.find('app-frame');
    await eventually('the opening credits', async () =>
      (await window.text('balance-chip')).includes('100'),
    );
  });
  await check('an image is made and shown by media:', async () => {
    await window.click('nav-create');
    await window.type('composer-prompt', prompt);
    await window.click('generate');
    await window.click('nav-gallery');
    await eventually('a picture that is really decoded', () => decodedPictures(window));
    const source = await window.run(
      'return document.querySelector(\'[data-testid="tile"][data-kind="image"] img\').currentSrc',
    );
    assert.match(source, /^(media:\/\/localhost|http:\/\/media\.localhost)\//);
  });
  await check('the window looks like something', async () => {
    await shown(window);
    photograph(join(results, 'gallery.png'), environment);
    await window.click('nav-settings');
    await window.click('theme-light');
    await window.click('language-en');
    await eventually('the light theme', async () =>
      (await window.run('return document.documentElement.dataset.theme')) === 'light',
    );
    await window.click('nav-gallery');
    await shown(window);
    photograph(join(results, 'gallery-light.png'), environment);
  });
  await window.close();

  window = await Window.open(port, join(bin, 'amethyst'));
  await check('after a restart the user is signed in and the picture is there', async () => {
    await window.find('app-frame');
    await window.click('nav-gallery');
    await eventually('the picture', () => decodedPictures(window));
    await eventually('the balance', async () =>
      (await window.text('balance-chip')).includes('99'),
    );
    const theme = await window.run('return document.documentElement.dataset.theme');
    assert.equal(theme, 'light');
  });
  await window.close();

  await check('closing the window ends the program and leaves nothing half written', async () => {
    const app = start(join(bin, 'amethyst'), [], environment);
    running.push(app);
    await closeWindow('Amethyst', environment);
    assert.equal(await ended(app), 0);
    const unwritten = files(join(data, 'accounts')).filter(
      (file) => file.endsWith('-wal') && statSync(file).size > 0,
    );
    assert.deepEqual(unwritten, []);
  });
  await check('the log keeps neither secrets nor what was written', async () => {
    const logs = files(join(data, 'logs'));
    const text = logs.map((file) => readFileSync(file, 'utf8')).join('');
    assert.notEqual(text, '', 'there is no log');
    // A token of the server begins with these letters: `{"` in Base64.
    for (const kept of [account.email, account.password, prompt, 'eyJ']) {
      assert.ok(!text.includes(kept), `the log holds ${kept}`);
    }
  });
}

const PICTURES = '[...document.querySelectorAll(\'[data-testid="tile"][data-kind="image"] img\')]';

function decodedPictures(window) {
  return window.run(`return ${PICTURES}.some((image) => image.complete && image.naturalWidth > 0)`);
}

/** Waits until the pictures have faded in. */
function shown(window) {
  return eventually('the pictures in full', () =>
    window.run(
      `const pictures = ${PICTURES};` +
        'return pictures.length > 0 && pictures.every((image) => getComputedStyle(image).opacity === "1")',
    ),
  );
}

function files(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function check(what, body) {
  await body();
  passed += 1;
  console.log(`ok ${passed} - ${what}`);
}

let tidied;

/** Ends everything once, however often and from wherever it is asked for. */
function tidyUp() {
  tidied ??= (async () => {
    for (const child of running.reverse()) await end(child);
    rmSync(home, { recursive: true, force: true });
  })();
  return tidied;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => tidyUp().then(() => process.exit(1)));
}

let failed = 0;
try {
  await main();
} catch (error) {
  failed = 1;
  console.error(error);
} finally {
  await tidyUp();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed;
