/**
 * How spans are named and what is said of them. Names are of what is stored anyway (`trace-context.ts` in core).
 *
 * @module
 */
import {
  eventSpanId,
  type Micros,
  readTraceContext,
  RESERVED_SOURCE_PREFIX,
  type SpanAttributes,
  type SpanKind,
  spanIdOf,
  type SpanLink,
  type TraceContext,
  writeTenant,
  writeTraceparent,
} from '@holdfast/core';
import type { InstanceRow, WorkItemRow } from '@holdfast/store';
import type { ActiveItem } from '../active-item.ts';
import { outcomeName } from '../addressing.ts';
import type { IngestRequest } from '../api.ts';
import type { UnnumberedEvent } from '../fact.ts';
import { sha256 } from '../sha256.ts';

/** By what an event came in. Null: by the engine's own doing. */
export type IngestProtocol = NonNullable<IngestRequest['protocol']> | null;

/** A run, or what belongs to one. */
export type OfRun = Pick<
  InstanceRow,
  'tenant' | 'saga' | 'key' | 'run' | 'correlationId' | 'traceparent'
>;

const PUBLISH_KINDS = { http: 'server', mqtt: 'consumer' } as const;
/** Sources of events that are the end of a span of their own. */
const OWN_SPAN = /^holdfast:(?:effect\/|cron\/|timer$|wait$)/;
/** Of events that a decision has made. */
const OF_DECISION = /^holdfast:saga\//;

/** The trace of it, where that is told of. */
export function sampled(of: { readonly traceparent: string | null }): TraceContext | null {
  const context = readTraceContext(of.traceparent);
  return context?.sampled === true ? context : null;
}

export function below(of: { readonly traceparent: string | null }, spanId: string): string | null {
  const context = readTraceContext(of.traceparent);
  return context === null ? of.traceparent : writeTraceparent({ ...context, spanId });
}

export function runSpan({ tenant, saga, key, run }: OfRun | WorkItemRow): string {
  return spanIdOf(sha256, 'run', tenant, saga, key, run);
}

export function decisionSpan(of: OfRun & Pick<InstanceRow, 'version'>): string {
  return spanIdOf(sha256, 'decision', of.tenant, of.saga, of.key, of.run, of.version);
}

export function attemptSpan({ commandId }: WorkItemRow, attempt: number): string {
  return spanIdOf(sha256, 'attempt', commandId, attempt);
}

/** When a try began that another process had made: of later ones, when it was due is the nearest that is known. */
export function begunAt({ row, attempts, firstAttemptAt }: ActiveItem): Micros {
  return attempts === 1 && firstAttemptAt !== null ? firstAttemptAt : row.dueAt;
}

/** That of its outcome, whose name is known before there is one. */
export function effectSpan(row: WorkItemRow): string {
  return eventSpanId(sha256, outcomeName(row));
}

/** What led to a decision, besides its run. */
export function causeOf(event: UnnumberedEvent): readonly SpanLink[] {
  const context = readTraceContext(event.traceparent);
  if (context === null) return [];
  const { traceId, spanId } = context;
  if (OF_DECISION.test(event.source)) return [{ traceId, spanId }];
  if (event.source.startsWith(RESERVED_SOURCE_PREFIX) && !OWN_SPAN.test(event.source)) return [];
  return [{ traceId, spanId: eventSpanId(sha256, event) }];
}

export function kindOf(protocol: IngestProtocol): SpanKind {
  return protocol === null ? 'internal' : PUBLISH_KINDS[protocol];
}

export function ofEvent(
  event: UnnumberedEvent,
  seq: number,
  protocol: IngestProtocol,
): SpanAttributes {
  const { tenant, type, id, correlationId } = event;
  return {
    'holdfast.tenant': writeTenant(tenant),
    ...(protocol === null ? {} : { 'holdfast.protocol': protocol }),
    'holdfast.event.type': type,
    'holdfast.event.id': id,
    'holdfast.event.seq': seq,
    ...(correlationId === null ? {} : { 'holdfast.correlation_id': correlationId }),
  };
}

export function ofRun({
  tenant,
  saga,
  key,
  run,
  correlationId,
}: OfRun | WorkItemRow): SpanAttributes {
  return {
    'holdfast.tenant': writeTenant(tenant),
    'holdfast.saga': saga,
    'holdfast.key': key,
    'holdfast.run': run,
    ...(correlationId === null ? {} : { 'holdfast.correlation_id': correlationId }),
  };
}

export function ofItem({ app, effect, step, commandId }: WorkItemRow): SpanAttributes {
  return {
    'holdfast.app': app,
    'holdfast.effect': effect,
    'holdfast.step': step,
    'holdfast.command_id': commandId,
  };
}

/** The code in JSON text of an error. */
export function codeOf(json: string, otherwise: string): string {
  const error = JSON.parse(json) as { readonly code?: unknown } | null;
  return typeof error?.code === 'string' ? error.code : otherwise;
}
