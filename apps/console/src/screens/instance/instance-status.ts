import type { InstanceStatusWire } from '@holdfast/core';

const ENDED: ReadonlySet<InstanceStatusWire> = new Set([
  'completed',
  'compensated',
  'failed',
  'cancelled',
]);

/** Whether a run goes no further. */
export function hasEnded(status: InstanceStatusWire): boolean {
  return ENDED.has(status);
}
