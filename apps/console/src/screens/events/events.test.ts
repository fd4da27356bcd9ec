import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DispositionResource, EventResource } from '@holdfast/core';
import { storyOf } from './disposition-words.ts';
import {
  listFilterOf,
  matchesRest,
  readEventSearch,
  readPublishSearch,
  tailFilterOf,
} from './event-search.ts';
import { LiveTail, MOST_ROWS, TELL_MS } from './live-tail.ts';
import { localInput, localTime, receivedText } from './local-time.ts';
import { dataFaults, otherFaults, SendId } from './publishing.ts';

function event(seq: number, more: Partial<EventResource> = {}): EventResource {
  return {
    seq,
    stream: 'AGGREGATE_EVENTS',
    specversion: '1.0',
    id: `id-${seq}`,
    source: '/till',
    type: 'order.placed',
    subject: null,
    time: null,
    receivedAt: '2026-03-01T12:00:00.000000Z',
    tenant: '',
    correlationId: null,
    causationId: null,
    traceparent: null,
    data: null,
    ...more,
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function pushed(tail: LiveTail, from: number, to: number): void {
  for (let seq = from; seq <= to; seq += 1) tail.push(event(seq));
}

test('a thousand events are told of once, newest first', () => {
  const tail = new LiveTail();
  const told = vi.fn<() => void>();
  tail.subscribe(told);
  pushed(tail, 1, 1000);
  expect(told).not.toHaveBeenCalled();
  vi.advanceTimersByTime(TELL_MS);
  expect(told).toHaveBeenCalledTimes(1);
  expect(
    tail
      .view()
      .rows.map(({ seq }) => seq)
      .slice(0, 3),
  ).toEqual([1000, 999, 998]);
  expect(tail.view()).toMatchObject({ waiting: 0, trimmed: false, held: false });
});

test('what is held does not move; what comes is counted, and stands on top when it goes on', () => {
  const tail = new LiveTail();
  pushed(tail, 1, 3);
  vi.advanceTimersByTime(TELL_MS);
  tail.hold(true);
  pushed(tail, 4, 5);
  vi.advanceTimersByTime(TELL_MS);
  expect(tail.view().rows.map(({ seq }) => seq)).toEqual([3, 2, 1]);
  expect(tail.view().waiting).toBe(2);
  tail.hold(false);
  expect(tail.view().rows.map(({ seq }) => seq)).toEqual([5, 4, 3, 2, 1]);
  expect(tail.view().waiting).toBe(0);
});

test('of very many the newest are kept, without a gap, and it says so', () => {
  const tail = new LiveTail();
  pushed(tail, 1, 10);
  vi.advanceTimersByTime(TELL_MS);
  tail.hold(true);
  pushed(tail, 11, 10 + 5 * MOST_ROWS);
  vi.advanceTimersByTime(TELL_MS);
  expect(tail.view().waiting).toBe(5 * MOST_ROWS);
  expect(tail.view().rows).toHaveLength(10);
  tail.hold(false);
  const seqs = tail.view().rows.map(({ seq }) => seq);
  const newest = 10 + 5 * MOST_ROWS;
  expect(seqs).toEqual(Array.from({ length: MOST_ROWS }, (_, i) => newest - i));
  expect(tail.view().trimmed).toBe(true);
});

test('the rate comes down by itself', () => {
  const tail = new LiveTail();
  pushed(tail, 1, 100);
  vi.advanceTimersByTime(TELL_MS);
  expect(tail.view().rate).toBe(400);
  vi.advanceTimersByTime(10_000);
  expect(tail.view().rate).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('an address is read as filters, and what it should not hold is left out', () => {
  expect(
    readEventSearch({
      type: 'a',
      stream: 'ELSEWHERE',
      from: 'soon',
      to: '2026-03-01T12:00:00Z',
      page: '3',
    }),
  ).toEqual({ type: 'a', to: '2026-03-01T12:00:00Z' });
  expect(readPublishSearch({ type: 'a', like: '12' })).toEqual({ type: 'a', like: 12 });
  expect(readPublishSearch({ like: '-1' })).toEqual({});
});

test('list and tail are asked with what each knows', () => {
  const search = { type: 'a', correlation: 'c', text: 'x', from: '2026-03-01T12:00:00Z' };
  expect(listFilterOf(search)).toEqual({
    type: 'a',
    correlationId: 'c',
    text: 'x',
    from: '2026-03-01T12:00:00Z',
  });
  expect(tailFilterOf(search)).toEqual({ type: 'a', correlationId: 'c' });
});

test.each([
  [{ text: 'TILL' }, true],
  [{ text: 'ID-1' }, true],
  [{ text: 'shelf' }, true],
  [{ text: 'nothing' }, false],
  [{ from: '2026-03-01T12:00:01Z' }, false],
  [{ from: '2026-03-01T13:00:00+01:00' }, true],
  [{ to: '2026-03-01T11:59:59Z' }, false],
])('an event of the tail against %j: %j', (search, belongs) => {
  expect(matchesRest(search, event(1, { subject: 'Shelf/4' }))).toBe(belongs);
});

test('a time goes into the field and comes out as it was', () => {
  const at = '2026-03-01T12:05:00.000Z';
  expect(localTime(localInput(Date.parse(at)))).toBe(at);
  expect(localTime('')).toBeUndefined();
});

test('a time of today is told to the millisecond, another with its day', () => {
  const at = Date.parse('2026-03-01T12:05:09.123Z');
  expect(receivedText(at, at + 1_000)).toMatch(/^\d\d:05:09\.123$/);
  expect(receivedText(at, at + 3 * 86_400_000)).toMatch(/Mar,? \d\d:05:09$/);
  expect(receivedText(Number.NaN, at)).toBe('');
});

test("the server's faults are split into the data's and the envelope's", () => {
  const faults = [
    { at: '/data/items/0/qty', message: 'must be > 0' },
    { at: '/data', message: 'must be object' },
    { at: '/database', message: 'unknown' },
    { at: '/source', message: 'is empty' },
  ];
  expect(dataFaults(faults)).toEqual([
    { at: '/items/0/qty', message: 'must be > 0' },
    { at: '', message: 'must be object' },
  ]);
  expect(otherFaults(faults).map(({ at }) => at)).toEqual(['/database', '/source']);
});

test('the same event sent again keeps its id; a changed one, and one after a success, has another', () => {
  const ids = new SendId();
  const first = ids.of({ type: 'a', data: 1 });
  expect(ids.of({ type: 'a', data: 1 })).toBe(first);
  const changed = ids.of({ type: 'a', data: 2 });
  expect(changed).not.toBe(first);
  ids.sent();
  expect(ids.of({ type: 'a', data: 2 })).not.toBe(changed);
});

const APPLIED: DispositionResource = {
  saga: 'order',
  status: 'applied',
  key: 'order-1',
  run: 1,
  version: 1,
  reason: null,
};

test.each<[Partial<DispositionResource>, string]>([
  [{}, 'Started this instance.'],
  [{ run: 2 }, 'Started run 2.'],
  [{ version: 4 }, 'Taken; made version 4.'],
  [{ status: 'ignored', reason: 'order/order-1 lives already' }, 'Order/order-1 lives already.'],
  [{ status: 'unrouted', saga: null, key: null, version: null }, 'No saga takes it.'],
  [{ status: 'pending' }, 'Recorded, and not looked at yet.'],
])('%j reads: %s', (more, text) => {
  expect(storyOf({ ...APPLIED, ...more }).text).toBe(text);
});
