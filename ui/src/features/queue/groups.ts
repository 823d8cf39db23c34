// Requests by what they wait for. Pure.

import type { GenerationView } from '$/lib/ipc/generated/api';

export const GROUPS = ['parked', 'to_send', 'processing', 'pending', 'failed', 'ended'] as const;
export type Group = (typeof GROUPS)[number];

function groupOf({ status }: GenerationView): Group {
  return status === 'completed' || status === 'cancelled' ? 'ended' : status;
}

/** The groups that hold something, in the order in which they concern the user. */
export function grouped(
  list: readonly GenerationView[],
): { group: Group; requests: readonly GenerationView[] }[] {
  return GROUPS.map((group) => ({ group, requests: list.filter((one) => groupOf(one) === group) })).filter(
    ({ requests }) => requests.length > 0,
  );
}
