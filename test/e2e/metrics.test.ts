/** Must show 8 of issue 3, and R7.1, R9.1, R10.3: what `/metrics` says is what happened. */
import { spawnSync } from 'node:child_process';
import { METRICS } from '@holdfast/gateway';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { expectStatus } from '../support/http-api.ts';
import { Scrape } from '../support/metrics.ts';
import { MqttUser } from '../support/mqtt.ts';
import { order, orderPlaced, TOO_MUCH } from '../support/orders.ts';
import { missingTools } from '../support/tools.ts';

const ORDERS = 5;

let server: HoldfastServer;
let last: Scrape;

const scrape = async (): Promise<Scrape> =>
  new Scrape(expectStatus(await server.api.get('/metrics'), 200).text);

/** The first scrape in which it is so: some numbers are of a moment ago. */
const scrapeUntil = (what: string, holds: (scrape: Scrape) => boolean): Promise<Scrape> =>
  eventually(what, async () => {
    const found = await scrape();
    return holds(found) ? found : undefined;
  });

beforeAll(async () => {
  server = await HoldfastServer.start();
  const { api } = server;
  const placed = Array.from({ length: ORDERS }, () => order());
  for (const one of placed) await api.publish(orderPlaced(one));
  for (const { orderId } of placed) await api.waitForStatus('order', orderId, 'waiting');
  last = await scrapeUntil(
    'all orders wait',
    (found) => found.value('holdfast_instances{status="waiting"}') === ORDERS,
  );
  const [first = order(), ...others] = placed;
  await api.publish(orderPlaced(first));
  for (const { orderId } of others) {
    expectStatus(await api.completeWait('order', orderId, 'kitchen.ready'), 200);
    await api.waitForStatus('order', orderId, 'completed');
  }
  const declined = order({ amount: TOO_MUCH });
  await using till = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
  await till.publish('hf/events/order.placed', declined);
  await till.publish('hf/events/order.placed', 'no JSON');
  await api.waitForStatus('order', declined.orderId, 'compensated');
  expectStatus(await api.post('/v1/events', { type: 'order.placed', data: { orderId: 1 } }), 400);
  last = await scrapeUntil(
    'what ended is not counted as live any more',
    (found) =>
      found.value('holdfast_instances{status="waiting"}') === 1 &&
      found.value('holdfast_quarantine_records') === 1,
  );
});
afterAll(() => server[Symbol.asyncDispose]());

test('the answer is what Prometheus asks for, and needs a key', async () => {
  const { headers } = await server.api.get('/metrics');
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect((await fetch(`${server.ready.http}/metrics`)).status).toBe(401);
});

test('promtool finds nothing to blame', (context) => {
  const missing = missingTools('promtool');
  if (missing !== null) return context.skip(missing);
  const check = spawnSync('promtool', ['check', 'metrics'], {
    input: last.text,
    encoding: 'utf8',
  });
  expect(`${check.stdout}${check.stderr}`).toBe('');
  expect(check.status).toBe(0);
});

test('every metric of the reference is there, and no other', () => {
  // No bridge is configured here, no collector of traces, no target of alerts and no watcher.
  const expected = Object.keys(METRICS).filter(
    (name) => !/^holdfast_(bridge|trace|alert|alerts|pings)_/.test(name),
  );
  expect(last.families).toEqual(expected);
});

