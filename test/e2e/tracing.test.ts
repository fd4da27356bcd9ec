/**
 * Must show 8 of issue 3, R13.3, I5: a collector is told the whole way of an order, from publish through saga, outbox and
 * effect to result, under one trace id; across a kill; without a payload or a secret; and nothing where nobody traces.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Collector, type CollectedSpan, KIND } from '../support/collector.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { expectStatus } from '../support/http-api.ts';
import { Scrape } from '../support/metrics.ts';
import { MqttUser } from '../support/mqtt.ts';
import { order, orderPlaced, TOO_MUCH } from '../support/orders.ts';
import { RestaurantLab } from '../support/restaurant-lab.ts';
import { Witness } from '../support/witness.ts';

const TOKEN = 'Bearer sesame-4711-sesame';
/** In every order. */
const CUSTOMER = 'pineapple-0815';
const OK = [undefined, 0];

let collector: Collector;
let witness: Witness;
let lab: RestaurantLab;
let server: HoldfastServer;

beforeAll(async () => {
  collector = await Collector.open();
  witness = new Witness();
  // Longer than it takes to be told of a span and to kill a server.
  lab = await RestaurantLab.open({ payment: '60s' }, true, undefined, {
    front: witness.standBefore,
    env: {
      HOLDFAST_TRACING_ENDPOINT: collector.url,
      HOLDFAST_TRACING_HEADERS: 'authorization=secret://OTLP_TOKEN',
      HOLDFAST_TRACING_SERVICE: 'till',
      HOLDFAST_SECRET_OTLP_TOKEN: TOKEN,
      HOLDFAST_LOG_FORMAT: 'json',
      HOLDFAST_LOG_LEVEL: 'trace',
    },
  });
  server = lab.server;
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await witness[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
});

const traceparentOf = (): { readonly traceId: string; readonly text: string; spanId: string } => {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, text: `00-${traceId}-${spanId}-01` };
};

const tree = (spans: readonly CollectedSpan[]): string[] => {
  const names = new Map(spans.map((span) => [span.spanId, span.name]));
  return spans
    .map(({ name, parentSpanId = '' }) => `${names.get(parentSpanId) ?? '-'} > ${name}`)
    .sort();
};

/** Of an order that runs through: what hangs below what. */
const WHOLE = [
  '- > publish order.placed',
  'publish order.placed > saga order',
  ...Array.from({ length: 5 }, () => 'saga order > decide order'),
  'saga order > wait kitchen.ready',
  ...['kitchen.reserve', 'payment.charge', 'courier.dispatch'].flatMap((effect) => [
    `saga order > effect ${effect}`,
    `effect ${effect} > dispatch ${effect}`,
    `effect ${effect} > attempt ${effect}`,
  ]),
].sort();

async function finish(orderId: string): Promise<readonly CollectedSpan[]> {
  await server.api.waitForStatus('order', orderId, 'waiting');
  expectStatus(await server.api.completeWait('order', orderId, 'kitchen.ready'), 200);
  await server.api.waitForStatus('order', orderId, 'completed');
  return collector.ended(orderId);
}

/** Each call went out with its try's span as parent. */
function expectCallsBelowAttempts(orderId: string, spans: readonly CollectedSpan[]): void {
  const attempts = spans.filter(({ name }) => name.startsWith('attempt '));
  expect(witness.of(orderId).map(({ traceparent }) => traceparent)).toEqual(
    attempts.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
  );
}

test('an order over HTTP: the whole path hangs below the span of whoever published it', async () => {
  const placed = order({ customer: CUSTOMER });
  const { traceId, spanId, text } = traceparentOf();
  await server.api.publish({ ...orderPlaced(placed), traceparent: text });
  const spans = await finish(placed.orderId);

  expect(tree(spans)).toEqual(WHOLE);
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const published = spans.find(({ name }) => name === 'publish order.placed');
  expect(published).toMatchObject({
    parentSpanId: spanId,
    kind: KIND.server,
    attributes: { 'holdfast.protocol': 'http', 'holdfast.event.id': placed.orderId },
  });
  expectCallsBelowAttempts(placed.orderId, spans);
  for (const { status, startTimeUnixNano, endTimeUnixNano } of spans) {
    expect(OK).toContain(status.code);
    expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
  }
  expect([...collector.services]).toEqual(['till']);
});

test('an order over MQTT without a trace: one begins with its publish', async () => {
  const placed = order({ customer: CUSTOMER });
  await using till = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
  await till.publish('hf/events/order.placed', placed);
  const spans = await finish(placed.orderId);

  expect(tree(spans)).toEqual(WHOLE);
  const published = spans.find(({ name }) => name === 'publish order.placed');
  expect(published).toMatchObject({
    name: 'publish order.placed',
    kind: KIND.consumer,
    attributes: { 'holdfast.protocol': 'mqtt' },
  });
  expect(published?.parentSpanId ?? '').toBe('');
  expectCallsBelowAttempts(placed.orderId, spans);
});

test('an order that is undone says where it went wrong', async () => {
  const placed = order({ customer: CUSTOMER, amount: TOO_MUCH });
  await server.api.publish(orderPlaced(placed));
  await server.api.waitForStatus('order', placed.orderId, 'compensated');
  const spans = await collector.ended(placed.orderId);
  const failed = spans.filter(({ status }) => !OK.includes(status.code));
  expect(failed.map(({ name }) => name).sort()).toEqual([
    'attempt payment.charge',
    'effect payment.charge',
    'saga order',
  ]);
  expect(tree(spans)).toContain('effect kitchen.release > attempt kitchen.release');
});

