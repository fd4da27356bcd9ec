/**
 * CloudEvents 1.0 in, `IncomingEvent` out: one reading of the envelope for HTTP and MQTT.
 *
 * What is decided here, beyond the specification:
 * - Data is JSON. `data_base64` is taken when it decodes to JSON; a `datacontenttype` that is not JSON is refused.
 * - `tenantid` may be left out; where present it must name the caller's own tenant (I5). `_` stands for the empty one.
 * - `correlationid`, `causationid` and `traceparent` are the extensions the journal knows by name. A `traceparent` that
 *   is not well-formed is dropped, as W3C Trace Context §3.2.2.5 asks; any other extension is kept as it came (R2.4).
 * - Nobody outside can forge an outcome (I5). The engine matches outcomes by stream and command id; beyond that, the
 *   types of workflow events and sources that start with `holdfast:` are refused with `event.reserved`: the first so
 *   that nobody who listens by type is deceived, the second so that no derived event's dedupe mark can be taken in
 *   advance. Types that merely begin alike (`timer.set`, `saga.requested`) are free.
 * - An envelope that says `specversion` is held to the attributes CloudEvents requires. One that does not may leave out
 *   `source` (then `defaults.source`) and `id` (then null: at-least-once, I1).
 *
 * @module
 */
import { readTenant, RESERVED_SOURCE_PREFIX, WORKFLOW_TYPES } from '@holdfast/core';
import type { ErrorCode, Fault, IncomingEvent, TenantId } from '@holdfast/core';
import { escapePointer, parseJson, valueFault } from './json-value.ts';

/** What the way in knows of an event that its envelope need not say. */
export interface EventDefaults {
  /** The caller's tenant; the event's, whatever the envelope says. */
  readonly tenant: TenantId;
  /** For an envelope without a source. */
  readonly source: string;
  /** The type that the way in demands (the MQTT topic's). The envelope may leave it out and may not differ. */
  readonly type?: string;
  readonly correlationId?: string | null;
  readonly traceparent?: string | null;
}

export type ParsedEvent =
  | { readonly ok: true; readonly event: IncomingEvent }
  | {
      readonly ok: false;
      readonly code: Extract<ErrorCode, 'event.invalid' | 'event.reserved' | 'auth.tenant'>;
      /** `at` is a JSON pointer into the envelope. */
      readonly faults: readonly Fault[];
    };

/**
 * Event types: no white space or control characters, none of MQTT's wildcards, no empty topic level, since a type is
 * also the tail of a topic (`hf/events/{type}`).
 */
export const eventTypePattern = /^(?![$/])(?!.*\/(?:\/|$))[^\s\u0000-\u001f\u007f+#]{1,255}$/u;

/** Longest `id`, `subject`, `correlationid` and `causationid`, in UTF-16 code units; a correlation id may become an instance's key. */
export const MAX_ID_LENGTH = 1024;
/** Longest `source` and `dataschema`. */
const MAX_URI_LENGTH = 2048;
const MAX_TRACEPARENT_LENGTH = 512;

const RESERVED_TYPES: ReadonlySet<string> = new Set(Object.values(WORKFLOW_TYPES));

// RFC 3339 §5.6. Values are checked by Date.parse; a leap second is allowed.
const TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
// W3C Trace Context §3.2: version 00, and what later versions must begin with; what they add is printable ASCII.
const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]*)?$/;
const JSON_MEDIA_TYPE = /^\s*(?:application|text)\/(?:[\w.!#$&^+-]+\+)?json\s*(?:;|$)/i;
const URI_REFERENCE = /^[^\s\u0000-\u001f\u007f<>"{}|\\^`]+$/u;
// Each white space can be read in one way only: a second, and a megabyte of it would be tried in all of them.
const BASE64 = /^[A-Za-z0-9+/\s]*(?:=\s*){0,2}$/;

/** Whether a media type carries JSON: `application/json`, `text/json`, anything `+json`. */
function isJsonMediaType(mediaType: string): boolean {
  return JSON_MEDIA_TYPE.test(mediaType);
}

/** A `traceparent` as it may be passed on, or null. */
export function readTraceparent(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text.length > MAX_TRACEPARENT_LENGTH) return null;
  const [, version, more] = TRACEPARENT.exec(text) ?? [];
  return version === undefined || (version === '00' && more !== undefined) ? null : text;
}

/** Whether a JSON value presents itself as a structured CloudEvent rather than as bare data. */
export function isStructured(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'specversion');
}

/** Reads an envelope in CloudEvents JSON format. Faults name the members by JSON pointer. */
export function parseStructured(value: unknown, defaults: EventDefaults): ParsedEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return invalid([{ at: '', message: 'must be an object: one CloudEvent in JSON format' }]);
  }
  return new EnvelopeReader(value as Readonly<Record<string, unknown>>, defaults).read();
}

