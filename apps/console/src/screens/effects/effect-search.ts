import type { EffectStatusWire } from '@holdfast/core';
import { oneOf, someOf } from '../../lib/url-state.ts';

/** All statuses, in the order they are offered. */
export const STATUSES: readonly EffectStatusWire[] = [
  'pending',
  'leased',
  'held',
  'succeeded',
  'failed',
  'unknown',
];

/** The filters of the list, as the address and the API name them. */
export interface EffectSearch {
  readonly status?: readonly EffectStatusWire[];
  readonly effect?: string;
  readonly saga?: string;
  /** Effects that call it. */
  readonly upstream?: string;
}

const TEXTS = ['effect', 'saga', 'upstream'] as const;

export function readEffectSearch(search: Readonly<Record<string, unknown>>): EffectSearch {
  const status = someOf(search, 'status', STATUSES);
  const texts = TEXTS.flatMap((name) => {
    const value = oneOf(search, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(texts), ...(status === undefined ? {} : { status }) };
}
