/**
 * The three modes of CloudEvents' HTTP binding (v1.0.2 §3), and plain JSON for people with curl.
 *
 * | content type | `ce-*` headers | read as |
 * | --- | --- | --- |
 * | `application/cloudevents+json` | ignored | structured: one envelope, held to its required attributes |
 * | `application/cloudevents-batch+json` | ignored | batch: an array of envelopes |
 * | any other | some | binary: attributes in headers, the body is the data, which must be JSON |
 * | any other, or none | none | plain: an envelope, or an array of them, where `source` and `id` may be left out |
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from '@holdfast/core';
import type { EventDefaults, ParsedEvent } from './cloud-events.ts';
import { parseParts, parseStructured } from './cloud-events.ts';

export const STRUCTURED = 'application/cloudevents+json';
export const BATCH = 'application/cloudevents-batch+json';

export type MessageMode = 'structured' | 'batch' | 'binary' | 'plain';

export type ReadMessage =
  | { readonly kind: 'one'; readonly parsed: ParsedEvent }
  | { readonly kind: 'batch'; readonly items: readonly ParsedEvent[] };

export function messageMode(headers: IncomingHttpHeaders): MessageMode {
  const type = headers['content-type'];
  if (type !== undefined) {
    const essence = type.split(';', 1)[0]?.trim().toLowerCase();
    if (essence === STRUCTURED) return 'structured';
    if (essence === BATCH) return 'batch';
  }
  for (const name in headers) if (name.startsWith('ce-')) return 'binary';
  return 'plain';
}

/** @param value the body, parsed; undefined for an empty one */
export function readMessage(
  mode: MessageMode,
  headers: IncomingHttpHeaders,
  value: Json | undefined,
  defaults: EventDefaults,
): ReadMessage {
  switch (mode) {
    case 'binary':
      return { kind: 'one', parsed: parseParts(binaryAttributes(headers), value, defaults) };
    case 'structured':
      return { kind: 'one', parsed: parseStructured(claimed(value), defaults) };
    case 'batch':
      if (!Array.isArray(value)) {
        const faults = [{ at: '', message: 'must be an array of CloudEvents' }];
        return { kind: 'one', parsed: { ok: false, code: 'event.invalid', faults } };
      }
      return readBatch(value.map(claimed), defaults);
    case 'plain':
      return Array.isArray(value)
        ? readBatch(value, defaults)
        : { kind: 'one', parsed: parseStructured(value, defaults) };
  }
}

function readBatch(values: readonly unknown[], defaults: EventDefaults): ReadMessage {
  return { kind: 'batch', items: values.map((value) => parseStructured(value, defaults)) };
}

/** The media type says that this is a CloudEvent, so one without `specversion` is at fault rather than plain JSON. */
function claimed(value: unknown): unknown {
  const isEnvelope = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isEnvelope && !Object.hasOwn(value, 'specversion')
    ? { specversion: null, ...value }
    : value;
}

function binaryAttributes(headers: IncomingHttpHeaders): Record<string, unknown> {
  const attributes: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const contentType = headers['content-type'];
  if (contentType !== undefined) attributes['datacontenttype'] = contentType;
  for (const name in headers) {
    const value = headers[name];
    if (!name.startsWith('ce-') || typeof value !== 'string') continue;
    attributes[name.slice('ce-'.length)] = headerText(value);
  }
  return attributes;
}

/**
 * HTTP binding §3.1.3.2: unquote, then percent-decode once. A `%` that encodes nothing stands for itself, since many
 * producers send values as they are.
 */
function headerText(value: string): string {
  const text =
    value.length > 1 && value.startsWith('"') && value.endsWith('"')
      ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1')
      : value;
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
