// One typed way to the core; every failure is a `CallError` with the core's own code.

import type { Host } from '$/lib/host';
import type { ApiError, Commands } from './generated/api';

export class CallError extends Error {
  constructor(readonly api: ApiError) {
    super(api.message);
    this.name = 'CallError';
  }
}

export type Args<K extends keyof Commands> = Commands[K][0] extends null ? [] : [Commands[K][0]];
export type Result<K extends keyof Commands> = Commands[K][1];
export type Call = <K extends keyof Commands>(name: K, ...args: Args<K>) => Promise<Result<K>>;

function isApiError(value: unknown): value is ApiError {
  return typeof value === 'object' && value !== null && 'code' in value && 'retry' in value;
}

/** Whatever was thrown, as an error of the core. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof CallError) return thrown.api;
  if (isApiError(thrown)) return thrown;
  return { code: 'internal', message: String(thrown), fields: [], retry: { when: 'now' }, report_id: '' };
}

export function callOf(host: Host): Call {
  return async (name, ...args) => {
    try {
      return await host.call(name, args[0] ?? null);
    } catch (thrown) {
      throw new CallError(toApiError(thrown));
    }
  };
}
