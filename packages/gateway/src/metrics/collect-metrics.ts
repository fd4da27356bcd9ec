/**
 * From what the parts of the server know to one scrape. Each part is asked at the same time and given the same time: one
 * that does not answer leaves its metrics out, and the others stand.
 *
 * @module
 */
import type { Clock, Micros } from '@holdfast/core';
import { ALERT_KINDS, MICROS_PER_MILLI } from '@holdfast/core';
import type { EngineMetricsSnapshot } from '@holdfast/engine';
import { ATTEMPT_OUTCOMES } from '@holdfast/engine';
import type { StoreGauges } from '@holdfast/store';
import type { AlertCounts } from '../alerts/alerts-port.ts';
import type { HttpDeps } from '../http/http-port.ts';
import type { MqttGatewayStats } from '../mqtt/gateway-config.ts';
import { Exposition } from './exposition.ts';
import type { HttpCounts } from './http-counts.ts';
import { THREADS } from './thread-vitals.ts';
import type { SpanCounts, ThreadVitals } from './thread-vitals.ts';

/** Longest that a scrape waits for a part: well below Prometheus' own patience of 10 s. */
const PATIENCE_MS = 2_000;
const MICROS_PER_SECOND = 1000 * MICROS_PER_MILLI;

type Deps = Pick<HttpDeps, 'engine' | 'readModel' | 'vitals' | 'alerts' | 'clock' | 'info' | 'log'>;

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
  ofAlerts(text, deps.alerts.counts());
  ofProcess(text);
  for (const [i, thread] of THREADS.entries()) {
    const answer = threads[i] ?? null;
    if (answer !== null) ofThread(text, thread, answer);
  }
  return text;
}

/** Null when it fails or does not come in time. */
export function inTime<T>(
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
    const of = {
      holdfast_consumer_lag_events: lag,
      holdfast_processing_duration_seconds: processing,
      holdfast_instances_started_total: started,
    };
    text.all(of, { saga });
    text.each('holdfast_redeliveries_total', 'cause', redeliveries, { saga });
    text.each('holdfast_instances_ended_total', 'as', ended, { saga });
  }
  for (const one of engine.effects) {
    const { app, effect } = one;
    const of = {
      holdfast_effect_dispatch_duration_seconds: one.dispatch,
      holdfast_effect_attempt_duration_seconds: one.duration,
      holdfast_effects_held_total: one.held,
    };
    text.all(of, { app, effect });
    for (const outcome of ATTEMPT_OUTCOMES) {
      const labels = { app, effect, outcome };
      text.value('holdfast_effect_attempts_total', one.attempts[outcome], labels);
    }
    text.each('holdfast_effect_outcomes_total', 'outcome', one.outcomes, { app, effect });
  }
  for (const { app, upstream, state: present } of engine.upstreams) {
    for (const state of BREAKER_STATES) {
      const value = state === present ? 1 : 0;
      text.value('holdfast_upstream_breaker_state', value, { app, upstream, state });
    }
  }
  text.all({
    holdfast_undecided_events: engine.undecided,
    holdfast_instances_in_memory: engine.instancesInMemory,
    holdfast_effects_in_flight: engine.effectsInFlight,
    holdfast_schedule_scan_duration_seconds: engine.schedules.scan,
    holdfast_schedule_lag_seconds: engine.schedules.lag,
    holdfast_journal_last_seq: engine.lastSeq,
    holdfast_commit_duration_seconds: engine.commits.duration,
    holdfast_commit_sync_duration_seconds: engine.commits.sync,
    holdfast_commit_events: engine.commits.events,
    holdfast_commit_ops: engine.commits.ops,
    holdfast_commit_queue_units: engine.commitQueue,
    holdfast_store_wal_used_bytes: engine.walUsed,
  });
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
  text.each('holdfast_outbox_items', 'state', outbox);
  const age = oldestPendingAt === null ? 0 : Math.max(0, now - oldestPendingAt);
  text.all({
    holdfast_outbox_oldest_age_seconds: age / MICROS_PER_SECOND,
    holdfast_schedules: schedules.set,
    holdfast_schedules_due: schedules.due,
    holdfast_quarantine_records: quarantine,
    holdfast_store_database_bytes: bytes.database,
    holdfast_store_wal_bytes: bytes.wal,
  });
}

