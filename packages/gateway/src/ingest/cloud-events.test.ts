import { describe, expect, test } from 'vitest';
import { WORKFLOW_TYPES } from '@holdfast/core';
import { eventTypePattern, isStructured, parseParts, parseStructured } from './cloud-events.ts';
import type { ParsedEvent } from './cloud-events.ts';

const DEFAULTS = { tenant: 'acme', source: '/keys/shop' };
const ENVELOPE = {
  specversion: '1.0',
  id: 'a-1',
  source: '/shop',
  type: 'order.placed',
  data: { orderId: 'o1' },
};

function eventOf(parsed: ParsedEvent) {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return parsed.event;
}

function faultsOf(parsed: ParsedEvent): { code: string; at: readonly string[] } {
  if (parsed.ok) throw new Error('was accepted');
  return { code: parsed.code, at: parsed.faults.map((fault) => fault.at) };
}

const read = (over: Record<string, unknown>): ParsedEvent =>
  parseStructured({ ...ENVELOPE, ...over }, DEFAULTS);

test('a whole envelope becomes an event with data as text', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const event = eventOf(
    read({
      subject: 'o1',
      time: '2026-01-31T12:00:00.5+01:00',
      datacontenttype: 'application/json; charset=utf-8',
      dataschema: 'https://example.com/order.json',
      tenantid: 'acme',
      correlationid: 'c-1',
      causationid: 'cause-1',
      traceparent,
      partitionkey: 'p',
      sampled: true,
    }),
  );
  expect(event).toEqual({
    tenant: 'acme',
    source: '/shop',
    id: 'a-1',
    type: 'order.placed',
    subject: 'o1',
    time: '2026-01-31T12:00:00.5+01:00',
    dataSchema: 'https://example.com/order.json',
    data: '{"orderId":"o1"}',
    correlationId: 'c-1',
    causationId: 'cause-1',
    traceparent,
    extensions: '{"partitionkey":"p","sampled":true}',
  });
});

test('absent attributes are null, and headers fill what the envelope leaves out', () => {
  const event = eventOf(
    parseStructured(ENVELOPE, { ...DEFAULTS, correlationId: 'h', traceparent: 't' }),
  );
  expect(event).toMatchObject({ subject: null, time: null, correlationId: 'h', traceparent: 't' });
  expect(event.extensions).toBeNull();
  expect(eventOf(read({ data: undefined })).data).toBe('null');
});

describe('what is required', () => {
  test('an envelope that says specversion needs id, source and type, and all faults are told at once', () => {
    expect(faultsOf(parseStructured({ specversion: '1.0' }, DEFAULTS))).toEqual({
      code: 'event.invalid',
      at: ['/id', '/source', '/type'],
    });
  });

  test('one without specversion may leave out id and source', () => {
    expect(eventOf(parseStructured({ type: 'x', data: 1 }, DEFAULTS))).toMatchObject({
      id: null,
      source: '/keys/shop',
      data: '1',
    });
  });

  test('the type that the way in demands fills in and may not be contradicted', () => {
    const demanded = { ...DEFAULTS, type: 'order.placed' };
    expect(eventOf(parseStructured({ data: 1 }, demanded)).type).toBe('order.placed');
    expect(faultsOf(parseStructured({ ...ENVELOPE, type: 'other' }, demanded)).at).toEqual([
      '/type',
    ]);
  });

  test.each([[null], [[]], ['text'], [7]])('%j is no envelope', (value) => {
    expect(faultsOf(parseStructured(value, DEFAULTS)).code).toBe('event.invalid');
  });
});

test.each([
  ['specversion', '0.3'],
  ['specversion', null],
  ['id', ''],
  ['id', 7],
  ['id', 'a\u0000b'],
  ['id', 'half \ud800'],
  ['id', 'x'.repeat(1025)],
  ['source', 'has space'],
  ['type', 'order placed'],
  ['type', 'order/+'],
  ['type', '$SYS/x'],
  ['type', 'x'.repeat(256)],
  ['subject', ''],
  ['time', 'yesterday'],
  ['time', '2026-13-01T00:00:00Z'],
  ['dataschema', 'two words'],
  ['datacontenttype', 'application/xml'],
  ['correlationid', 5],
])('a bad %s (%j) is a fault that names it', (name, value) => {
  expect(faultsOf(read({ [name]: value }))).toEqual({ code: 'event.invalid', at: [`/${name}`] });
});

test('U+0000 anywhere in data is refused with its place', () => {
  expect(faultsOf(read({ data: { items: [{ sku: 'a\u0000' }] } })).at).toEqual([
    '/data/items/0/sku',
  ]);
  expect(faultsOf(read({ note: 'a\u0000' })).at).toEqual(['/note']);
});

