import type { WaitResource } from '@holdfast/core';
import { oneOf, someOf } from '../../lib/url-state.ts';

/** `waits`: what outside parties are asked; `timers`: timers and timeouts of instances; `cron`: triggers of releases. */
export const VIEWS = ['waits', 'timers', 'cron'] as const;
export type View = (typeof VIEWS)[number];

export const WAIT_STATES: readonly WaitResource['state'][] = [
  'open',
  'completed',
  'failed',
  'expired',
  'closed',
];

export interface ScheduleSearch {
  /** Default `waits`. */
  readonly view?: View;
  /** Of waits. Default: open ones. */
  readonly state?: WaitResource['state'];
  readonly saga?: string;
}

export function readScheduleSearch(search: Readonly<Record<string, unknown>>): ScheduleSearch {
  const view = someOf(search, 'view', VIEWS)?.[0];
  const state = someOf(search, 'state', WAIT_STATES)?.[0];
  const saga = oneOf(search, 'saga');
  return {
    ...(view === undefined ? {} : { view }),
    ...(state === undefined ? {} : { state }),
    ...(saga === undefined ? {} : { saga }),
  };
}
