import type { HistogramSnapshot } from '@holdfast/core';

export const THREADS = ['main', 'engine', 'reader'] as const;
export type ThreadName = (typeof THREADS)[number];

/** How one thread of the server does. */
export interface ThreadVitals {
  /** Seconds. */
  readonly cpu: number;
  /** Bytes. */
  readonly heapUsed: number;
  /** Seconds in which its event loop was not waiting. */
  readonly active: number;
  /** Seconds by which timers were late while it was at work. */
  readonly delay: HistogramSnapshot;
}
