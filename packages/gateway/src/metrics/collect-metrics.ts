/**
 * From what the parts of the server know to one scrape. Each part is asked at the same time and given the same time: one
 * that does not answer leaves its metrics out, and the others stand.
 *
 * @module
 */
import type { Clock, Micros } from '@holdfast/core';
import { MICROS_PER_MILLI } from '@holdfast/core';
import type { EngineMetricsSnapshot } from '@holdfast/engine';
import { ATTEMPT_OUTCOMES } from '@holdfast/engine';
import type { StoreGauges } from '@holdfast/store';
import type { HttpDeps } from '../http/http-port.ts';
import type { MqttGatewayStats } from '../mqtt/gateway-config.ts';
import { Exposition } from './exposition.ts';
import type { HttpCounts } from './http-counts.ts';
import { THREADS } from './thread-vitals.ts';
import type { SpanCounts, ThreadVitals } from './thread-vitals.ts';

/** Longest that a scrape waits for a part: well below Prometheus' own patience of 10 s. */
const PATIENCE_MS = 2_000;
const MICROS_PER_SECOND = 1000 * MICROS_PER_MILLI;

type Deps = Pick<HttpDeps, 'engine' | 'readModel' | 'vitals' | 'clock' | 'info' | 'log'>;

export async function collectMetrics(deps: Deps, counts: HttpCounts): Promise<Exposition> {
  const { engine, readModel, vitals, clock } = deps;
  const text = new Exposition();
  const ask = async <T>(source: string, question: Promise<T>): Promise<T | null> => {
    const answer = await inTime(clock, question, (error) =>
      deps.log.warn({ source, err: error }, 'a part of the server did not answer a scrape'),
    );
    text.value('holdfast_scrape_source_up', answer === null ? 0 : 1, { source });
    return answer;
  };
  const [counted, gauges, ...threads] = await Promise.all([
    ask('engine', engine.metrics()),
    ask('read_model', readModel.gauges()),
    ...THREADS.map((thread) => ask(`${thread}_thread`, vitals.thread(thread))),
  ]);
  build(text, deps);
  if (counted !== null) ofEngine(text, counted);
  if (gauges !== null) ofStore(text, gauges, clock.now());
  ofHttp(text, counts);
  ofMqtt(text, vitals.broker());
  ofTracing(text, vitals.spans?.() ?? null);
  ofProcess(text);
  for (const [i, thread] of THREADS.entries()) {
    const answer = threads[i] ?? null;
    if (answer !== null) ofThread(text, thread, answer);
  }
  return text;
}

/** Null when it fails or does not come in time. */
function inTime<T>(
  clock: Clock,
  question: Promise<T>,
  missed: (error: unknown) => void,
): Promise<T | null> {
  return new Promise((resolve) => {
    const miss = (error: unknown): void => {
      cancel();
      missed(error);
      resolve(null);
    };
    const cancel = clock.after(PATIENCE_MS, () =>
      miss(new Error(`no answer in ${PATIENCE_MS} ms`)),
    );
    question.then((answer) => {
      cancel();
      resolve(answer);
    }, miss);
  });
}

function build(text: Exposition, { info }: Deps): void {
  const { version, node, mode } = info;
  text.value('holdfast_build_info', 1, { version, node, mode });
  text.value('holdfast_process_start_time_seconds', info.startedAt / MICROS_PER_SECOND);
}

function ofEngine(text: Exposition, engine: EngineMetricsSnapshot): void {
  for (const { saga, lag, redeliveries, started, ended, processing } of engine.sagas) {
    text.value('holdfast_consumer_lag_events', lag, { saga });
    for (const [cause, n] of Object.entries(redeliveries))
      text.value('holdfast_redeliveries_total', n, { saga, cause });
    text.histogram('holdfast_processing_duration_seconds', processing, { saga });
    text.value('holdfast_instances_started_total', started, { saga });
    for (const [as, n] of Object.entries(ended))
      text.value('holdfast_instances_ended_total', n, { saga, as });
  }
  for (const { app, effect, dispatch, duration, attempts, outcomes, held } of engine.effects) {
    const of = { app, effect };
    text.histogram('holdfast_effect_dispatch_duration_seconds', dispatch, of);
    text.histogram('holdfast_effect_attempt_duration_seconds', duration, of);
    for (const outcome of ATTEMPT_OUTCOMES)
      text.value('holdfast_effect_attempts_total', attempts[outcome], { ...of, outcome });
    for (const [outcome, n] of Object.entries(outcomes))
      text.value('holdfast_effect_outcomes_total', n, { ...of, outcome });
    text.value('holdfast_effects_held_total', held, of);
  }
  for (const { app, upstream, state: present } of engine.upstreams) {
    for (const state of BREAKER_STATES) {
      const value = state === present ? 1 : 0;
      text.value('holdfast_upstream_breaker_state', value, { app, upstream, state });
    }
  }
  text.value('holdfast_undecided_events', engine.undecided);
  text.value('holdfast_instances_in_memory', engine.instancesInMemory);
  text.value('holdfast_effects_in_flight', engine.effectsInFlight);
  text.histogram('holdfast_schedule_scan_duration_seconds', engine.schedules.scan);
  text.histogram('holdfast_schedule_lag_seconds', engine.schedules.lag);
  text.value('holdfast_journal_last_seq', engine.lastSeq);
  text.histogram('holdfast_commit_duration_seconds', engine.commits.duration);
  text.histogram('holdfast_commit_sync_duration_seconds', engine.commits.sync);
  text.histogram('holdfast_commit_events', engine.commits.events);
  text.histogram('holdfast_commit_ops', engine.commits.ops);
  text.value('holdfast_commit_queue_units', engine.commitQueue);
  text.value('holdfast_store_wal_used_bytes', engine.walUsed);
}

