/**
 * Spans as OTLP/HTTP in JSON, by OpenTelemetry's own exporter: encoding, retries with pauses, time limits (ADR 18).
 *
 * Loaded with the first batch, so that a server that does not trace neither loads nor holds any of it.
 *
 * @module
 */
import { type HrTime, type Link, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { type Micros, type SpanLink, type SpanRecord } from '@holdfast/core';

/** How long one batch is tried, pauses included: shorter than an ended server may leave anything open. */
const TIMEOUT_MS = 4000;
const MICROS_PER_SECOND = 1_000_000;
const NANOS_PER_MICRO = 1000;

const KINDS: Readonly<Record<SpanRecord['kind'], SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
};

export interface OtlpTarget {
  /** Where spans are posted, path included. */
  readonly url: string;
  readonly service: string;
  readonly version: string;
  /** Read for each batch. @throws HoldfastError when a secret is not there */
  readonly headers: () => Record<string, string>;
}

export type SendSpans = (spans: readonly SpanRecord[]) => Promise<void>;

export function otlpSender({ url, service, version, headers }: OtlpTarget): SendSpans {
  let current: Record<string, string> = {};
  const exporter = new OTLPTraceExporter({
    url,
    timeoutMillis: TIMEOUT_MS,
    userAgent: `holdfast/${version}`,
    headers: () => Promise.resolve(current),
  });
  const scope = { name: 'holdfast', version };
  const resource = resourceFromAttributes({ 'service.name': service, 'service.version': version });
  return async (spans) => {
    current = headers();
    await new Promise<void>((resolve, reject) => {
      const readable = spans.map((span) => readableSpan(span, resource, scope));
      exporter.export(readable, ({ code, error }) => {
        if (code === ExportResultCode.SUCCESS) resolve();
        else reject(error ?? new Error('the collector did not say why'));
      });
    });
  };
}

function readableSpan(
  span: SpanRecord,
  resource: Resource,
  instrumentationScope: ReadableSpan['instrumentationScope'],
): ReadableSpan {
  const { traceId, spanId, parentSpanId, startAt, endAt, error } = span;
  const context = contextOf({ traceId, spanId });
  return {
    name: span.name,
    kind: KINDS[span.kind],
    spanContext: () => context,
    ...(parentSpanId === null
      ? {}
      : { parentSpanContext: contextOf({ traceId, spanId: parentSpanId }) }),
    startTime: hrTime(startAt),
    endTime: hrTime(endAt),
    duration: hrTime(endAt - startAt),
    ended: true,
    status: { code: error === null ? SpanStatusCode.UNSET : SpanStatusCode.ERROR },
    attributes: error === null ? span.attributes : { ...span.attributes, 'error.type': error },
    links: span.links.map((link): Link => ({ context: contextOf(link) })),
    events: [],
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function contextOf({ traceId, spanId }: SpanLink) {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

function hrTime(micros: Micros): HrTime {
  const seconds = Math.floor(micros / MICROS_PER_SECOND);
  return [seconds, (micros - seconds * MICROS_PER_SECOND) * NANOS_PER_MICRO];
}
