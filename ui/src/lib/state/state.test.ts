import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallError, type Call } from '$/lib/ipc/call';
import type {
  ApiError,
  Commands,
  GalleryIndex,
  GenerationStatusView,
  GenerationView,
  ImageView,
  IntentView,
  QuoteView,
} from '$/lib/ipc/generated/api';
import { Composer } from './composer.svelte';
import { DEFAULT_DRAFT, restoreDraft } from './draft';
import { Gallery } from './gallery.svelte';
import { Generations, ratioOf, share } from './generations.svelte';
import { Images } from './images.svelte';
import type { ViewMemory } from './navigation.svelte';
import { Reload } from './reload';
import { newPrice } from './sync.svelte';
import { Toasts } from './toasts.svelte';

type Answers = { [K in keyof Commands]?: (args: Commands[K][0]) => Commands[K][1] | Promise<Commands[K][1]> };

/** A core that gives the listed answers and remembers what it was asked. */
function core(answers: Answers): { call: Call; asked: [string, unknown][] } {
  const asked: [string, unknown][] = [];
  const call = (name: keyof Commands, args: unknown = null): Promise<unknown> => {
    asked.push([name, args]);
    const answer = answers[name] as ((args: unknown) => unknown) | undefined;
    if (answer === undefined) return Promise.reject(new Error(`unexpected ${name}`));
    return Promise.resolve(answer(args));
  };
  return { call: call as Call, asked };
}

function memory(): ViewMemory & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, read: (name) => kept.get(name) ?? null, write: (name, value) => void kept.set(name, value) };
}

function quote(patch: Partial<QuoteView> = {}): QuoteView {
  return {
    cost: 1,
    balance_after: 99,
    missing: 0,
    fields: [],
    size: [1024, 1024],
    adjustments: [],
    ...patch,
  };
}

function generation(
  id: string,
  status: GenerationStatusView,
  patch: Partial<GenerationView> = {},
): GenerationView {
  return {
    id,
    draft: { ...DEFAULT_DRAFT, prompt: 'a fox' },
    status,
    progress: null,
    cancel_requested: false,
    credits_cost: 1,
    credits_refunded: 0,
    error_message: null,
    parked_intent: null,
    images: [],
    created_at: 1000,
    completed_at: null,
    ...patch,
  };
}

function image(id: string, favorite = false): ImageView {
  return {
    id,
    generation_id: null,
    width: 1024,
    height: 1024,
    format: 'webp',
    size_bytes: 1,
    is_favorite: favorite,
    favorite_waiting: false,
    is_public: false,
    is_trashed: false,
    trashed_at: null,
    waiting: false,
    parked: false,
    rating: null,
    pick: null,
    dominant_color: null,
    description: null,
    prompt: null,
    available: ['256'],
    hash: 'h',
    created_at: 1,
  };
}