test('a server that is killed while a call is out goes on in the same trace', async () => {
  const placed = order({ customer: CUSTOMER });
  await lab.mishap({ name: 'payment.charge', kind: 'hang', ms: 120_000 });
  await server.api.publish(orderPlaced(placed));
  await eventually('the call is out', () =>
    witness.of(placed.orderId).find(({ path }) => path.includes('charge')),
  );
  const before = await eventually('the publish is told of', () =>
    collector.spans.find(({ attributes }) => attributes['holdfast.event.id'] === placed.orderId),
  );
  await server.sigkill();
  await server.restart();
  const spans = await finish(placed.orderId);

  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([before.traceId]));
  const run = spans.find(({ name }) => name === 'saga order');
  expect(run?.parentSpanId).toBe(before.spanId);
  const tries = spans.filter(({ name }) => name === 'attempt payment.charge');
  expect(tries.map(({ attributes }) => attributes['holdfast.attempt.outcome'])).toEqual([
    'lost',
    'succeeded',
  ]);
  const sent = witness.of(placed.orderId).filter(({ path }) => path.includes('charge'));
  expect(sent.map(({ traceparent }) => traceparent)).toEqual(
    tries.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
  );
});

test('no span holds a payload or a secret, and the secret header is shown to nobody', async () => {
  expect(collector.text).not.toContain(CUSTOMER);
  expect(collector.text).not.toContain(server.adminKey);
  expect(collector.text).not.toContain('sesame');
  expect(new Set(collector.headers.map(({ authorization }) => authorization))).toEqual(
    new Set([TOKEN]),
  );
  expect(server.log).not.toContain('sesame');
  const { text } = expectStatus(await server.api.get('/info'), 200);
  expect(text).not.toContain('sesame');
});

test('a collector that is away holds up nobody, is told of once, and is served again when it is back', async () => {
  await collector.leave();
  const placed = order({ customer: CUSTOMER });
  await server.api.publish(orderPlaced(placed));
  await server.api.waitForStatus('order', placed.orderId, 'waiting');
  const lost = 'the trace collector does not take spans';
  await eventually('the outage is told of', () => server.log.includes(lost) || undefined);
  expectStatus(await server.api.completeWait('order', placed.orderId, 'kitchen.ready'), 200);
  await server.api.waitForStatus('order', placed.orderId, 'completed');
  const scrape = new Scrape(expectStatus(await server.api.get('/metrics'), 200).text);
  expect(scrape.value('holdfast_trace_spans_total{result="failed"}')).toBeGreaterThan(0);
  await collector.comeBack();
  const next = order({ customer: CUSTOMER });
  await server.api.publish(orderPlaced(next));
  await finish(next.orderId);
  const told = (): string[] =>
    server.log.split('\n').filter((line) => line.includes('the trace collector'));
  await eventually('the end of the outage is told of', () => told()[1]);
  expect(told()).toHaveLength(2);
  expect(told()[1]).toContain('takes spans again');
});

test('a stop sends what waits', async () => {
  const placed = order({ customer: CUSTOMER, amount: TOO_MUCH });
  await server.api.publish(orderPlaced(placed), '?wait=30s').catch(() => undefined);
  await server.api.waitForStatus('order', placed.orderId, 'compensated');
  expect(await server.stop()).toBe(0);
  const ended = collector.spans.filter(
    ({ name, attributes }) =>
      name === 'saga order' && attributes['holdfast.key'] === placed.orderId,
  );
  expect(ended).toHaveLength(1);
  expect(collector.faults).toEqual([]);
});

test('a collector that never answers does not hold up the end, which says what it left', async () => {
  await using deaf = await Collector.open();
  deaf.silent = true;
  await using waiting = await HoldfastServer.start({
    restaurant: false,
    env: { HOLDFAST_TRACING_ENDPOINT: deaf.url, HOLDFAST_DRAIN_TIMEOUT: '1s' },
  });
  await waiting.api.publish({ specversion: '1.0', id: 'e-1', source: '/test', type: 'noted' });
  await eventually('the first batch is out', () => deaf.headers[0]);
  await waiting.api.publish({ specversion: '1.0', id: 'e-2', source: '/test', type: 'noted' });
  expect(await waiting.stop()).toBe(0);
  expect(waiting.log).toContain('stopped with spans that were not sent');
  expect(waiting.log).not.toContain('this was still open');
});

test('a server that is told of no collector sends nothing, and lets a traceparent through', async () => {
  await using quiet = await Collector.open();
  await using ear = new Witness();
  await using plain = await RestaurantLab.open({}, true, undefined, {
    front: ear.standBefore,
    // What other programs read is not an order to this one.
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: quiet.url },
  });
  const [traced, untraced] = [order({ amount: TOO_MUCH }), order({ amount: TOO_MUCH })];
  const { text } = traceparentOf();
  const { api } = plain.server;
  await api.publish({ ...orderPlaced(traced), traceparent: text });
  await api.publish(orderPlaced(untraced));
  await api.waitForStatus('order', traced.orderId, 'compensated');
  await api.waitForStatus('order', untraced.orderId, 'compensated');
  const sent = (orderId: string) => new Set(ear.of(orderId).map((call) => call.traceparent));
  expect(sent(traced.orderId)).toEqual(new Set([text]));
  expect(sent(untraced.orderId)).toEqual(new Set([undefined]));
  const scrape = expectStatus(await api.get('/metrics'), 200).text;
  expect(scrape).not.toContain('holdfast_trace_spans');
  expect(await plain.server.stop()).toBe(0);
  expect(quiet.headers).toEqual([]);
});
