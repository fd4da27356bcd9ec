import type { InstanceStatusWire } from '@holdfast/core';
import { oneOf, someOf } from '../../lib/url-state.ts';

/** All statuses, in the order they are offered. */
export const STATUSES: readonly InstanceStatusWire[] = [
  'running',
  'waiting',
  'retrying',
  'compensating',
  'blocked',
  'completed',
  'compensated',
  'failed',
  'cancelled',
];

/** The filters of the list, as the address holds them. */
export interface SagaSearch {
  readonly saga?: string;
  readonly status?: readonly InstanceStatusWire[];
  /** Prefix. */
  readonly key?: string;
  /** `FIELD:VALUE` of search fields, all of which must hold. */
  readonly search?: readonly string[];
}

export function readSagaSearch(search: Readonly<Record<string, unknown>>): SagaSearch {
  const saga = oneOf(search, 'saga');
  const status = someOf(search, 'status', STATUSES);
  const key = oneOf(search, 'key');
  return {
    ...(saga === undefined ? {} : { saga }),
    ...(status === undefined ? {} : { status }),
    ...(key === undefined ? {} : { key }),
  };
}