function index(...ids: string[]): GalleryIndex {
  return { ids, ratios: ids.map(() => 1), created_at: ids.map(() => 1), colors: ids.map(() => '') };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Composer', () => {
  function made(answers: Answers): {
    composer: Composer;
    asked: [string, unknown][];
    kept: Map<string, string>;
  } {
    const { call, asked } = core(answers);
    const { kept, ...rest } = memory();
    const composer = new Composer(call, new Generations(call, () => undefined), rest);
    return { composer, asked, kept };
  }

  it('asks for one price after a burst of typing', async () => {
    const { composer, asked } = made({ generation_quote: () => quote({ cost: 4 }) });
    for (const prompt of ['a', 'a f', 'a fo', 'a fox']) composer.change({ prompt });
    await vi.runAllTimersAsync();
    expect(asked).toHaveLength(1);
    expect(composer.quote?.cost).toBe(4);
  });

  it('agrees to more than the price only for the draft it was said of', async () => {
    const { composer, asked } = made({
      generation_quote: () => quote({ cost: 4 }),
      generation_request: () => generation('g', 'to_send'),
    });
    composer.change({ prompt: 'a fox' });
    composer.margin = 2;
    await composer.send();
    await composer.send();
    composer.margin = 2;
    composer.change({ prompt: 'a wolf' });
    await composer.send();
    const paid = asked.filter(([name]) => name === 'generation_request').map(([, args]) => args);
    expect(paid).toMatchObject([{ max_cost: 6 }, { max_cost: 4 }, { max_cost: 4 }]);
  });

  it('ignores an answer that a newer question has overtaken', async () => {
    const waiting: ((answer: QuoteView) => void)[] = [];
    const { composer } = made({ generation_quote: () => new Promise((resolve) => waiting.push(resolve)) });
    const first = composer.requote();
    const second = composer.requote();
    waiting[1]?.(quote({ cost: 2 }));
    waiting[0]?.(quote({ cost: 9 }));
    await Promise.all([first, second]);
    expect(composer.quote?.cost).toBe(2);
  });

  it('sends at the price on the button', async () => {
    const { composer, asked } = made({
      generation_quote: () => quote({ cost: 3 }),
      generation_request: () => generation('g', 'to_send'),
    });
    composer.change({ prompt: 'a fox', num_outputs: 3 });
    await vi.runAllTimersAsync();
    await composer.send();
    const [, args] = asked.find(([name]) => name === 'generation_request') ?? [];
    expect(args).toMatchObject({ max_cost: 3, draft: { prompt: 'a fox', num_outputs: 3 } });
  });

  it('sends nothing when the price has risen since it was shown', async () => {
    let cost = 3;
    const { composer, asked } = made({ generation_quote: () => quote({ cost }) });
    composer.change({ prompt: 'a fox' });
    await vi.runAllTimersAsync();
    cost = 5;
    expect(await composer.send()).toBeNull();
    expect(asked.map(([name]) => name)).not.toContain('generation_request');
    expect(composer.quote?.cost).toBe(5);
  });

  it('sends nothing with wrong fields or too few credits, and shows an empty prompt only once tried', async () => {
    const fields = [{ field: 'prompt', problem: 'empty' as const, min: null, max: null }];
    const { composer, asked } = made({ generation_quote: () => quote({ fields }) });
    await composer.requote();
    expect(composer.errors).toEqual([]);
    expect(await composer.send()).toBeNull();
    expect(composer.errors).toEqual(fields);
    expect(asked.map(([name]) => name)).not.toContain('generation_request');

    const poor = made({ generation_quote: () => quote({ missing: 2 }) });
    poor.composer.change({ prompt: 'a fox' });
    expect(await poor.composer.send()).toBeNull();
  });

  it('keeps the draft over a reload and drops what it does not understand', () => {
    const { composer, kept } = made({ generation_quote: () => quote() });
    composer.change({ prompt: 'a fox', steps: 40 });
    expect(restoreDraft(kept.get('draft') ?? null)).toEqual(composer.draft);
    expect(restoreDraft('{"prompt": 5, "steps": 12, "hf_loras": "x", "stranger": 1}')).toEqual({
      ...DEFAULT_DRAFT,
      steps: 12,
    });
    expect(restoreDraft('not json')).toEqual(DEFAULT_DRAFT);
  });

  it('keeps LoRAs and scales in step', () => {
    const { composer } = made({ generation_quote: () => quote() });
    composer.addLora('a/fog');
    composer.addLora('a/ink');
    composer.addLora('a/fog');
    composer.setLora(1, 'a/ink', 0.3);
    composer.removeLora(0);
    expect(composer.draft).toMatchObject({ hf_loras: ['a/ink'], lora_scales: [0.3] });
  });
});

describe('Generations', () => {
  it('loads named ones singly and tells once that one has ended', async () => {
    const ended: string[] = [];
    let status: GenerationStatusView = 'processing';
    const { call } = core({
      generation_list: () => [generation('g', 'pending')],
      generation_get: () => generation('g', status),
    });
    const generations = new Generations(call, (one) => ended.push(one.id));
    await generations.reload();
    await generations.follow(['g']);
    expect(generations.active.map((one) => one.status)).toEqual(['processing']);
    status = 'completed';
    await generations.follow(['g']);
    await generations.follow(['g']);
    expect(ended).toEqual(['g']);
    expect(generations.active).toEqual([]);
  });

  it('computes progress over all images, and none before the first word', () => {
    const progress = { step: 14, steps: 28, image: 2, images: 4 };
    expect(share(generation('g', 'processing', { progress }))).toBeCloseTo(0.375);
    expect(share(generation('g', 'pending'))).toBeNull();
  });

  it('knows the shape before there is an image', () => {
    expect(ratioOf({ ...DEFAULT_DRAFT, aspect_ratio: '16:9' })).toBeCloseTo(1.75);
    expect(ratioOf({ ...DEFAULT_DRAFT, width: 512, height: 1024 })).toBe(0.5);
  });
});

