// Builds every state object, in one visible order, and joins them to the notices of the core.

import { I18n } from '$/lib/i18n/i18n.svelte';
import type { Host } from '$/lib/host';
import { callOf, type Call } from '$/lib/ipc/call';
import type { GenerationView } from '$/lib/ipc/generated/api';
import { Account } from '$/lib/state/account.svelte';
import { Composer } from '$/lib/state/composer.svelte';
import { Gallery } from '$/lib/state/gallery.svelte';
import { Generations } from '$/lib/state/generations.svelte';
import { Images } from '$/lib/state/images.svelte';
import { Ledger } from '$/lib/state/ledger.svelte';
import { Models } from '$/lib/state/models.svelte';
import { localMemory, Navigation } from '$/lib/state/navigation.svelte';
import { Session } from '$/lib/state/session.svelte';
import { Settings } from '$/lib/state/settings.svelte';
import { Start } from '$/lib/state/start.svelte';
import { Storage } from '$/lib/state/storage.svelte';
import { Sync } from '$/lib/state/sync.svelte';
import { Toasts } from '$/lib/state/toasts.svelte';
import { Viewer } from '$/lib/state/viewer.svelte';
import { Notices } from './notices';

export interface App {
  readonly host: Host;
  readonly call: Call;
  readonly i18n: I18n;
  readonly toasts: Toasts;
  readonly navigation: Navigation;
  readonly start: Start;
  readonly session: Session;
  readonly settings: Settings;
  readonly sync: Sync;
  readonly account: Account;
  readonly models: Models;
  readonly images: Images;
  readonly gallery: Gallery;
  readonly favorites: Gallery;
  readonly trash: Gallery;
  readonly storage: Storage;
  readonly generations: Generations;
  readonly ledger: Ledger;
  readonly composer: Composer;
  readonly viewer: Viewer;
  /** Sets the favorite mark, with an undo. */
  setFavorite(id: string, favorite: boolean): Promise<void>;
  /** Puts a picture into the trash or takes it out, with an undo. */
  setTrashed(id: string, trashed: boolean): Promise<void>;
  /** Sends what the composer holds. */
  generate(): Promise<GenerationView | null>;
  dispose(): void;
}

export function compose(host: Host): App {
  const memory = localMemory('amethyst.');
  const call = callOf(host);
  // Until the core tells: what it told last, else the system's.
  const language = memory.read('language') ?? navigator.language;
  const i18n = new I18n(language.startsWith('fr') ? 'fr' : 'en');
  const toasts = new Toasts();
  const navigation = new Navigation(memory);
  const start = new Start(() => notices.start());
  const session = new Session(call);
  const settings = new Settings(call, i18n, (name, value) => memory.write(name, value));
  const sync = new Sync(call);
  const account = new Account(call);
  const models = new Models(call);
  const images = new Images(call);
  const gallery = new Gallery(call, 'gallery');
  const favorites = new Gallery(call, 'favorites');
  const trash = new Gallery(call, 'trash');
  const storage = new Storage(call);
  const generations = new Generations(call, (ended) => announce(ended));
  const ledger = new Ledger(call);
  const composer = new Composer(call, generations, memory);
  const viewer = new Viewer(call, (thrown) => toasts.fail(thrown));

  function announce(ended: GenerationView): void {
    const elsewhere = navigation.section !== 'create' && navigation.section !== 'gallery';
    if (ended.status === 'failed') {
      const params = { count: ended.credits_refunded };
      const action = { label: 'toast.see' as const, run: () => navigation.go('queue') };
      toasts.show('toast.failed', { tone: 'warning', params, action });
    } else if (ended.status === 'completed' && elsewhere) {
      const action = { label: 'toast.see' as const, run: () => navigation.go('gallery') };
      toasts.show('toast.ready', { tone: 'good', params: { count: ended.images.length }, action });
    }
  }

  const app = {
    host,
    call,
    i18n,
    toasts,
    navigation,
    start,
    session,
    settings,
    sync,
    account,
    models,
    images,
    gallery,
    favorites,
    trash,
    storage,
    generations,
    ledger,
    composer,
    viewer,
    async setFavorite(id: string, favorite: boolean): Promise<void> {
      try {
        await images.setFavorite(id, favorite);
        const action = { label: 'toast.undo' as const, run: () => void app.setFavorite(id, !favorite) };
        toasts.show(favorite ? 'toast.favorite_added' : 'toast.favorite_removed', { action });
      } catch (thrown) {
        toasts.fail(thrown);
      }
    },
    async setTrashed(id: string, trashed: boolean): Promise<void> {
      try {
        await images.change([id], { trashed });
        const action = { label: 'toast.undo' as const, run: () => void app.setTrashed(id, !trashed) };
        toasts.show(trashed ? 'toast.trashed' : 'toast.restored', { action });
      } catch (thrown) {
        toasts.fail(thrown);
      }
    },
    async generate(): Promise<GenerationView | null> {
      try {
        return await composer.send();
      } catch {
        // The composer shows it in place; a toast would say it twice.
        return null;
      }
    },
    dispose(): void {
      notices.dispose();
      toasts.dispose();
    },
  };
  const notices = new Notices(app);
  start.try();
  return app;
}
