// Why a request failed, in words: the worker's codes, told as what happened, that the credits came back, and
// what to do. A code of a newer worker gets the general sentence.

import type { Key } from '$/lib/i18n/i18n.svelte';

const SENTENCES: Readonly<Record<string, Key>> = {
  worker_stopped: 'failure.interrupted',
  worker_lost: 'failure.interrupted',
  storage_unavailable: 'failure.interrupted',
  delivery_failed: 'failure.interrupted',
  unknown_provider: 'failure.unavailable',
  provider_failed: 'failure.unavailable',
  provider_unavailable: 'failure.unavailable',
  waited_too_long: 'failure.unavailable',
  provider_timeout: 'failure.slow',
  prompt_rejected: 'failure.rejected',
  content_rejected: 'failure.rejected',
  content_filtered: 'failure.filtered',
  loras_not_loaded: 'failure.loras',
  loras_unsupported: 'failure.loras',
  source_missing: 'failure.source',
  source_unreadable: 'failure.source',
  request_rejected: 'failure.as_asked',
  invalid_request: 'failure.as_asked',
  invalid_format: 'failure.as_asked',
  invalid_size: 'failure.as_asked',
  no_images: 'failure.as_asked',
  encoding_failed: 'failure.as_asked',
  storage_refused: 'failure.as_asked',
};

export function failureText(code: string | null): Key {
  return SENTENCES[code ?? ''] ?? 'failure.general';
}
