// Which section is shown, and which parts of the frame are folded. Pure view state.

export const SECTIONS = ['create', 'queue', 'gallery', 'favorites', 'trash', 'credits', 'settings'] as const;
export type Section = (typeof SECTIONS)[number];

/** Heights of the rows, from many small pictures to few large ones. */
const TILE_HEIGHTS = [110, 150, 200, 250, 320, 420] as const;
const STANDARD_ZOOM = 2;

export interface ViewMemory {
  read(name: string): string | null;
  write(name: string, value: string): void;
}

function isSection(value: string | null): value is Section {
  return SECTIONS.some((section) => section === value);
}

export class Navigation {
  section = $state<Section>('create');
  isSidebarFolded = $state(false);
  isInspectorShown = $state(true);
  isHelpOpen = $state(false);
  isSyncOpen = $state(false);
  #zoom = $state(STANDARD_ZOOM);
  readonly tileHeight = $derived(TILE_HEIGHTS[this.#zoom] ?? TILE_HEIGHTS[STANDARD_ZOOM]);

  constructor(private readonly memory: ViewMemory) {
    const section = memory.read('section');
    if (isSection(section)) this.section = section;
    this.isSidebarFolded = memory.read('sidebar') === 'folded';
    this.isInspectorShown = memory.read('inspector') !== 'hidden';
    const zoom = Number(memory.read('zoom') ?? STANDARD_ZOOM);
    if (zoom in TILE_HEIGHTS) this.#zoom = zoom;
  }

  go(section: Section): void {
    this.section = section;
    this.isSyncOpen = false;
    this.memory.write('section', section);
  }

  toggleSidebar(): void {
    this.isSidebarFolded = !this.isSidebarFolded;
    this.memory.write('sidebar', this.isSidebarFolded ? 'folded' : 'open');
  }

  canZoom(step: 1 | -1): boolean {
    return this.#zoom + step in TILE_HEIGHTS;
  }

  zoomTiles(step: 1 | -1): void {
    if (!this.canZoom(step)) return;
    this.#zoom += step;
    this.memory.write('zoom', String(this.#zoom));
  }

  toggleInspector(): void {
    this.isInspectorShown = !this.isInspectorShown;
    this.memory.write('inspector', this.isInspectorShown ? 'shown' : 'hidden');
  }
}

/** Browser storage under one prefix; refused storage is an empty one. */
export function localMemory(prefix: string): ViewMemory {
  return {
    read(name) {
      try {
        return localStorage.getItem(`${prefix}${name}`);
      } catch {
        return null;
      }
    },
    write(name, value) {
      try {
        localStorage.setItem(`${prefix}${name}`, value);
      } catch {
        // Only a convenience is lost.
      }
    },
  };
}
