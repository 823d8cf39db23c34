// From the core's notices to the state objects that show what changed.

import type { Subscription } from '$/lib/host';
import type { EntityView, Notice, SessionView } from '$/lib/ipc/generated/api';
import type { App } from './compose';

/** Above this many changed pictures all that is loaded is asked for again. */
const MANY = 500;

export class Notices {
  #subscription: Subscription | null = null;
  #account: string | null = null;

  constructor(private readonly app: App) {}

  start(): void {
    this.#subscription?.close();
    this.#subscription = this.app.host.subscribe(
      (notice) => this.#route(notice),
      () => this.#reloadAll(),
      (error) => this.app.start.failed(error),
    );
  }

  dispose(): void {
    this.#subscription?.close();
  }

  #route(notice: Notice): void {
    this.app.start.succeeded();
    switch (notice.type) {
      case 'session':
        this.#sessionChanged(notice.session);
        break;
      case 'settings':
        this.app.settings.apply(notice.settings);
        break;
      case 'sync':
        this.app.sync.apply(notice.sync);
        this.app.storage.follow();
        break;
      case 'changed':
        if (this.app.session.isOpen) this.#watch(this.#changed(notice.entity, notice.ids));
        break;
      case 'library_rebuilt':
        this.app.toasts.show('toast.rebuilt', {
          tone: 'warning',
          params: { count: notice.intents_saved },
          details: notice.moved_to,
        });
        this.#reloadAll();
        break;
    }
  }

  #sessionChanged(session: SessionView): void {
    this.app.session.apply(session);
    if (session.user_id === this.#account) return;
    this.#account = session.user_id;
    const {
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
      sync,
    } = this.app;
    for (const part of [
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
      sync,
    ]) {
      part.clear();
    }
    if (session.user_id !== null) this.#reloadAll();
  }

  #reloadAll(): void {
    if (!this.app.session.isOpen) return;
    const {
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
      sync,
    } = this.app;
    const parts = [
      account.reload(),
      models.reload(),
      gallery.reload(),
      favorites.reload(),
      trash.reload(),
      storage.reload(),
      generations.reload(),
    ];
    this.#watch(Promise.all([...parts, ledger.reload(), sync.reloadOutbox(), images.refreshAll()]));
    composer.requoteSoon();
    viewer.reload();
  }

  async #changed(entity: EntityView, ids: readonly string[] | null): Promise<void> {
    const { account, models, generations, ledger, composer, viewer, sync } = this.app;
    switch (entity) {
      case 'generation':
        await Promise.all([generations.follow(ids), account.reload()]);
        viewer.reload();
        break;
      case 'image':
        this.app.storage.follow();
        await this.#imagesChanged(ids);
        break;
      case 'ledger':
        await ledger.reload();
        viewer.reload();
        break;
      case 'account':
        await account.reload();
        composer.requoteSoon();
        break;
      case 'model':
        await models.reload();
        composer.requoteSoon();
        break;
      case 'outbox':
        await Promise.all([sync.reloadOutbox(), account.reload()]);
        composer.requoteSoon();
        break;
      case 'collection':
      case 'preference':
      case 'suggestion':
        // No screen shows them yet.
        break;
    }
  }

  async #imagesChanged(ids: readonly string[] | null): Promise<void> {
    const { account, images, gallery, favorites, trash, generations, ledger, viewer } = this.app;
    if (ids === null || ids.length > MANY) {
      await Promise.all([images.refreshAll(), gallery.reload(), favorites.reload(), trash.reload()]);
    } else {
      const refreshed = await images.refresh(ids);
      await Promise.all([gallery.follow(refreshed), favorites.follow(refreshed), trash.follow(refreshed)]);
      // A request carries its pictures, so a new file of one is a change of the request too.
      const requests = refreshed.views.flatMap((view) => view.generation_id ?? []);
      await generations.follow([...new Set(requests)]);
    }
    // Its lines show the pictures that were paid for.
    await ledger.reload();
    if (viewer.currentId !== null && (ids === null || ids.includes(viewer.currentId))) viewer.reload();
    await account.reload();
  }

  /** A failed refresh leaves what is shown; the next notice asks again. */
  #watch(work: Promise<unknown>): void {
    work.catch((thrown: unknown) => this.app.toasts.fail(thrown));
  }
}
