// What the user is about to ask for, and what it will cost.

import { CallError, type Call } from '$/lib/ipc/call';
import type { DraftView, FieldErrorView, GenerationView, QuoteView } from '$/lib/ipc/generated/api';
import { DEFAULT_DRAFT, restoreDraft } from './draft';
import type { Generations } from './generations.svelte';
import type { ViewMemory } from './navigation.svelte';

const QUOTE_DELAY_MS = 80;

export class Composer {
  draft = $state.raw<DraftView>(DEFAULT_DRAFT);
  quote = $state.raw<QuoteView | null>(null);
  isSending = $state(false);
  /** Why the last request was not taken; gone with the next change. */
  refusal = $state.raw<unknown>(null);
  /** Whether the user has tried: an empty prompt is no mistake before that. */
  hasTried = $state(false);
  /** Counts wishes to write, so that whoever shows the field can take the focus. */
  focusWish = $state(0);

  readonly errors = $derived.by((): readonly FieldErrorView[] => {
    const refused = this.refusal instanceof CallError ? this.refusal.api.fields : [];
    const found = [...(this.quote?.fields ?? []), ...refused];
    const shown = found.filter((one) => this.hasTried || one.problem !== 'empty');
    return shown.filter((one, n) => shown.findIndex((other) => other.field === one.field) === n);
  });

  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Credits above the price that this draft may cost by the time it is sent. */
  margin = $state(0);
  #asked = 0;

  constructor(
    private readonly call: Call,
    private readonly generations: Generations,
    private readonly memory: ViewMemory,
  ) {
    this.draft = restoreDraft(memory.read('draft'));
  }

  change(patch: Partial<DraftView>): void {
    // What was agreed on was agreed on for another draft.
    this.margin = 0;
    this.draft = { ...this.draft, ...patch };
    this.refusal = null;
    this.memory.write('draft', JSON.stringify(this.draft));
    this.requoteSoon();
  }

  /** A new price a little later: typing asks once, not with every letter. */
  requoteSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.requote().catch(() => undefined), QUOTE_DELAY_MS);
  }

  async requote(): Promise<QuoteView> {
    clearTimeout(this.#timer);
    const turn = ++this.#asked;
    const quote = await this.call('generation_quote', this.draft);
    // An answer overtaken by a newer question is about another draft.
    if (turn === this.#asked) this.quote = quote;
    return quote;
  }

  /**
   * Asks for the images at the price on the button. When the price has moved meanwhile nothing is sent;
   * the new one is shown first.
   */
  async send(): Promise<GenerationView | null> {
    if (this.isSending) return null;
    this.isSending = true;
    this.hasTried = true;
    this.refusal = null;
    try {
      const shown = this.quote?.cost ?? null;
      const quote = await this.requote();
      const wrong = quote.fields.length > 0 || quote.cost === null || quote.missing > 0;
      if (wrong || quote.cost === null || (shown !== null && quote.cost > shown)) return null;
      const made = await this.generations.request(this.draft, quote.cost + this.margin);
      this.margin = 0;
      this.hasTried = false;
      return made;
    } catch (thrown) {
      this.refusal = thrown;
      throw thrown;
    } finally {
      this.isSending = false;
      this.requoteSoon();
    }
  }

  setLora(index: number, name: string, scale: number): void {
    this.change({
      hf_loras: this.draft.hf_loras.with(index, name),
      lora_scales: this.draft.lora_scales.with(index, scale),
    });
  }

  addLora(name: string): void {
    if (this.draft.hf_loras.includes(name)) return;
    this.change({
      hf_loras: [...this.draft.hf_loras, name],
      lora_scales: [...this.draft.lora_scales, 0.8],
    });
  }

  removeLora(index: number): void {
    this.change({
      hf_loras: this.draft.hf_loras.toSpliced(index, 1),
      lora_scales: this.draft.lora_scales.toSpliced(index, 1),
    });
  }

  /** Starts over with an empty prompt; the parameters stay. */
  startOver(): void {
    this.hasTried = false;
    this.change({ prompt: '', negative_prompt: '' });
    this.focusWish++;
  }

  /** Takes up an earlier request's parameters. */
  recall(patch: Partial<DraftView>): void {
    this.change(patch);
    this.focusWish++;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.quote = null;
    this.refusal = null;
    this.margin = 0;
    this.hasTried = false;
  }
}