test.each([
  ['holdfast_instances_started_total{saga="order"}', ORDERS + 1],
  ['holdfast_instances_ended_total{saga="order",as="completed"}', ORDERS - 1],
  ['holdfast_instances_ended_total{saga="order",as="compensated"}', 1],
  ['holdfast_instances{status="waiting"}', 1],
  ['holdfast_instances{status="blocked"}', 0],
  ['holdfast_consumer_lag_events{saga="order"}', 0],
  ['holdfast_redeliveries_total{saga="order",cause="recovery"}', 0],
  [
    'holdfast_effect_attempts_total{app="restaurant",effect="kitchen.reserve",outcome="succeeded"}',
    ORDERS + 1,
  ],
  [
    'holdfast_effect_outcomes_total{app="restaurant",effect="kitchen.reserve",outcome="succeeded"}',
    ORDERS + 1,
  ],
  [
    'holdfast_effect_outcomes_total{app="restaurant",effect="payment.charge",outcome="succeeded"}',
    ORDERS,
  ],
  ['holdfast_effect_outcomes_total{app="restaurant",effect="payment.charge",outcome="failed"}', 1],
  [
    'holdfast_effect_outcomes_total{app="restaurant",effect="kitchen.release",outcome="succeeded"}',
    1,
  ],
  [
    'holdfast_effect_attempt_duration_seconds_count{app="restaurant",effect="courier.dispatch"}',
    ORDERS - 1,
  ],
  [
    'holdfast_effect_dispatch_duration_seconds_count{app="restaurant",effect="kitchen.reserve"}',
    ORDERS + 1,
  ],
  ['holdfast_effects_held_total{app="restaurant",effect="payment.charge"}', 0],
  ['holdfast_upstream_breaker_state{app="restaurant",upstream="payment.charge",state="closed"}', 1],
  ['holdfast_upstream_breaker_state{app="restaurant",upstream="payment.charge",state="open"}', 0],
  ['holdfast_outbox_items{state="pending"}', 0],
  ['holdfast_outbox_items{state="leased"}', 0],
  ['holdfast_outbox_items{state="held"}', 0],
  ['holdfast_outbox_oldest_age_seconds', 0],
  ['holdfast_effects_in_flight', 0],
  // The timeout of the wait that is still open.
  ['holdfast_schedules', 1],
  ['holdfast_schedules_due', 0],
  ['holdfast_quarantine_records', 1],
  ['holdfast_intake_events_total{protocol="http",answer="accepted"}', ORDERS],
  ['holdfast_intake_events_total{protocol="http",answer="duplicate"}', 1],
  ['holdfast_intake_events_total{protocol="http",answer="event.invalid"}', 1],
  ['holdfast_intake_events_total{protocol="mqtt",answer="accepted"}', 1],
  ['holdfast_intake_events_total{protocol="mqtt",answer="event.not_json"}', 1],
  ['holdfast_http_requests_total{method="POST",route="/v1/events",status="202"}', ORDERS + 1],
  ['holdfast_http_requests_total{method="POST",route="/v1/events",status="400"}', 1],
  ['holdfast_mqtt_publishes_received_total', 2],
  ['holdfast_mqtt_publishes_acknowledged_total', 2],
  ['holdfast_mqtt_held_publishes', 0],
  ['holdfast_commit_queue_units', 0],
  ['holdfast_undecided_events', 0],
] as const)('%s is %d', (sample, value) => {
  expect(last.value(sample)).toBe(value);
});

test('each transition has its latency, each commit its sync, each event its commit', async () => {
  const transitions = last.value('holdfast_processing_duration_seconds_count{saga="order"}') ?? 0;
  // An order takes one decision to begin, one for each outcome and wait: 5 when completed, 3 while it waits.
  expect(transitions).toBeGreaterThanOrEqual((ORDERS - 1) * 5 + 3);
  expect(last.value('holdfast_processing_duration_seconds_bucket{saga="order",le="+Inf"}')).toBe(
    transitions,
  );
  const commits = last.value('holdfast_commit_duration_seconds_count') ?? 0;
  expect(last.value('holdfast_commit_sync_duration_seconds_count')).toBe(commits);
  expect(last.value('holdfast_commit_duration_seconds_sum')).toBeGreaterThanOrEqual(
    last.value('holdfast_commit_sync_duration_seconds_sum') ?? 0,
  );
  // A fresh journal: all that it holds was committed by this process.
  expect(last.value('holdfast_commit_events_sum')).toBe(last.value('holdfast_journal_last_seq'));
});

test('threads and files are measured', () => {
  for (const thread of ['main', 'engine', 'reader']) {
    const of = `{thread="${thread}"}`;
    expect(last.value(`holdfast_thread_cpu_seconds_total${of}`)).toBeGreaterThan(0);
    expect(last.value(`holdfast_thread_heap_used_bytes${of}`)).toBeGreaterThan(1e6);
    expect(last.value(`holdfast_thread_event_loop_active_seconds_total${of}`)).toBeGreaterThan(0);
    expect(last.value(`holdfast_thread_event_loop_delay_seconds_count${of}`)).toBeGreaterThan(0);
  }
  expect(last.sum('holdfast_scrape_source_up')).toBe(5);
  expect(last.value('holdfast_store_database_bytes')).toBeGreaterThan(0);
  expect(last.value('holdfast_process_resident_memory_bytes')).toBeGreaterThan(1e7);
});

test('no label holds what tells instances or tenants apart', () => {
  const labels = new Set(Array.from(last.text.matchAll(/[{,](\w+)="/g), ([, name]) => name));
  expect(labels).not.toContain('tenant');
  expect(last.text).not.toMatch(/o-[0-9a-f]{8}-/);
});
