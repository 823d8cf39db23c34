// The keys of the whole window. Keys of one place (grid, loupe, dialogs) are bound there.

import { SECTIONS } from '$/lib/state/navigation.svelte';
import type { App } from './compose';

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

function withControl(app: App, event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  const section = SECTIONS[Number(event.key) - 1];
  if (section !== undefined) {
    app.viewer.close();
    app.navigation.go(section);
  } else if (key === 'enter') {
    const shown = app.navigation.section === 'create' || app.navigation.section === 'gallery';
    if (shown && !app.viewer.isOpen) void app.generate();
  } else if (key === 'b') {
    app.navigation.toggleSidebar();
  } else if (key === 'n') {
    app.viewer.close();
    app.navigation.go('create');
    app.composer.startOver();
  } else if (key === 'k' && event.shiftKey) {
    app.navigation.isHelpOpen = true;
  } else {
    return false;
  }
  return true;
}

function plain(app: App, event: KeyboardEvent): boolean {
  const { viewer, navigation, images } = app;
  const id = viewer.currentId;
  switch (event.key) {
    case 'F1':
    case '?':
      navigation.isHelpOpen = true;
      return true;
    case 'g':
      viewer.close();
      if (navigation.section !== 'favorites') navigation.go('gallery');
      return true;
    case 'e':
      if (id === null) return false;
      viewer.isOpen = true;
      return true;
    case 'f':
      if (id === null) return false;
      void app.setFavorite(id, !(images.tile(id).view?.is_favorite ?? false));
      return true;
    case 'i':
      navigation.toggleInspector();
      return true;
    case 'X': {
      const last = app.generations.active[0];
      if (last === undefined) return false;
      app.generations.cancel(last.id).catch((thrown: unknown) => app.toasts.fail(thrown));
      return true;
    }
    default:
      return false;
  }
}

/** Acts on a key of the window; `true` when it was one. */
export function handleKey(app: App, event: KeyboardEvent): boolean {
  if (event.defaultPrevented || !app.session.isOpen) return false;
  if (document.querySelector('dialog[open]') !== null) return false;
  if (event.ctrlKey || event.metaKey) return !event.altKey && withControl(app, event);
  if (event.key !== 'F1' && (isTyping(event.target) || event.altKey)) return false;
  return plain(app, event);
}
