/**
 * What the engine counts of its own work, for `/metrics` (R7.1, R9.1, R10.3): plain numbers and histograms with fixed
 * buckets, since the start. Noting is a look-up and an addition; a snapshot is made when somebody asks.
 *
 * Labels are sagas, and effects of an app: as many as the releases declare. Never tenants, keys or ids.
 *
 * @module
 */
import {
  type Clock,
  type EffectOutcomeKind,
  Histogram,
  type HistogramSnapshot,
  type Micros,
  MICROS_PER_MILLI,
  type Millis,
} from '@holdfast/core';
import type { CommitReceipt } from '@holdfast/store';
import type { RecordedTime } from './recorded-time.ts';
import type { UpstreamStatus } from './upstreams.ts';

const MILLIS_PER_SECOND = 1000;
const MICROS_PER_SECOND = MILLIS_PER_SECOND * MICROS_PER_MILLI;

/** Seconds: what a disk's sync takes, from a fast one to a stuck one. */
const SYNC_SECONDS = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
/** Seconds: from a step that is fused with the next to a target that is waited for. */
const FLOW_SECONDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 300];
/** What one commit holds. */
const BATCH_SIZES = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000];

export const ATTEMPT_OUTCOMES = ['succeeded', 'failed', 'not_done', 'in_doubt', 'lost'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** Why an event is given to its saga once more. */
export type RedeliveryCause = 'recovery' | 'failure';

export interface SagaMetrics {
  readonly saga: string;
  /** How far it is behind, in positions of the journal, over all tenants. */
  readonly lag: number;
  readonly redeliveries: Readonly<Record<RedeliveryCause, number>>;
  /** Runs opened. */
  readonly started: number;
  /** Runs ended, by how. */
  readonly ended: Readonly<Record<string, number>>;
  /** Seconds from an event's receipt to the commit of its transition. */
  readonly processing: HistogramSnapshot;
}

export interface EffectMetrics {
  readonly app: string;
  readonly effect: string;
  /** Seconds from an item's creation to the start of its first try. */
  readonly dispatch: HistogramSnapshot;
  /** Seconds that tries took. */
  readonly duration: HistogramSnapshot;
  readonly attempts: Readonly<Record<AttemptOutcome, number>>;
  readonly outcomes: Readonly<Record<EffectOutcomeKind, number>>;
  /** Items that were kept for a person. */
  readonly held: number;
}

interface CommitMetrics {
  /** Seconds from the begin of putting a batch together to its receipt. */
  readonly duration: HistogramSnapshot;
  /** Seconds in the sync. */
  readonly sync: HistogramSnapshot;
  readonly events: HistogramSnapshot;
  readonly ops: HistogramSnapshot;
}

interface ScheduleMetrics {
  /** Seconds that a look for due schedules took. */
  readonly scan: HistogramSnapshot;
  /** Seconds from a schedule's due time to the commit of its firing. */
  readonly lag: HistogramSnapshot;
}

/** All of it at one moment; plain data. */
export interface EngineMetricsSnapshot {
  readonly commits: CommitMetrics;
  readonly sagas: readonly SagaMetrics[];
  readonly effects: readonly EffectMetrics[];
  readonly schedules: ScheduleMetrics;
  readonly upstreams: readonly UpstreamStatus[];
  /** Tries running now. */
  readonly effectsInFlight: number;
  /** Instances in memory now. */
  readonly instancesInMemory: number;
  /** Units that wait for their commit now. */
  readonly commitQueue: number;
  /** Events on their way through the sandbox now. */
  readonly undecided: number;
  /** Bytes of the write-ahead log that the next commit could not reuse yet. */
  readonly walUsed: number;
  readonly lastSeq: number;
}

class SagaCounts {
  readonly redeliveries = { recovery: 0, failure: 0 };
  readonly processing = new Histogram(FLOW_SECONDS);
  readonly ended: Record<string, number> = {};
  started = 0;
}

class EffectCounts {
  readonly dispatch = new Histogram(FLOW_SECONDS);
  readonly duration = new Histogram(FLOW_SECONDS);
  readonly attempts = { succeeded: 0, failed: 0, not_done: 0, in_doubt: 0, lost: 0 };
  readonly outcomes = { succeeded: 0, failed: 0, unknown: 0 };
  held = 0;
}

/** Whose effect it is. */
interface EffectOf {
  readonly app: string;
  readonly effect: string;
}

export class EngineMetrics {
  readonly #clock: Clock;
  readonly #time: RecordedTime;
  readonly #commits = {
    duration: new Histogram(SYNC_SECONDS),
    sync: new Histogram(SYNC_SECONDS),
    events: new Histogram(BATCH_SIZES),
    ops: new Histogram(BATCH_SIZES),
  };
  readonly #schedules = {
    scan: new Histogram(SYNC_SECONDS),
    lag: new Histogram(FLOW_SECONDS),
  };
  readonly #sagas = new Map<string, SagaCounts>();
  /** By app, then by name. */
  readonly #effects = new Map<string, Map<string, EffectCounts>>();
  #begun: Millis = 0;
  #lastSeq: number;
  /** When the present batch was committed: asked once for all that it holds. */
  #committedAt: Micros = 0;

  /** @param lastSeq last position of the journal at the start */
  constructor(clock: Clock, time: RecordedTime, lastSeq: number) {
    this.#clock = clock;
    this.#time = time;
    this.#lastSeq = lastSeq;
  }

  /** A batch is put together. */
  commitBegun(): void {
    this.#begun = this.#clock.monotonic();
  }

  /** It is synced; its units have not been told yet. */
  committed(ops: number, { lastSeq, syncMs }: CommitReceipt): void {
    const { duration, sync, events, ops: sizes } = this.#commits;
    duration.note((this.#clock.monotonic() - this.#begun) / MILLIS_PER_SECOND);
    sync.note(syncMs / MILLIS_PER_SECOND);
    events.note(lastSeq - this.#lastSeq);
    sizes.note(ops);
    this.#lastSeq = lastSeq;
    this.#committedAt = this.#time.now();
  }

  /** A transition of the batch that was just committed. */
  transition(saga: string, receivedAt: Micros, opens: boolean, endedAs: string | null): void {
    const counts = this.#saga(saga);
    counts.processing.note((this.#committedAt - receivedAt) / MICROS_PER_SECOND);
    if (opens) counts.started += 1;
    if (endedAs !== null) counts.ended[endedAs] = (counts.ended[endedAs] ?? 0) + 1;
  }

  redelivered(saga: string, cause: RedeliveryCause): void {
    this.#saga(saga).redeliveries[cause] += 1;
  }

  /** The first try of an item starts. */
  dispatched(of: EffectOf, createdAt: Micros, at: Micros): void {
    this.#effect(of).dispatch.note((at - createdAt) / MICROS_PER_SECOND);
  }

  /** @param took null where nobody knows when it began: a crash or a lost lease ended it */
  attempted(of: EffectOf, outcome: AttemptOutcome, took: Millis | null): void {
    const counts = this.#effect(of);
    counts.attempts[outcome] += 1;
    if (took !== null) counts.duration.note(took / MILLIS_PER_SECOND);
  }

  settled(of: EffectOf, outcome: EffectOutcomeKind): void {
    this.#effect(of).outcomes[outcome] += 1;
  }

  held(of: EffectOf): void {
    this.#effect(of).held += 1;
  }

  /** The store was asked for due schedules. */
  scanned(took: Millis): void {
    this.#schedules.scan.note(took / MILLIS_PER_SECOND);
  }

  /** The firing of a schedule is committed. */
  fired(dueAt: Micros): void {
    this.#schedules.lag.note((this.#time.now() - dueAt) / MICROS_PER_SECOND);
  }

  /**
   * @param now what is measured at the moment, and not counted
   * @param lag how far each consumer is behind
   */
  snapshot(
    now: Omit<EngineMetricsSnapshot, 'commits' | 'sagas' | 'effects' | 'schedules'>,
    lag: readonly { readonly saga: string; readonly pending: number }[],
  ): EngineMetricsSnapshot {
    const bySaga = new Map<string, number>();
    for (const { saga, pending } of lag) bySaga.set(saga, (bySaga.get(saga) ?? 0) + pending);
    for (const saga of bySaga.keys()) this.#saga(saga);
    const { duration, sync, events, ops } = this.#commits;
    return {
      ...now,
      commits: {
        duration: duration.snapshot(),
        sync: sync.snapshot(),
        events: events.snapshot(),
        ops: ops.snapshot(),
      },
      sagas: Array.from(this.#sagas, ([saga, { redeliveries, processing, ended, started }]) => ({
        saga,
        lag: bySaga.get(saga) ?? 0,
        redeliveries: { ...redeliveries },
        started,
        ended: { ...ended },
        processing: processing.snapshot(),
      })),
      effects: Array.from(this.#effects).flatMap(([app, effects]) =>
        Array.from(effects, ([effect, counts]) => ({
          app,
          effect,
          dispatch: counts.dispatch.snapshot(),
          duration: counts.duration.snapshot(),
          attempts: { ...counts.attempts },
          outcomes: { ...counts.outcomes },
          held: counts.held,
        })),
      ),
      schedules: {
        scan: this.#schedules.scan.snapshot(),
        lag: this.#schedules.lag.snapshot(),
      },
    };
  }

  #saga(name: string): SagaCounts {
    let counts = this.#sagas.get(name);
    if (counts === undefined) {
      counts = new SagaCounts();
      this.#sagas.set(name, counts);
    }
    return counts;
  }

  #effect({ app, effect }: EffectOf): EffectCounts {
    let effects = this.#effects.get(app);
    if (effects === undefined) {
      effects = new Map();
      this.#effects.set(app, effects);
    }
    let counts = effects.get(effect);
    if (counts === undefined) {
      counts = new EffectCounts();
      effects.set(effect, counts);
    }
    return counts;
  }
}
