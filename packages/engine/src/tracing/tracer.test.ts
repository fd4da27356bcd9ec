import type { EffectResult, SpanRecord } from '@holdfast/core';
import { readTraceContext } from '@holdfast/core';
import { afterEach, expect, test } from 'vitest';
import { EngineBench } from '../testing/engine-bench.ts';
import type { InlineProgram } from '../testing/inline-sandbox.ts';
import { until } from '../testing/until.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PRODUCER = 'b7ad6b7169203331';
const actor = { by: 'test', reason: null };

/** An effect, then a wait; the end says what came of the first. */
const order: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (_state, call) => {
    if (call.kind === 'wait')
      return { state: {}, decision: { ending: { as: 'completed', result: 'paid' } } };
    if (call.step === null)
      return {
        state: {},
        decision: {
          items: [{ step: 'charge#1', effect: 'charge', input: { card: 'secret-card' } }],
        },
      };
    return {
      state: {},
      decision: {
        waits: [{ step: 'ready#1', name: 'ready', definition: null, expiresAt: null }],
        status: 'waiting',
      },
    };
  },
};
/** Starts a child by an event, and ends. */
const parent: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (_state, call) => ({
    state: {},
    decision: {
      publishes: [{ step: 'tell#1', type: 'order.placed', data: call.data }],
      ending: { as: 'completed', result: null },
    },
  }),
};
const sleeper: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (_state, call) =>
    call.kind === 'timer'
      ? { state: {}, decision: { ending: { as: 'completed', result: null } } }
      : {
          state: {},
          decision: {
            schedules: [{ name: 'nap#1', dueAt: call.now + 2000 }],
            status: 'waiting',
          },
        },
};

let bench: EngineBench;
let spans: SpanRecord[] = [];
afterEach(() => bench.end());

function open(more: { sample?: number; dir?: string; traced?: boolean } = {}): EngineBench {
  spans = [];
  const { sample = 1, dir, traced = true } = more;
  bench = new EngineBench({
    programs: { order, parent, sleeper },
    sagas: [
      { name: 'order', on: ['order.placed'] },
      { name: 'parent', on: ['parent.placed'] },
      { name: 'sleeper', on: ['sleep.asked'] },
    ],
    effects: [{ name: 'charge' }],
    ...(dir === undefined ? {} : { dir }),
    ...(traced ? { tracing: { sample, spans: (span) => void spans.push(span) } } : {}),
  });
  return bench;
}

const traceparent = (flags = '01'): string => `00-${TRACE}-${PRODUCER}-${flags}`;
const spanOf = (name: string): SpanRecord | undefined => spans.find((span) => span.name === name);
const parentOf = (span: SpanRecord | undefined): string | undefined =>
  spans.find(({ spanId }) => spanId === span?.parentSpanId)?.name;

async function waiting(saga: string, key: string): Promise<void> {
  const of = { tenant: '', saga, key };
  await until(async () => (await bench.store.loadInstances([of]))[0]?.row.status === 'waiting');
}

async function complete(id: string): Promise<void> {
  const of = { tenant: '', saga: 'order', key: id };
  await waiting('order', id);
  const end = bench.engine.awaitEnd(of, 5000);
  await bench.engine.completeWait({ ...of, name: 'ready' }, '{"hand":"secret-hand"}', actor);
  await end;
}

test('from publish to result there is one trace, and each span hangs below what it is part of', async () => {
  const engine = await open().start();
  const event = bench.event(
    'order.placed',
    { id: 'o-1' },
    { id: 'e-1', traceparent: traceparent() },
  );
  await engine.ingest({ event, protocol: 'mqtt' });
  await complete('o-1');
  await until(() => spanOf('saga order') !== undefined);

  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  expect(spanOf('publish order.placed')).toMatchObject({
    parentSpanId: PRODUCER,
    kind: 'consumer',
  });
  const tree = spans.map((span) => `${parentOf(span) ?? '-'} > ${span.name}`).toSorted();
  expect(tree).toEqual(
    [
      '- > publish order.placed',
      'publish order.placed > saga order',
      ...['decide order', 'decide order', 'decide order', 'effect charge', 'wait ready'].map(
        (name) => `saga order > ${name}`,
      ),
      'effect charge > dispatch charge',
      'effect charge > attempt charge',
    ].toSorted(),
  );
});

test('a decision is linked to what led to it', async () => {
  const engine = await open().start();
  await engine.ingest({ event: bench.event('order.placed', { id: 'o-1' }) });
  await complete('o-1');
  const causes = spans
    .filter(({ name }) => name === 'decide order')
    .map(({ links }) => spans.find(({ spanId }) => spanId === links[0]?.spanId)?.name);
  expect(causes).toEqual(['publish order.placed', 'effect charge', 'wait ready']);
});