describe('data_base64', () => {
  const encode = (text: string): string => Buffer.from(text).toString('base64');

  test('is taken where it holds JSON', () => {
    expect(eventOf(read({ data: undefined, data_base64: encode('{"a": 1}') })).data).toBe(
      '{"a":1}',
    );
  });

  test.each([
    [{ data: undefined, data_base64: 'not base64!' }],
    [{ data: undefined, data_base64: encode('plain words') }],
    [{ data_base64: encode('{}') }],
  ])('%j is refused', (over) => {
    expect(faultsOf(read(over)).at).toEqual(['/data_base64']);
  });
});

describe('who may say what', () => {
  test('another tenant is refused; the own one, `_` for the empty one, and silence are not', () => {
    expect(faultsOf(read({ tenantid: 'other' })).code).toBe('auth.tenant');
    expect(faultsOf(read({ tenantid: '_' })).code).toBe('auth.tenant');
    expect(faultsOf(read({ tenantid: 5 })).code).toBe('auth.tenant');
    expect(eventOf(read({ tenantid: 'acme' })).tenant).toBe('acme');
    const empty = { ...DEFAULTS, tenant: '' };
    expect(eventOf(parseStructured({ ...ENVELOPE, tenantid: '_' }, empty)).tenant).toBe('');
  });

  test.each(Object.values(WORKFLOW_TYPES))('the workflow type %s is reserved', (type) => {
    expect(faultsOf(read({ type }))).toEqual({ code: 'event.reserved', at: ['/type'] });
  });

  test("the engine's sources are reserved", () => {
    expect(faultsOf(read({ source: 'Holdfast:engine' }))).toEqual({
      code: 'event.reserved',
      at: ['/source'],
    });
  });

  test('types that only begin alike are free', () => {
    expect(eventOf(read({ type: 'timer.set' })).type).toBe('timer.set');
  });
});

test('a megabyte that is almost base64 is read once', () => {
  for (const text of [
    `${' '.repeat(1_000_000)}!`,
    `${'A='.repeat(500_000)}!`,
    `${'= '.repeat(500_000)}!`,
  ])
    expect(faultsOf(read({ data: undefined, data_base64: text })).at).toEqual(['/data_base64']);
  const spaced = Buffer.from('[1]').toString('base64').replace('=', ' = ');
  expect(eventOf(read({ data: undefined, data_base64: ` ${spaced}\n` })).data).toBe('[1]');
});

test('what is too deep to be written again is a fault wherever it stands', () => {
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
  for (const name of ['data', 'extra'])
    expect(faultsOf(read({ [name]: deep })).code).toBe('event.invalid');
});

test('a traceparent holds what a header may hold; one that is no text is a fault', () => {
  const begun = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect(eventOf(read({ traceparent: `01-${begun}-more` })).traceparent).toBe(`01-${begun}-more`);
  for (const forged of [`00-${begun}-more`, `01-${begun}-a\r\nx: y`, `01-${begun}-\u202e`])
    expect(eventOf(read({ traceparent: forged })).traceparent).toBeNull();
  expect(faultsOf(read({ traceparent: [[]] })).at).toEqual(['/traceparent']);
});

test('a malformed traceparent is dropped, not a fault', () => {
  expect(eventOf(read({ traceparent: 'nonsense' })).traceparent).toBeNull();
  expect(
    eventOf(read({ traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` })).traceparent,
  ).toBeNull();
});

test('unknown members never break decoding, not even one named __proto__', () => {
  const value: unknown = JSON.parse('{"type":"x","__proto__":{"a":1},"Odd-Name":[1],"gone":null}');
  expect(eventOf(parseStructured(value, DEFAULTS)).extensions).toBe(
    '{"__proto__":{"a":1},"Odd-Name":[1]}',
  );
});

test('parts: attributes and data that came apart', () => {
  const event = eventOf(parseParts({ type: 'x', data: 'ignored' }, { a: 1 }, DEFAULTS));
  expect(event).toMatchObject({ type: 'x', data: '{"a":1}', extensions: null });
});

test('isStructured tells an envelope from bare data', () => {
  expect(isStructured(ENVELOPE)).toBe(true);
  expect(isStructured({ orderId: 'o1' })).toBe(false);
  expect(isStructured(null)).toBe(false);
  expect(isStructured(['specversion'])).toBe(false);
});

test('event types as producers name them are accepted', () => {
  for (const type of [
    'order.placed',
    'com.github.pull_request.opened',
    'a/b',
    'Ünïcode',
    'urn:x:y',
  ]) {
    expect(eventTypePattern.test(type)).toBe(true);
  }
  for (const type of ['', '/a', 'a/', 'a//b', 'a b', 'a#', 'a+b', '$x']) {
    expect(eventTypePattern.test(type)).toBe(false);
  }
});
