// Language, theme and server. The core keeps them; a copy of the first two serves the first frame.

import type { I18n } from '$/lib/i18n/i18n.svelte';
import type { Call } from '$/lib/ipc/call';
import type {
  LanguageView,
  ServerAddressView,
  SettingsPatch,
  SettingsView,
  ThemeView,
} from '$/lib/ipc/generated/api';

const NOTHING: SettingsPatch = {
  language: null,
  theme: null,
  full_name: null,
  avatar_url: null,
  notifications_enabled: null,
  marketing_emails_enabled: null,
  ads_enabled: null,
  prompt_suggestions_enabled: null,
  ai_safety_level: null,
};

export class Settings {
  view = $state.raw<SettingsView | null>(null);
  readonly theme = $derived(this.view?.theme ?? 'system');

  constructor(
    private readonly call: Call,
    private readonly i18n: I18n,
    private readonly keep: (name: string, value: string) => void,
  ) {}

  apply(view: SettingsView): void {
    this.view = view;
    this.i18n.language = view.language;
    this.keep('language', view.language);
    this.keep('theme', view.theme);
  }

  async setLanguage(language: LanguageView): Promise<void> {
    await this.change({ language });
  }

  async setTheme(theme: ThemeView): Promise<void> {
    await this.change({ theme });
  }

  /** Fields that are absent stay. */
  async change(patch: Partial<SettingsPatch>): Promise<void> {
    this.apply(await this.call('settings_change', { ...NOTHING, ...patch }));
  }

  /** `null` follows the local backend. */
  async setServer(address: ServerAddressView | null): Promise<void> {
    this.apply(await this.call('server_change', { address }));
  }
}