test('a call carries its own span as parent, and so differs from try to try', async () => {
  const engine = await open().start();
  let failed = false;
  bench.execute = (): Promise<EffectResult> => {
    if (failed) return Promise.resolve({ kind: 'succeeded', output: '{}' });
    failed = true;
    return Promise.resolve({
      kind: 'in_doubt',
      error: { code: 'http.500', message: 'secret-answer' },
    });
  };
  const event = bench.event('order.placed', { id: 'o-1' }, { traceparent: traceparent() });
  await engine.ingest({ event });
  await waiting('order', 'o-1');
  const attempts = spans.filter(({ name }) => name === 'attempt charge');
  const sent = bench.calls.map((call) => readTraceContext(call.traceparent));
  expect(sent.map((context) => context?.traceId)).toEqual([TRACE, TRACE]);
  expect(sent.map((context) => context?.spanId)).toEqual(attempts.map(({ spanId }) => spanId));
  expect(attempts.map(({ error, attributes }) => [error, attributes['holdfast.attempt']])).toEqual([
    ['http.500', 1],
    [null, 2],
  ]);
  expect(attempts[0]?.attributes).toMatchObject({
    'holdfast.attempt.outcome': 'in_doubt',
    'holdfast.attempt.in_doubt': true,
  });
  expect(JSON.stringify(spans)).not.toContain('secret-');
});

test('without a traceparent a trace begins with the event, and its publish is the root', async () => {
  const engine = await open().start();
  await engine.ingest({ event: bench.event('order.placed', { id: 'o-1' }) });
  await engine.ingest({ event: bench.event('order.placed', { id: 'o-2' }) });
  await complete('o-1');
  await complete('o-2');
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === null);
  expect(roots.map(({ name }) => name)).toEqual(['publish order.placed', 'publish order.placed']);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(2);
  const [journaled] = await bench.store.readEvents([
    Number(roots[0]?.attributes['holdfast.event.seq']),
  ]);
  expect(readTraceContext(journaled?.traceparent ?? null)?.traceId).toBe(roots[0]?.traceId);
});

test('what a producer sends again is in the trace of the first, and linked to it', async () => {
  const engine = await open().start();
  const event = bench.event('order.placed', { id: 'o-1' }, { id: 'e-1' });
  await engine.ingest({ event });
  await engine.ingest({ event, protocol: 'http' });
  const [first, again] = spans.filter(({ name }) => name === 'publish order.placed');
  expect(again).toMatchObject({
    traceId: first?.traceId,
    parentSpanId: first?.spanId,
    kind: 'server',
    attributes: { 'holdfast.event.duplicate': true },
    links: [{ spanId: first?.spanId }],
  });
  expect(again?.spanId).not.toBe(first?.spanId);
});

test('what a saga publishes goes on below the decision that published it', async () => {
  const engine = await open().start();
  await engine.ingest({ event: bench.event('parent.placed', { id: 'o-7' }) });
  await complete('o-7');
  expect(parentOf(spanOf('saga order'))).toBe('decide parent');
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
});

test('a timer is a span from when it was set until it fired', async () => {
  const engine = await open().start();
  await engine.ingest({ event: bench.event('sleep.asked', { id: 's-1' }) });
  await until(() => spanOf('saga sleeper') !== undefined);
  const timer = spanOf('timer nap#1');
  expect(parentOf(timer)).toBe('saga sleeper');
  expect(timer?.attributes['holdfast.timer.since']).toBe('set');
  expect((timer?.endAt ?? 0) - (timer?.startAt ?? 0)).toBeGreaterThanOrEqual(2000);
});

test('a trace that its producer does not sample is not told of, and goes out as not sampled', async () => {
  const engine = await open().start();
  const event = bench.event('order.placed', { id: 'o-1' }, { traceparent: traceparent('00') });
  await engine.ingest({ event });
  await complete('o-1');
  expect(spans).toEqual([]);
  expect(bench.calls[0]?.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
});

test('a ratio of 0 tells of no trace that begins here, and of those that producers sample', async () => {
  const engine = await open({ sample: 0 }).start();
  await engine.ingest({ event: bench.event('order.placed', { id: 'o-1' }) });
  await complete('o-1');
  expect(spans).toEqual([]);
  const event = bench.event('order.placed', { id: 'o-2' }, { traceparent: traceparent() });
  await engine.ingest({ event });
  await complete('o-2');
  expect(spans.map(({ name }) => name)).toContain('saga order');
});

test('after a crash the same trace goes on, and the lost try is told of under the span it went out with', async () => {
  await open().start();
  bench.execute = () => new Promise(() => undefined);
  const event = bench.event('order.placed', { id: 'o-1' });
  await bench.engine.ingest({ event });
  await until(() => bench.calls.length === 1);
  const sent = readTraceContext(bench.calls[0]?.traceparent ?? null);
  const published = spanOf('publish order.placed');
  await bench.crash();
  const { dir } = bench;
  await open({ dir }).open();
  await complete('o-1');
  expect(spans.find(({ spanId }) => spanId === sent?.spanId)).toMatchObject({
    name: 'attempt charge',
    traceId: published?.traceId,
    attributes: { 'holdfast.attempt.outcome': 'lost', 'holdfast.attempt': 1 },
  });
  expect(spanOf('saga order')).toMatchObject({
    traceId: published?.traceId,
    parentSpanId: published?.spanId,
  });
});

test('where nobody traces, a traceparent goes through as it came, and none is made', async () => {
  const engine = await open({ traced: false }).start();
  const event = bench.event('order.placed', { id: 'o-1' }, { traceparent: traceparent() });
  await engine.ingest({ event });
  await engine.ingest({ event: bench.event('order.placed', { id: 'o-2' }) });
  await waiting('order', 'o-1');
  await waiting('order', 'o-2');
  expect(bench.calls.map((call) => call.traceparent)).toEqual([traceparent(), null]);
});
