// Asks again when told to, but never twice at a time: a burst of notices becomes one more question.

export class Reload {
  #running: Promise<void> | null = null;
  #again = false;

  constructor(private readonly load: () => Promise<void>) {}

  /** Resolves when a load that began after this call has ended. */
  run(): Promise<void> {
    if (this.#running !== null) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#loop().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  #mustRepeat(): boolean {
    return this.#again;
  }

  async #loop(): Promise<void> {
    for (;;) {
      this.#again = false;
      await this.load();
      if (!this.#mustRepeat()) return;
    }
  }
}
