import type { ReleaseDigest, TenantId } from '@holdfast/core';
import type { ParentRef } from '@holdfast/store';
import type { Consumers } from './consumers.ts';
import type { PlanContext } from './decided.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import type { Fact, FactQueue } from './fact.ts';
import type { Unit } from './journal-writer.ts';
import type { Log } from './log.ts';
import type { RecordedTime } from './recorded-time.ts';
import type { Sandbox } from './sandbox-port.ts';
import type { Tracer } from './tracing/tracer.ts';
import type { TransitionDeps } from './transition-unit.ts';

/** What the saga runner works with. */
export interface RunnerDeps extends PlanContext {
  readonly sandbox: Sandbox;
  readonly facts: FactQueue;
  readonly consumers: Consumers;
  readonly time: RecordedTime;
  readonly transition: TransitionDeps;
  readonly log: Log;
  /** Null: nobody traces. */
  readonly tracer: Tracer | null;
  readonly metrics: Pick<EngineMetrics, 'redelivered'>;
  /** Most times that an event is given to its saga where the host is what fails. */
  readonly maxDeliver: number;
  readonly submit: (unit: Unit) => void;
  /** Whether the fact is left to the journal for a consumer that lags; it then is. */
  readonly leave: (fact: Fact, saga: string) => boolean;
  /** What an instance is pinned to; null where there is none. */
  readonly pinOf: (
    tenant: TenantId,
    saga: string,
    key: string,
  ) => Promise<{ readonly app: string; readonly release: ReleaseDigest } | null>;
  /** A published event that no saga takes. */
  readonly unrouted: (fact: Fact) => void;
  /** A child could not be started: its parent must be told. */
  readonly childRefused: (parent: ParentRef, start: Fact, reason: string) => Fact;
  /** Sends a fact of the engine's own on its way. */
  readonly enter: (fact: Fact) => void;
  /** Something broke that must not: the engine cannot be trusted to go on. */
  readonly fatal: (error: unknown) => void;
}
