// As much of WebDriver as the smoke test needs (W3C WebDriver, https://www.w3.org/TR/webdriver2/).

import { eventually } from './wait.mjs';

/** No command of ours takes long; one that hangs is a failure and not a reason to wait. */
const LIMIT_MS = 60_000;
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

export class Window {
  #base;

  constructor(base) {
    this.#base = base;
  }

  /** Starts the program and takes hold of its window. */
  static async open(port, application) {
    const server = `http://127.0.0.1:${port}`;
    const session = await eventually('the driver', () =>
      post(`${server}/session`, {
        capabilities: { alwaysMatch: { 'tauri:options': { application } } },
      }),
    );
    return new Window(`${server}/session/${session.sessionId}`);
  }

  async close() {
    await send('DELETE', this.#base);
  }

  run(script, args = []) {
    return post(`${this.#base}/execute/sync`, { script, args });
  }

  /** Waits for an element by its test id. */
  find(id) {
    const value = `[data-testid="${id}"]`;
    return eventually(id, async () => {
      const found = await post(`${this.#base}/element`, { using: 'css selector', value });
      return found[ELEMENT];
    });
  }

  async click(id) {
    await eventually(`a click on ${id}`, async () => {
      await post(`${this.#base}/element/${await this.find(id)}/click`, {});
      return true;
    });
  }

  async type(id, text) {
    const element = await this.find(id);
    await post(`${this.#base}/element/${element}/value`, { text });
  }

  async text(id) {
    return send('GET', `${this.#base}/element/${await this.find(id)}/text`);
  }
}

function post(url, body) {
  return send('POST', url, body);
}

async function send(method, url, body) {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value?.error}: ${value?.message}`);
  return value;
}
