import type { Micros } from './time.ts';

export type SpanKind = 'internal' | 'server' | 'client' | 'consumer';

/** What is said of a span. Names and codes; never payloads, headers, secrets, or messages of errors. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

/** A span that has ended: plain data, so that it may go to another thread. */
export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  /** Null for the root of a trace. */
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startAt: Micros;
  readonly endAt: Micros;
  readonly attributes: SpanAttributes;
  /** Stable code of what went wrong; null where nothing did. */
  readonly error: string | null;
  /** Spans that led to it, besides its parent. */
  readonly links: readonly SpanLink[];
}

/** Takes spans that have ended. Must return at once and never throw. */
export type SpanSink = (span: SpanRecord) => void;