function ofHttp(text: Exposition, counts: HttpCounts): void {
  const answers = Object.fromEntries(counts.intake.counts);
  text.each('holdfast_intake_events_total', 'answer', answers, { protocol: 'http' });
  for (const { route, status, n } of counts.requests) {
    const of = { method: route.method, route: route.path, status: String(status) };
    text.value('holdfast_http_requests_total', n, of);
  }
}

function ofMqtt(text: Exposition, stats: MqttGatewayStats): void {
  text.each('holdfast_intake_events_total', 'answer', stats.answers, { protocol: 'mqtt' });
  text.all({
    holdfast_mqtt_connections: stats.connections,
    holdfast_mqtt_connections_paused: stats.paused,
    holdfast_mqtt_sessions: stats.sessions,
    holdfast_mqtt_sessions_expired_total: stats.expired,
    holdfast_mqtt_retained_messages: stats.retained,
    holdfast_mqtt_retained_bytes: stats.retainedBytes,
    holdfast_mqtt_retained_refused_total: stats.retainedRefused,
    holdfast_mqtt_owed_messages: stats.owed,
    holdfast_mqtt_owed_refused_total: stats.owedRefused,
    holdfast_mqtt_held_publishes: stats.held,
    holdfast_mqtt_held_bytes: stats.heldBytes,
    holdfast_mqtt_publishes_received_total: stats.received,
    holdfast_mqtt_publishes_acknowledged_total: stats.acknowledged,
    holdfast_mqtt_messages_delivered_total: stats.delivered,
    holdfast_mqtt_messages_dropped_total: stats.dropped,
  });
  for (const bridge of stats.bridges) {
    const of = {
      holdfast_bridge_connected: bridge.state === 'connected' ? 1 : 0,
      holdfast_bridge_messages_received_total: bridge.received,
      holdfast_bridge_messages_acknowledged_total: bridge.acknowledged,
      holdfast_bridge_messages_ignored_total: bridge.ignored,
      holdfast_bridge_held_messages: bridge.held,
    };
    text.all(of, { bridge: bridge.name });
  }
}

function ofTracing(text: Exposition, spans: SpanCounts | null): void {
  if (spans === null) return;
  const { exported, failed, dropped, queued } = spans;
  text.each('holdfast_trace_spans_total', 'result', { exported, failed, dropped });
  text.value('holdfast_trace_spans_queued', queued);
}

/** Without a target nothing is looked for, and so nothing known. */
function ofAlerts(text: Exposition, { open, targets, pings }: AlertCounts): void {
  for (const kind of targets.length === 0 ? [] : ALERT_KINDS)
    text.value('holdfast_alerts_open', open[kind] ?? 0, { kind });
  for (const { name: target, sent, failures, dropped, queued } of targets) {
    text.each(
      'holdfast_alert_deliveries_total',
      'result',
      { sent, failed: failures, dropped },
      { target },
    );
    text.value('holdfast_alert_messages_queued', queued, { target });
  }
  if (pings !== null) text.each('holdfast_pings_total', 'result', { ...pings });
}

function ofProcess(text: Exposition): void {
  const { user, system } = process.cpuUsage();
  text.all({
    holdfast_process_cpu_seconds_total: (user + system) / MICROS_PER_SECOND,
    holdfast_process_resident_memory_bytes: process.memoryUsage.rss(),
  });
}

function ofThread(text: Exposition, thread: string, vitals: ThreadVitals): void {
  const of = {
    holdfast_thread_cpu_seconds_total: vitals.cpu,
    holdfast_thread_heap_used_bytes: vitals.heapUsed,
    holdfast_thread_event_loop_active_seconds_total: vitals.active,
    holdfast_thread_event_loop_delay_seconds: vitals.delay,
  };
  text.all(of, { thread });
}