/** Reads an event whose attributes and data came apart: CloudEvents binary mode, or bare data at a topic. */
export function parseParts(
  attributes: Readonly<Record<string, unknown>>,
  data: unknown,
  defaults: EventDefaults,
): ParsedEvent {
  return new EnvelopeReader(attributes, defaults).read({ data });
}

function invalid(faults: readonly Fault[]): ParsedEvent {
  return { ok: false, code: 'event.invalid', faults };
}

/** One reading of one envelope: collects all faults, so that a producer learns of them at once. */
class EnvelopeReader {
  readonly #from: Readonly<Record<string, unknown>>;
  readonly #defaults: EventDefaults;
  readonly #faults: Fault[] = [];

  constructor(from: Readonly<Record<string, unknown>>, defaults: EventDefaults) {
    this.#from = from;
    this.#defaults = defaults;
  }

  read(apart?: { readonly data: unknown }): ParsedEvent {
    const strict = this.#specversion();
    const id = this.#text('id', MAX_ID_LENGTH, strict);
    const source = this.#uri('source', strict) ?? this.#defaults.source;
    const type = this.#type();
    const event: IncomingEvent = {
      tenant: this.#defaults.tenant,
      source,
      id,
      type,
      subject: this.#text('subject', MAX_ID_LENGTH, false),
      time: this.#time(),
      dataSchema: this.#uri('dataschema', false),
      correlationId:
        this.#text('correlationid', MAX_ID_LENGTH, false) ?? this.#defaults.correlationId ?? null,
      causationId: this.#text('causationid', MAX_ID_LENGTH, false),
      traceparent: this.#traceparent() ?? this.#defaults.traceparent ?? null,
      data: this.#data(apart),
      extensions: this.#extensions(),
    };
    if (this.#faults.length > 0) return invalid(this.#faults);
    return this.#refusal(event) ?? { ok: true, event };
  }

  /** What is well-formed and still not the caller's to send. */
  #refusal(event: IncomingEvent): ParsedEvent | null {
    const tenant = this.#from['tenantid'];
    const named = tenant !== undefined && tenant !== null;
    if (named && (typeof tenant !== 'string' || readTenant(tenant) !== event.tenant)) {
      return refuse('auth.tenant', 'tenantid', 'is not the tenant of the key; leave it out');
    }
    if (RESERVED_TYPES.has(event.type)) {
      return refuse('event.reserved', 'type', `"${event.type}" is written by the engine alone`);
    }
    if (event.source.toLowerCase().startsWith(RESERVED_SOURCE_PREFIX)) {
      return refuse(
        'event.reserved',
        'source',
        `sources that start with "${RESERVED_SOURCE_PREFIX}" are the engine's`,
      );
    }
    return null;
  }