describe('Gallery and Images', () => {
  it('asks for the order again only when a change touches it', async () => {
    const { call, asked } = core({
      gallery_index: () => index('a', 'b'),
      images_by_ids: ({ ids }) => ids.filter((id) => id !== 'gone').map((id) => image(id)),
    });
    const images = new Images(call);
    const gallery = new Gallery(call, 'gallery');
    await gallery.reload();
    await gallery.follow(await images.refresh(['a']));
    expect(asked.filter(([name]) => name === 'gallery_index')).toHaveLength(1);
    await gallery.follow(await images.refresh(['new']));
    expect(asked.filter(([name]) => name === 'gallery_index')).toHaveLength(2);
    await gallery.follow(await images.refresh(['gone']));
    expect(asked.filter(([name]) => name === 'gallery_index')).toHaveLength(2);
  });

  it('moves a picture into the favorites when its heart changes', async () => {
    let favorite = false;
    const { call, asked } = core({
      gallery_index: () => (favorite ? index('a') : index()),
      images_by_ids: () => [image('a', favorite)],
    });
    const images = new Images(call);
    const favorites = new Gallery(call, 'favorites');
    await favorites.reload();
    favorite = true;
    await favorites.follow(await images.refresh(['a']));
    expect(favorites.indexOf('a')).toBe(0);
    expect(asked.filter(([name]) => name === 'gallery_index')).toHaveLength(2);
  });

  it('asks for a picture once however often it is wanted', async () => {
    const { call, asked } = core({ images_by_ids: ({ ids }) => ids.map((id) => image(id)) });
    const images = new Images(call);
    await Promise.all([images.want(['a', 'b']), images.want(['a', 'b'])]);
    await images.want(['a']);
    expect(asked).toHaveLength(1);
  });
});

describe('Reload', () => {
  it('turns a burst into one more load', async () => {
    let loads = 0;
    const reload = new Reload(() => {
      loads++;
      return Promise.resolve();
    });
    await Promise.all([reload.run(), reload.run(), reload.run()]);
    expect(loads).toBe(2);
  });
});

describe('Toasts', () => {
  const error = (code: ApiError['code']): CallError =>
    new CallError({ code, message: 'm', fields: [], retry: { when: 'no' }, report_id: 'r' });

  it('say errors once and stay silent about being offline', () => {
    const toasts = new Toasts();
    toasts.fail(error('offline'));
    expect(toasts.list).toEqual([]);
    toasts.fail(error('disk_full'));
    toasts.fail(error('disk_full'));
    expect(toasts.list.map((toast) => toast.text)).toEqual(['error.disk_full']);
  });

  it('leave by themselves, but not while held', () => {
    const toasts = new Toasts();
    toasts.show('toast.recalled');
    const [toast] = toasts.list;
    toasts.hold(toast?.id ?? 0);
    vi.advanceTimersByTime(60_000);
    expect(toasts.list).toHaveLength(1);
    toasts.release(toast?.id ?? 0);
    vi.advanceTimersByTime(60_000);
    expect(toasts.list).toEqual([]);
  });
});

describe('newPrice', () => {
  const parked = (reason: 'price_changed' | 'forbidden', detail: string | null): IntentView => ({
    id: 'i',
    kind: 'create_generation',
    generation_id: 'g',
    image_id: null,
    subject: null,
    prompt: null,
    max_cost: 1,
    state: { state: 'parked', reason, detail },
    attempts: 1,
    created_at: 1,
  });

  it('is the price the server named, and nothing else', () => {
    expect(newPrice(parked('price_changed', '7'))).toBe(7);
    expect(newPrice(parked('price_changed', 'dear'))).toBeNull();
    expect(newPrice(parked('price_changed', null))).toBeNull();
    expect(newPrice(parked('forbidden', '7'))).toBeNull();
  });
});
