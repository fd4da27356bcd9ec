/**
 * Spans of what the engine does, for those who trace (R13.3, I5). The engine has none unless it is given a sink; then each
 * of these calls costs one look at a field.
 *
 * 1. Everything that follows from an event is in its trace. `traceparent` of an instance names the span that its run hangs
 *    below; all other spans are named by what is stored anyway, so that a restart goes on in the same trace.
 * 2. A span is told of once what it stands for is committed; that of a try at its end, a moment before.
 * 3. A producer that says whether its trace is sampled is believed. Traces that begin here are sampled by ratio.
 * 4. Attributes hold names and codes: no data, no state, no result, no message of an error.
 *
 * @module
 */
import {
  beginTrace,
  type Decision,
  eventSpanId,
  MICROS_PER_MILLI,
  type Micros,
  type Millis,
  readTraceContext,
  RESERVED_SOURCE_PREFIX,
  type SpanAttributes,
  type SpanKind,
  spanIdOf,
  type SpanLink,
  type SpanSink,
  type TraceContext,
  writeTraceparent,
} from '@holdfast/core';
import type { InstanceRow, ScheduleRow, WaitRow, WorkItemRow } from '@holdfast/store';
import type { ActiveItem } from '../active-item.ts';
import { waitEndName } from '../addressing.ts';
import type { AttemptOutcome } from '../engine-metrics.ts';
import type { Fact, UnnumberedEvent } from '../fact.ts';
import type { RecordedTime } from '../recorded-time.ts';
import { sha256 } from '../sha256.ts';
import {
  attemptSpan,
  begunAt,
  below,
  causeOf,
  codeOf,
  decisionSpan,
  effectSpan,
  type IngestProtocol,
  kindOf,
  ofEvent,
  ofItem,
  type OfRun,
  ofRun,
  runSpan,
  sampled,
} from './span-names.ts';

export interface TracingOptions {
  /** The part of the traces that begin here that is told of, from 0 to 1. */
  readonly sample: number;
  readonly spans: SpanSink;
}

/** What of a committed transition its span says. */
interface Transition {
  readonly row: InstanceRow;
  readonly record: { readonly release: string; readonly gasUsed: number };
  readonly planned: {
    readonly decision: Pick<Decision, 'ending'>;
    readonly items: readonly unknown[];
    readonly schedules: readonly ScheduleRow[];
  };
  readonly delivery: { readonly fact: Fact };
  readonly closedWaits: readonly WaitRow[];
}

/** Of a span, what is not known from its context. */
interface Told {
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly startAt: Micros;
  readonly endAt?: Micros;
  readonly kind?: SpanKind;
  readonly attributes: SpanAttributes;
  readonly error?: string | null;
  readonly links?: readonly SpanLink[];
}

export class Tracer {
  readonly #options: TracingOptions;
  readonly #time: Pick<RecordedTime, 'now'>;
  /** When timers that this process has set were set: that is not stored. */
  readonly #setAt = new WeakMap<ScheduleRow, Micros>();

  constructor(options: TracingOptions, time: Pick<RecordedTime, 'now'>) {
    this.#options = options;
    this.#time = time;
  }

