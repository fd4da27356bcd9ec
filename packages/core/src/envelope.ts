/**
 * Events: immutable facts in a CloudEvents 1.0 envelope (R2.4).
 *
 * @module
 */
import type { JsonText } from './json.ts';
import type { Seq, TenantId } from './ids.ts';
import type { Micros } from './time.ts';

export type StreamName = 'AGGREGATE_EVENTS' | 'WORKFLOW_EVENTS' | 'CONTROL_EVENTS';

/** An event as intake understood it, before it has a position. */
export interface IncomingEvent {
  readonly tenant: TenantId;
  readonly source: string;
  /** Producer's id; null when it brought none: the event is then at-least-once and gets a generated id. */
  readonly id: string | null;
  readonly type: string;
  readonly subject: string | null;
  /** Producer's time as it was written, RFC 3339; kept, never trusted. */
  readonly time: string | null;
  readonly dataSchema: string | null;
  readonly data: JsonText;
  readonly correlationId: string | null;
  readonly causationId: string | null;
  readonly traceparent: string | null;
  /** Further CloudEvents extension attributes, as JSON text of an object; null when none. */
  readonly extensions: JsonText | null;
}

/** An event of the journal. */
export interface JournalEvent extends Omit<IncomingEvent, 'id'> {
  readonly seq: Seq;
  readonly stream: StreamName;
  readonly id: string;
  readonly receivedAt: Micros;
}

/** Largest event intake takes by default, data and envelope together, in bytes. */
export const DEFAULT_MAX_EVENT_BYTES = 1024 * 1024;
/** Longest chain of events that cause events before the next is quarantined. */
export const MAX_CAUSATION_DEPTH = 64;
/** Largest state of an instance, in bytes of UTF-8 JSON. */
export const MAX_STATE_BYTES = 1024 * 1024;
/** Most work items, schedules, waits, children and publishes together that one decision may ask for. */
export const MAX_ITEMS_PER_DECISION = 256;

/**
 * How every `source` begins that the engine itself gives to events. Intake refuses it from outside, so that nobody can
 * take the dedupe mark of an outcome in advance (I5).
 */
export const RESERVED_SOURCE_PREFIX = 'holdfast:';
