// Requests and how they fare.

import type { Call } from '$/lib/ipc/call';
import type { DraftView, GenerationStatusView, GenerationView } from '$/lib/ipc/generated/api';
import { Reload } from './reload';

const RECENT = 200;
/** Above this many changed ones, one list is cheaper than single questions. */
const SINGLE = 8;

const FINAL: Record<GenerationStatusView, boolean> = {
  to_send: false,
  parked: false,
  pending: false,
  processing: false,
  completed: true,
  failed: true,
  cancelled: true,
};

export function isFinal(status: GenerationStatusView): boolean {
  return FINAL[status];
}

/** Share done, 0 to 1, as the worker reported it; `null` before its first word. */
export function share(generation: GenerationView): number | null {
  const progress = generation.progress;
  if (progress === null || progress.steps <= 0 || progress.images <= 0) return null;
  return Math.min(1, (progress.image - 1 + progress.step / progress.steps) / progress.images);
}

/** Width ÷ height that the images of a draft will have. */
export function ratioOf(draft: DraftView): number {
  if (draft.width !== null && draft.height !== null && draft.height > 0) return draft.width / draft.height;
  return draft.aspect_ratio === '16:9' ? 1344 / 768 : 1;
}

export class Generations {
  /** Newest first; all that have not ended, and the latest that have. */
  list = $state.raw<readonly GenerationView[]>([]);
  isLoaded = $state(false);
  error = $state.raw<unknown>(null);
  readonly active = $derived(this.list.filter((one) => !isFinal(one.status)));

  readonly #all: Reload;

  constructor(
    private readonly call: Call,
    private readonly onEnded: (generation: GenerationView) => void,
  ) {
    this.#all = new Reload(async () => {
      try {
        const [recent, active] = await Promise.all([
          call('generation_list', { active_only: false, limit: RECENT }),
          call('generation_list', { active_only: true, limit: RECENT }),
        ]);
        const known = new Set(recent.map((one) => one.id));
        this.#replace([...recent, ...active.filter((one) => !known.has(one.id))]);
        this.error = null;
      } catch (thrown) {
        this.error = thrown;
      }
      this.isLoaded = true;
    });
  }

  find(id: string): GenerationView | null {
    return this.list.find((one) => one.id === id) ?? null;
  }

  reload(): Promise<void> {
    return this.#all.run();
  }

  /** Loads the named ones again. */
  async follow(ids: readonly string[] | null): Promise<void> {
    if (ids === null || ids.length > SINGLE) return this.reload();
    const found = await Promise.all(ids.map((id) => this.call('generation_get', { id }).catch(() => null)));
    if (found.includes(null)) return this.reload();
    for (const one of found) if (one !== null) this.put(one);
  }

  async request(draft: DraftView, maxCost: number): Promise<GenerationView> {
    const made = await this.call('generation_request', { draft, max_cost: maxCost });
    this.put(made);
    return made;
  }

  async cancel(id: string): Promise<void> {
    this.put(await this.call('generation_cancel', { id }));
  }

  put(view: GenerationView): void {
    const place = this.list.findIndex((one) => one.id === view.id);
    this.#replace(place < 0 ? [view, ...this.list] : this.list.with(place, view));
  }

  clear(): void {
    this.list = [];
    this.isLoaded = false;
    this.error = null;
  }

  #replace(list: readonly GenerationView[]): void {
    const running = new Map(this.active.map((one) => [one.id, one]));
    this.list = list.toSorted((a, b) => b.created_at - a.created_at);
    for (const one of list) if (isFinal(one.status) && running.has(one.id)) this.onEnded(one);
  }
}
