import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  beginTrace,
  eventSpanId,
  isWithin,
  readTraceContext,
  spanIdOf,
  writeTraceparent,
} from './trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const EVENT = { tenant: '', source: 'till/1', id: 'e-1', receivedAt: 1_700_000_000_000_000 };

test('a traceparent is read, and written as it was', () => {
  const context = readTraceContext(`00-${TRACE}-${SPAN}-01`);
  expect(context).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
  expect(context === null ? '' : writeTraceparent(context)).toBe(`00-${TRACE}-${SPAN}-01`);
});

test('only the lowest flag says that a trace is sampled', () => {
  expect(readTraceContext(`00-${TRACE}-${SPAN}-03`)?.sampled).toBe(true);
  expect(readTraceContext(`00-${TRACE}-${SPAN}-02`)?.sampled).toBe(false);
});

test.each([null, '', 'nonsense', `00-${TRACE}-${SPAN}`, `00-${TRACE.toUpperCase()}-${SPAN}-01`])(
  '%j names no trace',
  (text) => {
    expect(readTraceContext(text)).toBeNull();
  },
);

test('the same event is the same trace, and its span the root', () => {
  const context = beginTrace(sha256, EVENT, 1);
  expect(context).toEqual(beginTrace(sha256, { ...EVENT }, 1));
  expect(context.spanId).toBe(eventSpanId(sha256, EVENT));
  expect(context.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(context.spanId).toMatch(/^[0-9a-f]{16}$/);
});

test('an id that is received at another time, in another data directory for one, is another trace', () => {
  const again = beginTrace(sha256, { ...EVENT, receivedAt: EVENT.receivedAt + 1 }, 1);
  expect(again.traceId).not.toBe(beginTrace(sha256, EVENT, 1).traceId);
});

test('ids of zeros alone, which name nothing, are never made', () => {
  const zeros = (): string => '0'.repeat(64);
  expect(spanIdOf(zeros, 'run', 1)).toBe('0000000000000001');
  expect(beginTrace(zeros, EVENT, 1).traceId).toBe(`${'0'.repeat(31)}1`);
});

test('parts of a name do not run together', () => {
  expect(spanIdOf(sha256, 'run', 'a', 'bc')).not.toBe(spanIdOf(sha256, 'run', 'ab', 'c'));
});

test('a ratio takes that part of traces, none at 0, all at 1, and more takes in what less did', () => {
  const ids = Array.from({ length: 4000 }, (_, i) => sha256(String(i)).slice(0, 32));
  const taken = (ratio: number): Set<string> => new Set(ids.filter((id) => isWithin(id, ratio)));
  expect(taken(0).size).toBe(0);
  expect(taken(1).size).toBe(ids.length);
  const [tenth, half] = [taken(0.1), taken(0.5)];
  expect(tenth.size).toBeGreaterThan(300);
  expect(tenth.size).toBeLessThan(500);
  expect([...tenth].every((id) => half.has(id))).toBe(true);
});
