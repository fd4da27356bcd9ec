/**
 * Answers whose schemas are not in core's wire schemas yet. Each leaves this file for `@holdfast/core` when it is.
 *
 * @module
 */
type BreakerState = 'closed' | 'open' | 'half_open' | 'recovering';

export interface Overview {
  readonly at: string;
  readonly healthy: boolean;
  readonly problems: readonly {
    readonly code: string;
    readonly message: string;
    readonly path: string;
  }[];
  readonly sum: {
    readonly accepted: number;
    readonly completed: number;
    readonly compensated: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly inProgress: number;
    readonly needsYou: number;
  };
  readonly quarantine?: number;
  readonly outbox: { readonly depth: number; readonly oldestAgeSeconds: number | null };
  readonly schedules: { readonly pending: number; readonly lagSeconds: number };
  readonly breakers: readonly { readonly upstream: string; readonly state: BreakerState }[];
  readonly disk: {
    readonly freeBytes: number;
    readonly dataBytes: number;
    readonly walBytes: number;
  };
}

export interface OverviewSeries {
  readonly stepSeconds: number;
  readonly from: string;
  readonly series: Readonly<
    Record<
      | 'accepted'
      | 'ended'
      | 'outboxDepth'
      | 'outboxAgeSeconds'
      | 'scheduleLagSeconds'
      | 'diskFreeBytes',
      readonly number[]
    >
  >;
}