  /** The event in its producer's trace; without one, in a trace that begins with it. */
  enter(event: UnnumberedEvent): UnnumberedEvent {
    if (event.traceparent !== null) return event;
    const begun = beginTrace(sha256, event, this.#options.sample);
    return { ...event, traceparent: writeTraceparent(begun) };
  }

  /** The `traceparent` of a run that the event opens. */
  ofRun(event: UnnumberedEvent): string | null {
    const context = readTraceContext(event.traceparent);
    // What the engine itself has made says what it hangs below.
    if (context === null || event.source.startsWith(RESERVED_SOURCE_PREFIX))
      return event.traceparent;
    return writeTraceparent({ ...context, spanId: eventSpanId(sha256, event) });
  }

  /** The `traceparent` of what a decision publishes or starts. */
  ofDecision(row: OfRun & Pick<InstanceRow, 'version'>): string | null {
    return below(row, decisionSpan(row));
  }

  /** The `traceparent` that goes out with a try. */
  ofAttempt(row: WorkItemRow, attempt: number): string | null {
    return below(row, attemptSpan(row, attempt));
  }

  /** An event is journaled. */
  published({ event, seq }: Fact, protocol: IngestProtocol): void {
    const context = sampled(event);
    if (context === null) return;
    const spanId = eventSpanId(sha256, event);
    this.#tell(context, {
      spanId,
      parentSpanId: context.spanId === spanId ? null : context.spanId,
      name: `publish ${event.type}`,
      kind: kindOf(protocol),
      startAt: event.receivedAt,
      attributes: { ...ofEvent(event, seq, protocol), 'holdfast.event.duplicate': false },
    });
  }

  /**
   * An event came again, and was answered with the first.
   *
   * @param came as it came this time
   * @param first as it is in the journal; undefined when that was not looked up
   */
  repeated(
    came: UnnumberedEvent,
    first: UnnumberedEvent | undefined,
    seq: number,
    protocol: IngestProtocol,
  ): void {
    const context = sampled(came.traceparent === null ? (first ?? came) : came);
    if (context === null) return;
    const origin = readTraceContext(first?.traceparent ?? null);
    const spanId = eventSpanId(sha256, came);
    this.#tell(context, {
      spanId: spanIdOf(sha256, 'repeated', spanId, came.receivedAt),
      parentSpanId: context.spanId,
      name: `publish ${came.type}`,
      kind: kindOf(protocol),
      startAt: came.receivedAt,
      attributes: { ...ofEvent(came, seq, protocol), 'holdfast.event.duplicate': true },
      links: origin === null ? [] : [{ traceId: origin.traceId, spanId }],
    });
  }

  /** A transition is committed. */
  decided({ row, planned, record, delivery, closedWaits }: Transition): void {
    const { event, seq } = delivery.fact;
    for (const schedule of planned.schedules)
      if (schedule.kind === 'timer') this.#setAt.set(schedule, event.receivedAt);
    const context = sampled(row);
    if (context === null) return;
    const endAt = this.#time.now();
    this.#tell(context, {
      spanId: decisionSpan(row),
      parentSpanId: runSpan(row),
      name: `decide ${row.saga}`,
      startAt: event.receivedAt,
      endAt,
      attributes: {
        ...ofRun(row),
        'holdfast.version': row.version,
        'holdfast.status': row.status,
        'holdfast.release': record.release,
        'holdfast.event.type': event.type,
        'holdfast.event.seq': seq,
        'holdfast.decision.gas': record.gasUsed,
        'holdfast.decision.effects': planned.items.length,
      },
      links: causeOf(event),
    });
    for (const wait of closedWaits) this.#wait(context, wait, row, 'closed', endAt);
    if (planned.decision.ending !== null) this.#ended(context, row, endAt);
  }

  /** The first try of an item starts. */
  dispatched({ row, firstAttemptAt }: ActiveItem): void {
    const context = sampled(row);
    if (context === null || firstAttemptAt === null) return;
    this.#tell(context, {
      spanId: spanIdOf(sha256, 'dispatch', row.commandId),
      parentSpanId: effectSpan(row),
      name: `dispatch ${row.effect}`,
      startAt: row.createdAt,
      endAt: firstAttemptAt,
      attributes: { ...ofRun(row), ...ofItem(row) },
    });
  }

  /**
   * A try has ended.
   *
   * @param since milliseconds from its begin; null where another process had begun it
   */
  attempted(
    item: ActiveItem,
    outcome: AttemptOutcome,
    error: { readonly code: string } | null,
    since: Millis | null,
  ): void {
    const { row, attempts, effect, mode } = item;
    const context = sampled(row);
    if (context === null) return;
    const endAt = this.#time.now();
    const startAt = since === null ? begunAt(item) : endAt - Math.round(since * MICROS_PER_MILLI);
    this.#tell(context, {
      spanId: attemptSpan(row, attempts),
      parentSpanId: effectSpan(row),
      name: `attempt ${row.effect}`,
      kind: 'client',
      startAt,
      endAt,
      attributes: {
        ...ofRun(row),
        ...ofItem(row),
        'holdfast.attempt': attempts,
        'holdfast.attempt.mode': mode,
        'holdfast.attempt.outcome': outcome,
        'holdfast.attempt.in_doubt': outcome === 'in_doubt' || outcome === 'lost',
        'holdfast.release': effect.release,
      },
      error: outcome === 'succeeded' ? null : (error?.code ?? outcome),
    });
  }

  /** The outcome of an effect is committed. */
  settled({ event, seq }: Fact, row: WorkItemRow, outcome: string): void {
    const context = sampled(row);
    if (context === null) return;
    this.#tell(context, {
      spanId: eventSpanId(sha256, event),
      parentSpanId: runSpan(row),
      name: `effect ${row.effect}`,
      startAt: row.createdAt,
      attributes: {
        ...ofRun(row),
        ...ofItem(row),
        'holdfast.outcome': outcome,
        'holdfast.event.seq': seq,
        ...(row.undoes === null ? {} : { 'holdfast.undoes': row.undoes }),
      },
      error: outcome === 'succeeded' ? null : codeOf(event.data, outcome),
    });
  }

  /** The end of a wait is committed. */
  waited(wait: WaitRow, of: InstanceRow, as: 'completed' | 'failed' | 'expired'): void {
    const context = sampled(of);
    if (context !== null) this.#wait(context, wait, of, as, this.#time.now());
  }

  /** The firing of a timer is committed. */
  fired({ event, seq }: Fact, schedule: ScheduleRow, of: InstanceRow | null): void {
    const context = of === null ? null : sampled(of);
    if (of === null || context === null) return;
    const setAt = this.#setAt.get(schedule);
    this.#tell(context, {
      spanId: eventSpanId(sha256, event),
      parentSpanId: runSpan(of),
      name: `timer ${schedule.name}`,
      startAt: setAt ?? schedule.dueAt,
      attributes: {
        ...ofRun(of),
        'holdfast.timer': schedule.name,
        'holdfast.timer.since': setAt === undefined ? 'due' : 'set',
        'holdfast.timer.late_us': Math.max(0, this.#time.now() - schedule.dueAt),
        'holdfast.event.seq': seq,
      },
    });
  }

  #wait(
    context: TraceContext,
    wait: WaitRow,
    of: OfRun,
    as: 'completed' | 'failed' | 'expired' | 'closed',
    endAt: Micros,
  ): void {
    this.#tell(context, {
      spanId: eventSpanId(sha256, waitEndName(wait)),
      parentSpanId: runSpan(of),
      name: `wait ${wait.name}`,
      startAt: wait.openedAt,
      endAt,
      attributes: {
        ...ofRun(of),
        'holdfast.step': wait.step,
        'holdfast.wait': wait.name,
        'holdfast.wait.ended': as,
      },
      error: as === 'failed' || as === 'expired' ? `wait.${as}` : null,
    });
  }

  #ended(context: TraceContext, row: InstanceRow, endAt: Micros): void {
    this.#tell(context, {
      spanId: runSpan(row),
      parentSpanId: context.spanId,
      name: `saga ${row.saga}`,
      startAt: row.startedAt,
      endAt,
      attributes: {
        ...ofRun(row),
        'holdfast.version': row.version,
        'holdfast.status': row.status,
        'holdfast.release': row.release,
      },
      error: row.failure === null ? null : codeOf(row.failure, row.status),
    });
  }

  #tell({ traceId }: TraceContext, told: Told): void {
    const endAt = told.endAt ?? this.#time.now();
    this.#options.spans({
      kind: 'internal',
      error: null,
      links: [],
      ...told,
      traceId,
      endAt: Math.max(endAt, told.startAt),
    });
  }
}
