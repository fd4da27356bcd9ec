/** From the payload of a publish to the events it is. */
import { isUtf8 } from 'node:buffer';
import type { ErrorCode, Fault, IncomingEvent, Json } from '@holdfast/core';
import { isStructured, parseStructured } from '../ingest/cloud-events.ts';
import { parseJson, valueFault } from '../ingest/json-value.ts';
import { identify } from './source-map.ts';
import type { EventPlan } from './topic-plan.ts';

interface BadPayload {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly reason: string;
  readonly faults: readonly Fault[];
}

export type EventReading = { readonly ok: true; readonly event: IncomingEvent } | BadPayload;

export type PayloadReading = { readonly ok: true; readonly value: Json } | BadPayload;

/** The payload as JSON: UTF-8, no U+0000, not too deep. */
export function readPayload(payload: Buffer): PayloadReading {
  if (!isUtf8(payload)) return bad('event.not_json', [{ at: '', message: 'is not UTF-8' }]);
  const parsed = parseJson(payload.toString('utf8'));
  if (!parsed.ok) return bad('event.not_json', [parsed.fault]);
  return parsed;
}

/**
 * A JSON object with `specversion` is a structured CloudEvent and held to what CloudEvents requires; its type may be
 * left out and may not differ from the topic's. Anything else is the event's data, as it stands.
 */
export function readEvent(plan: EventPlan, topic: string, value: Json): EventReading {
  const { template, source } = plan;
  if (isStructured(value)) {
    const parsed = parseStructured(value, template);
    return parsed.ok ? parsed : bad(parsed.code, parsed.faults);
  }
  const fault = valueFault(value, '');
  if (fault !== null) return bad('event.invalid', [fault]);
  const data = JSON.stringify(value);
  if (source === null) return { ok: true, event: { ...template, data } };
  const identity = identify(source, topic, value);
  if ('at' in identity) return bad('event.invalid', [identity]);
  return { ok: true, event: { ...template, ...identity, data } };
}

function bad(code: ErrorCode, faults: readonly Fault[]): BadPayload {
  const reason = faults
    .map((fault) => (fault.at === '' ? fault.message : `${fault.at} ${fault.message}`))
    .join('; ');
  return { ok: false, code, reason, faults };
}
