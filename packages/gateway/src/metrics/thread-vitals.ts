import type { HistogramSnapshot } from '@holdfast/core';

export const THREADS = ['main', 'engine', 'reader'] as const;
export type ThreadName = (typeof THREADS)[number];

/** What became of spans since the start. */
export interface SpanCounts {
  readonly exported: number;
  /** The collector did not take them. */
  readonly failed: number;
  /** There was no room to keep them for it. */
  readonly dropped: number;
  /** Kept for it now. */
  readonly queued: number;
}

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
