/**
 * Answers whose schemas are not in core's wire schemas yet. Each leaves this file for `@holdfast/core` when it is.
 *
 * @module
 */
import type { InstanceStatusWire, Json, SagaDetail, StateAt } from '@holdfast/core';

export type BreakerState = 'closed' | 'open' | 'half_open' | 'recovering';

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

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly source: string | null;
}

export interface InstanceRef {
  readonly saga: string;
  readonly key: string;
  readonly run: number;
}

export interface Cause {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly receivedAt: string;
  readonly saga: string | null;
  readonly instance: InstanceRef | null;
}

export type Happened = 'yes' | 'no' | 'in_doubt' | 'not_yet';

export interface EffectAnswer {
  readonly step: string;
  readonly effect: string;
  readonly commandId: string;
  readonly happened: Happened;
  readonly attempts: number;
  readonly undone: Happened | null;
  readonly undoneBy: string | null;
  readonly undoes: string | null;
  readonly text: string;
}

export type ChildInstance = InstanceRef & {
  readonly step: string;
  readonly status: InstanceStatusWire;
};

export type ParentRef = InstanceRef & { readonly step: string };

/** One instance with what only newer servers tell. */
export type InstanceDetail = SagaDetail & {
  readonly search?: Readonly<Record<string, string>>;
  readonly cause?: Cause | null;
  readonly parent?: ParentRef | null;
  readonly children?: readonly ChildInstance[];
  readonly effects?: readonly EffectAnswer[];
};

export interface StateChange {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: Json;
  readonly after?: Json;
}

export type StateAtVersion = StateAt & { readonly changes?: readonly StateChange[] };

export interface OpenStep {
  readonly step: string;
  readonly kind: 'effect' | 'wait' | 'timer' | 'child' | 'publish' | 'failure';
  readonly since: string;
  readonly text: string;
  readonly at: SourcePlace | null;
}

export interface Explanation {
  readonly version: number;
  readonly current: boolean;
  readonly status: InstanceStatusWire;
  readonly summary: string;
  readonly open: readonly OpenStep[];
  readonly next: readonly string[];
  readonly decision: {
    readonly version: number;
    readonly seq: number;
    readonly event: string;
    readonly recordedAt: string;
    readonly release: string;
    readonly check: {
      readonly state: 'same' | 'differs' | 'not_made';
      readonly reason: string | null;
    };
  } | null;
  readonly parked: number;
}

/** Search fields that a saga names. */
export interface SagaFields {
  readonly saga: string;
  readonly fields: readonly string[];
}
