// Who is signed in, and the ways in and out.

import type { Call } from '$/lib/ipc/call';
import type { LanguageView, SessionView, SignOutScope, VerifyKindView } from '$/lib/ipc/generated/api';

export class Session {
  /** `null` until the core has told. */
  view = $state.raw<SessionView | null>(null);
  /** Whether an account's library is open, signed in or not. */
  readonly isOpen = $derived(this.view?.user_id != null);

  constructor(private readonly call: Call) {}

  apply(view: SessionView): void {
    this.view = view;
  }

  async signIn(email: string, password: string): Promise<void> {
    this.view = await this.call('session_sign_in', { email, password });
  }

  async signUp(email: string, password: string, language: LanguageView): Promise<void> {
    this.view = await this.call('session_sign_up', { email, password, language });
  }

  async resend(email: string): Promise<void> {
    await this.call('session_resend', { email });
  }

  async recover(email: string): Promise<void> {
    await this.call('session_recover', { email });
  }

  async verify(email: string, code: string, kind: VerifyKindView, newPassword: string | null): Promise<void> {
    this.view = await this.call('session_verify', { email, code, kind, new_password: newPassword });
  }

  /** `null` keeps the session for this run only. */
  async unlock(passphrase: string | null): Promise<void> {
    this.view = await this.call('session_unlock', { passphrase });
  }

  async signOut(scope: SignOutScope): Promise<void> {
    this.view = await this.call('session_sign_out', { scope });
  }
}