  #fault(name: string, message: string): null {
    this.#faults.push({ at: `/${escapePointer(name)}`, message });
    return null;
  }

  /** Whether the envelope claims to be a CloudEvent, and is then held to its required attributes. */
  #specversion(): boolean {
    const version = this.#from['specversion'];
    if (version === undefined) return false;
    if (version !== '1.0') this.#fault('specversion', 'must be "1.0"');
    return true;
  }

  /** A text attribute; null when absent. CloudEvents takes null for absent, and allows no empty string for these. */
  #text(name: string, max: number, required: boolean): string | null {
    const value = this.#from[name];
    if (value === undefined || value === null) {
      return required ? this.#fault(name, 'is required') : null;
    }
    if (typeof value !== 'string') return this.#fault(name, 'must be a string');
    if (value === '') return this.#fault(name, 'must not be empty');
    if (value.length > max) return this.#fault(name, `must not be longer than ${max} characters`);
    if (value.includes('\u0000')) return this.#fault(name, 'holds U+0000');
    if (!value.isWellFormed()) return this.#fault(name, 'holds half a surrogate pair');
    return value;
  }

  #uri(name: string, required: boolean): string | null {
    const text = this.#text(name, MAX_URI_LENGTH, required);
    if (text === null || URI_REFERENCE.test(text)) return text;
    return this.#fault(name, 'must be a URI reference');
  }

  #type(): string {
    const demanded = this.#defaults.type;
    const type = this.#text('type', 255, demanded === undefined) ?? demanded ?? '';
    if (demanded !== undefined && type !== demanded) {
      this.#fault('type', `must be "${demanded}", as the topic says`);
    } else if (type !== '' && !eventTypePattern.test(type)) {
      this.#fault(
        'type',
        'must hold no white space, "+", "#" or empty "/" level, nor start with "$"',
      );
    }
    return type;
  }

  #time(): string | null {
    const text = this.#text('time', 64, false);
    // A leap second (":60") is valid RFC 3339 and unknown to Date.
    if (
      text === null ||
      (TIME.test(text) && !Number.isNaN(Date.parse(text.replace(':60', ':59'))))
    ) {
      return text;
    }
    return this.#fault('time', 'must be RFC 3339, for example 2026-01-31T12:00:00Z');
  }

  /** Whatever its size and depth, what is no text goes no further. */
  #traceparent(): string | null {
    const value = this.#from['traceparent'];
    if (value === undefined || value === null) return null;
    return typeof value === 'string'
      ? readTraceparent(value)
      : this.#fault('traceparent', 'must be a string');
  }

  #data(apart: { readonly data: unknown } | undefined): string {
    const contentType = this.#text('datacontenttype', 256, false);
    if (contentType !== null && !isJsonMediaType(contentType)) {
      this.#fault('datacontenttype', 'must be JSON: data of another type is not taken');
      return 'null';
    }
    const data = apart ? apart.data : this.#innerData();
    if (data === undefined) return 'null';
    const fault = valueFault(data, '/data');
    if (fault) {
      this.#faults.push(fault);
      return 'null';
    }
    return JSON.stringify(data);
  }

  #innerData(): unknown {
    const encoded = this.#from['data_base64'];
    if (encoded === undefined || encoded === null) return this.#from['data'];
    if (this.#from['data'] !== undefined)
      return this.#fault('data_base64', 'must not stand beside data');
    if (typeof encoded !== 'string' || !BASE64.test(encoded)) {
      return this.#fault('data_base64', 'must be base64 text');
    }
    const parsed = parseJson(Buffer.from(encoded, 'base64').toString('utf8'));
    return parsed.ok
      ? parsed.value
      : this.#fault('data_base64', `must hold JSON: ${parsed.fault.message}`);
  }

  #extensions(): string | null {
    let found: Record<string, unknown> | null = null;
    for (const name in this.#from) {
      if (KNOWN.has(name) || !Object.hasOwn(this.#from, name)) continue;
      const value = this.#from[name];
      if (value === null || value === undefined) continue;
      const fault = valueFault(value, `/${escapePointer(name)}`);
      if (fault) {
        // Nor is it written below: of what is too deep that is not possible.
        this.#faults.push(fault);
        continue;
      }
      // A null prototype, so that a member named `__proto__` is a member.
      found ??= Object.create(null) as Record<string, unknown>;
      found[name] = value;
    }
    return found === null ? null : JSON.stringify(found);
  }
}

const KNOWN: ReadonlySet<string> = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'dataschema',
  'datacontenttype',
  'tenantid',
  'correlationid',
  'causationid',
  'traceparent',
  'data',
  'data_base64',
]);

function refuse(
  code: 'event.reserved' | 'auth.tenant',
  name: string,
  message: string,
): ParsedEvent {
  return { ok: false, code, faults: [{ at: `/${name}`, message }] };
}
