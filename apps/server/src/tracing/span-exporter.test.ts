import type { SpanRecord } from '@holdfast/core';
import { expect, test } from 'vitest';
import { SpanExporter } from './span-exporter.ts';
import { StepClock } from './testing-step-clock.ts';

const span = (no: number): SpanRecord => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: no.toString(16).padStart(16, '0'),
  parentSpanId: null,
  name: `span ${no}`,
  kind: 'internal',
  startAt: 0,
  endAt: 1,
  attributes: {},
  error: null,
  links: [],
});

/** What the exporter has handed over lets go of it here. */
function collector() {
  const clock = new StepClock();
  const batches: {
    readonly spans: readonly SpanRecord[];
    readonly take: () => void;
    readonly refuse: (reason: string) => void;
  }[] = [];
  const lines: string[] = [];
  const exporter = new SpanExporter({
    clock,
    log: {
      info: (_fields, message) => void lines.push(`info ${message}`),
      warn: (_fields, message) => void lines.push(`warn ${message}`),
    },
    send: (spans) =>
      new Promise((resolve, reject) => {
        batches.push({ spans, take: resolve, refuse: (reason) => reject(new Error(reason)) });
      }),
  });
  const offer = (count: number): void => {
    for (let no = 1; no <= count; no += 1) exporter.take(span(no));
  };
  return { clock, batches, lines, exporter, offer };
}

/** Lets what has been settled have its effect. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('spans wait for company, and go a second after the first', () => {
  const { clock, batches, exporter, offer } = collector();
  offer(3);
  clock.step(999);
  expect(batches).toHaveLength(0);
  clock.step(1);
  expect(batches.map(({ spans }) => spans.length)).toEqual([3]);
  expect(exporter.counts).toEqual({ exported: 0, failed: 0, dropped: 0, queued: 0 });
});

test('a full batch goes at once, the next when that one is taken, and what is less waits its second', async () => {
  const { clock, batches, exporter, offer } = collector();
  offer(1100);
  expect(batches.map(({ spans }) => spans.length)).toEqual([512]);
  batches[0]?.take();
  await settled();
  expect(batches.map(({ spans }) => spans.length)).toEqual([512, 512]);
  batches[1]?.take();
  await settled();
  expect(batches).toHaveLength(2);
  clock.step(1000);
  expect(batches.map(({ spans }) => spans.length)).toEqual([512, 512, 76]);
  expect(batches.flatMap(({ spans }) => spans).map(({ name }) => name)).toEqual(
    Array.from({ length: 1100 }, (_, i) => `span ${i + 1}`),
  );
  expect(exporter.counts).toMatchObject({ exported: 1024, dropped: 0 });
});

test('while the collector is slow, so many spans are kept and no more; the others are counted', () => {
  const { batches, exporter, offer } = collector();
  offer(512 + 8192 + 5);
  expect(batches).toHaveLength(1);
  expect(exporter.counts).toEqual({ exported: 0, failed: 0, dropped: 5, queued: 8192 });
});

test('an outage is told of once, is not stormed, and its end is told with what was lost', async () => {
  const { clock, batches, lines, exporter, offer } = collector();
  offer(600);
  batches[0]?.refuse('connect ECONNREFUSED');
  await settled();
  offer(1000);
  expect(batches).toHaveLength(1);
  clock.step(1000);
  expect(batches).toHaveLength(2);
  batches[1]?.refuse('connect ECONNREFUSED');
  await settled();
  expect(lines).toEqual([
    'warn the trace collector does not take spans: they are lost until it does',
  ]);
  clock.step(1000);
  batches[2]?.take();
  await settled();
  expect(lines).toHaveLength(2);
  expect(lines[1]).toBe('info the trace collector takes spans again');
  expect(exporter.counts).toMatchObject({ exported: 512, failed: 1024, dropped: 0 });
});

test('the end sends what waits, and takes no more', async () => {
  const { batches, exporter, offer } = collector();
  offer(600);
  const closed = exporter.close(1000);
  batches[0]?.take();
  await settled();
  expect(batches.map(({ spans }) => spans.length)).toEqual([512, 88]);
  exporter.take(span(601));
  batches[1]?.take();
  await closed;
  expect(exporter.counts).toEqual({ exported: 600, failed: 0, dropped: 1, queued: 0 });
});

test('the end waits no longer than it may, and says what it left', async () => {
  const { clock, batches, lines, exporter, offer } = collector();
  offer(600);
  const closed = exporter.close(1000);
  await settled();
  clock.step(1000);
  await closed;
  expect(batches).toHaveLength(1);
  expect(lines).toEqual(['warn stopped with spans that were not sent']);
  expect(exporter.counts).toMatchObject({ dropped: 88, queued: 0 });
});
