// How each error of the core appears. The record is total: a new code does not compile without its row.

import type { Key } from '$/lib/i18n/i18n.svelte';
import type { ErrorCode } from '$/lib/ipc/generated/api';

export type Severity = 'error' | 'warning' | 'silent';
export type ErrorAction = 'sign_in' | 'server' | 'unlock' | 'retry' | 'resend' | 'folder';

export interface Presentation {
  /** Silent ones are states that the frame already shows. */
  readonly severity: Severity;
  readonly text: Key;
  readonly action?: ErrorAction;
}

export const PRESENTATION: Record<ErrorCode, Presentation> = {
  offline: { severity: 'silent', text: 'error.offline' },
  needs_sign_in: { severity: 'warning', text: 'error.needs_sign_in', action: 'sign_in' },
  wrong_credentials: { severity: 'error', text: 'error.wrong_credentials' },
  email_not_confirmed: { severity: 'warning', text: 'error.email_not_confirmed', action: 'resend' },
  email_taken: { severity: 'error', text: 'error.email_taken', action: 'sign_in' },
  weak_password: { severity: 'error', text: 'error.weak_password' },
  wrong_code: { severity: 'error', text: 'error.wrong_code', action: 'resend' },
  wrong_server: { severity: 'error', text: 'error.wrong_server', action: 'server' },
  rate_limited: { severity: 'warning', text: 'error.rate_limited' },
  keychain_locked: { severity: 'warning', text: 'error.keychain_locked', action: 'unlock' },
  wrong_passphrase: { severity: 'error', text: 'error.wrong_passphrase' },
  forbidden: { severity: 'error', text: 'error.forbidden' },
  not_found: { severity: 'warning', text: 'error.not_found' },
  invalid: { severity: 'error', text: 'error.invalid' },
  conflict: { severity: 'warning', text: 'error.conflict', action: 'retry' },
  insufficient_credits: { severity: 'warning', text: 'error.insufficient_credits' },
  server_trouble: { severity: 'warning', text: 'error.server_trouble', action: 'retry' },
  disk_full: { severity: 'error', text: 'error.disk_full', action: 'folder' },
  library_damaged: { severity: 'error', text: 'error.library_damaged' },
  library_in_use: { severity: 'error', text: 'error.library_in_use', action: 'retry' },
  internal: { severity: 'error', text: 'error.internal', action: 'retry' },
};