const BREAKER_STATES = [
  'closed',
  'open',
  'half_open',
  'recovering',
] as const satisfies readonly EngineMetricsSnapshot['upstreams'][number]['state'][];

const LIVE_STATUSES = ['running', 'waiting', 'retrying', 'compensating', 'blocked'] as const;

function ofStore(text: Exposition, gauges: StoreGauges, now: Micros): void {
  const { outbox, oldestPendingAt, instances, quarantine, schedules, bytes } = gauges;
  for (const status of LIVE_STATUSES)
    text.value('holdfast_instances', instances[status] ?? 0, { status });
  for (const [state, n] of Object.entries(outbox))
    text.value('holdfast_outbox_items', n, { state });
  const age = oldestPendingAt === null ? 0 : Math.max(0, now - oldestPendingAt);
  text.value('holdfast_outbox_oldest_age_seconds', age / MICROS_PER_SECOND);
  text.value('holdfast_schedules', schedules.set);
  text.value('holdfast_schedules_due', schedules.due);
  text.value('holdfast_quarantine_records', quarantine);
  text.value('holdfast_store_database_bytes', bytes.database);
  text.value('holdfast_store_wal_bytes', bytes.wal);
}

function ofHttp(text: Exposition, counts: HttpCounts): void {
  for (const [answer, n] of counts.intake.counts)
    text.value('holdfast_intake_events_total', n, { protocol: 'http', answer });
  for (const { route, status, n } of counts.requests) {
    const of = { method: route.method, route: route.path, status: String(status) };
    text.value('holdfast_http_requests_total', n, of);
  }
}

function ofMqtt(text: Exposition, stats: MqttGatewayStats): void {
  for (const [answer, n] of Object.entries(stats.answers))
    text.value('holdfast_intake_events_total', n, { protocol: 'mqtt', answer });
  text.value('holdfast_mqtt_connections', stats.connections);
  text.value('holdfast_mqtt_connections_paused', stats.paused);
  text.value('holdfast_mqtt_sessions', stats.sessions);
  text.value('holdfast_mqtt_retained_messages', stats.retained);
  text.value('holdfast_mqtt_retained_bytes', stats.retainedBytes);
  text.value('holdfast_mqtt_retained_refused_total', stats.retainedRefused);
  text.value('holdfast_mqtt_sessions_expired_total', stats.expired);
  for (const bridge of stats.bridges) {
    const of = { bridge: bridge.name };
    text.value('holdfast_bridge_connected', bridge.state === 'connected' ? 1 : 0, of);
    text.value('holdfast_bridge_messages_received_total', bridge.received, of);
    text.value('holdfast_bridge_messages_acknowledged_total', bridge.acknowledged, of);
    text.value('holdfast_bridge_messages_ignored_total', bridge.ignored, of);
    text.value('holdfast_bridge_held_messages', bridge.held, of);
  }
  text.value('holdfast_mqtt_owed_messages', stats.owed);
  text.value('holdfast_mqtt_owed_refused_total', stats.owedRefused);
  text.value('holdfast_mqtt_held_publishes', stats.held);
  text.value('holdfast_mqtt_held_bytes', stats.heldBytes);
  text.value('holdfast_mqtt_publishes_received_total', stats.received);
  text.value('holdfast_mqtt_publishes_acknowledged_total', stats.acknowledged);
  text.value('holdfast_mqtt_messages_delivered_total', stats.delivered);
  text.value('holdfast_mqtt_messages_dropped_total', stats.dropped);
}

function ofTracing(text: Exposition, spans: SpanCounts | null): void {
  if (spans === null) return;
  for (const result of ['exported', 'failed', 'dropped'] as const)
    text.value('holdfast_trace_spans_total', spans[result], { result });
  text.value('holdfast_trace_spans_queued', spans.queued);
}

function ofProcess(text: Exposition): void {
  const { user, system } = process.cpuUsage();
  text.value('holdfast_process_cpu_seconds_total', (user + system) / MICROS_PER_SECOND);
  text.value('holdfast_process_resident_memory_bytes', process.memoryUsage.rss());
}

function ofThread(text: Exposition, thread: string, vitals: ThreadVitals): void {
  text.value('holdfast_thread_cpu_seconds_total', vitals.cpu, { thread });
  text.value('holdfast_thread_heap_used_bytes', vitals.heapUsed, { thread });
  text.value('holdfast_thread_event_loop_active_seconds_total', vitals.active, { thread });
  text.histogram('holdfast_thread_event_loop_delay_seconds', vitals.delay, { thread });
}
