/**
 * Trace context: what a `traceparent` says, and the ids of Holdfast's own spans (W3C Trace Context, "traceparent Header").
 *
 * Ids are hashes of names that outlive a process (event, run, version, command, attempt): so the parent of a span can be
 * named without having been stored, and a span that is told twice, for a crash came between, is the same span.
 *
 * @module
 */
import { compose, type Sha256Hex, type TenantId } from './ids.ts';
import type { Micros } from './time.ts';

export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Whether spans of this trace are told of at all. */
  readonly sampled: boolean;
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;
const SAMPLED = 1;
const SPAN_DIGITS = 16;
const TRACE_DIGITS = 32;
/**
 * The digits that a ratio is held against: those that OpenTelemetry calls random (the last 14), less one, for what they
 * make must be exact in a double.
 */
const RANDOM_FROM = 18;
const RANDOM_DIGITS = 13;
const RANDOM_RANGE = 16 ** RANDOM_DIGITS;

/** Null where it says nothing. */
export function readTraceContext(traceparent: string | null): TraceContext | null {
  if (traceparent === null) return null;
  const match = TRACEPARENT.exec(traceparent);
  if (match === null) return null;
  const [, traceId = '', spanId = '', flags = ''] = match;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

export function writeTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** Id of the span of that kind and name. */
export function spanIdOf(sha256: Sha256Hex, ...name: readonly (string | number)[]): string {
  return usable(sha256(compose('span', ...name)).slice(0, SPAN_DIGITS));
}

/** What an event is known by; its span is the one that ends with it. */
export interface EventName {
  readonly tenant: TenantId;
  readonly source: string;
  readonly id: string;
}

/**
 * The trace of an event whose producer names none: of this event as it was received here, so that the same id in another
 * data directory is another trace. Its span is the root.
 *
 * @param sample the part of such traces that is told of, from 0 to 1
 */
export function beginTrace(
  sha256: Sha256Hex,
  event: EventName & { readonly receivedAt: Micros },
  sample: number,
): TraceContext {
  const { tenant, source, id, receivedAt } = event;
  const traceId = usable(
    sha256(compose('trace', tenant, source, id, receivedAt)).slice(0, TRACE_DIGITS),
  );
  return { traceId, spanId: eventSpanId(sha256, event), sampled: isWithin(traceId, sample) };
}

/** Id of the span that ends with the event: its publish, or the effect, wait or timer that it is the end of. */
export function eventSpanId(sha256: Sha256Hex, { tenant, source, id }: EventName): string {
  return spanIdOf(sha256, 'event', tenant, source, id);
}

/** Whether a trace is among those that are told of; for the same id always the same. */
export function isWithin(traceId: string, sample: number): boolean {
  if (sample >= 1) return true;
  const digits = traceId.slice(RANDOM_FROM, RANDOM_FROM + RANDOM_DIGITS);
  return Number.parseInt(digits, 16) < sample * RANDOM_RANGE;
}

/** An id of zeros alone is no id. */
function usable(digits: string): string {
  return /[1-9a-f]/.test(digits) ? digits : `${digits.slice(0, -1)}1`;
}
