/**
 * Every metric of `/metrics`: the one place that names them. What is written there, and `docs/reference/metrics.md`, come
 * from here.
 *
 * Labels are bounded by what the releases or the configuration declare (sagas, effects, upstreams, targets of alerts) or by
 * the code (states, codes, routes, threads). Never keys, ids or tenants.
 *
 * @module
 */

export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** What a person should be told of, as a PromQL condition or in words. */
  readonly alert?: string;
}

const SAGA = ['saga'];
const EFFECT = ['app', 'effect'];
const THREAD = ['thread'];

/** In the order they are written. Base units; counters since the start of the process. */
export const METRICS = {
  holdfast_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels tell what runs',
    labels: ['version', 'node', 'mode'],
  },
  holdfast_scrape_source_up: {
    type: 'gauge',
    help: 'Whether a part of the server answered this scrape in time (1) or its metrics are missing from it (0)',
    labels: ['source'],
    alert: '`== 0` for 2 minutes: that thread is stuck or gone',
  },

  holdfast_consumer_lag_events: {
    type: 'gauge',
    help: 'How far a saga is behind, over all tenants: events it was given and has not dealt with, and the stretch of the journal that was left for later, in which some may be for other sagas',
    labels: SAGA,
    alert:
      'grows for 10 minutes: events come faster than the saga decides, or its instances cannot go on',
  },
  holdfast_redeliveries_total: {
    type: 'counter',
    help: 'Events given to a saga that an earlier run of the server had not dealt with (cause recovery), or once more after its program failed on them (cause failure)',
    labels: ['saga', 'cause'],
    alert: '`cause="failure"` rises: the program fails on what it is sent',
  },
  holdfast_processing_duration_seconds: {
    type: 'histogram',
    help: 'From the receipt of an event to the commit of the transition it made; a parked event counts from its receipt too',
    labels: SAGA,
    alert: 'p99 over what your saga may take',
  },
  holdfast_undecided_events: {
    type: 'gauge',
    help: 'Events whose sagas are deciding; beyond 20000 intake answers overloaded',
    labels: [],
    alert: '`> 10000`',
  },
  holdfast_instances: {
    type: 'gauge',
    help: 'Instances that have not ended, by status; counted up to 100000',
    labels: ['status'],
    alert:
      '`{status="blocked"} > 0`: a person is needed; see `holdfast sagas list --status blocked`',
  },
  holdfast_instances_started_total: {
    type: 'counter',
    help: 'Runs that were opened by a decision',
    labels: SAGA,
  },
  holdfast_instances_ended_total: {
    type: 'counter',
    help: 'Runs that ended, by how: completed, compensated, cancelled, or continued as another run',
    labels: ['saga', 'as'],
    alert: '`as="compensated"` rises more than usual',
  },
  holdfast_instances_in_memory: {
    type: 'gauge',
    help: 'Instances kept in memory, at work or not',
    labels: [],
  },

  holdfast_outbox_items: {
    type: 'gauge',
    help: 'Work items that are not settled: pending, leased (a try is under way), held (in doubt, kept for a person); each counted up to 1000000',
    labels: ['state'],
    alert:
      '`{state="held"} > 0`: a person must say what happened; see `holdfast effects list --state held`',
  },
  holdfast_outbox_oldest_age_seconds: {
    type: 'gauge',
    help: 'Age of the oldest pending work item; 0 when there is none',
    labels: [],
    alert: 'over what your effects may wait: an upstream is down, or concurrency is too low',
  },
  holdfast_effect_dispatch_duration_seconds: {
    type: 'histogram',
    help: 'From the creation of a work item to the start of its first try',
    labels: EFFECT,
    alert: 'p99 over a second: items wait for room, or for a breaker',
  },
  holdfast_effect_attempts_total: {
    type: 'counter',
    help: 'Tries that ended, by outcome: succeeded, failed, not_done, in_doubt, lost',
    labels: [...EFFECT, 'outcome'],
    alert: '`in_doubt` or `lost` rises',
  },
  holdfast_effect_attempt_duration_seconds: {
    type: 'histogram',
    help: 'How long tries took; those that a crash or a lost lease ended are left out',
    labels: EFFECT,
  },
  holdfast_effect_outcomes_total: {
    type: 'counter',
    help: 'Outcomes recorded: succeeded, failed (a definite refusal), unknown',
    labels: [...EFFECT, 'outcome'],
    alert: '`failed` or `unknown` rises more than usual',
  },
  holdfast_effects_held_total: {
    type: 'counter',
    help: 'Work items that were kept for a person, because nobody knows whether they took effect',
    labels: EFFECT,
    alert: 'any increase',
  },
  holdfast_effects_in_flight: {
    type: 'gauge',
    help: 'Tries that run now',
    labels: [],
  },
  holdfast_upstream_breaker_state: {
    type: 'gauge',
    help: '1 for the state that the breaker of an upstream is in, 0 for the others: closed, open, half_open, recovering',
    labels: ['app', 'upstream', 'state'],
    alert: '`{state="open"} == 1` for 5 minutes: the upstream is down',
  },

  holdfast_schedules: {
    type: 'gauge',
    help: 'Schedules that are set; counted up to 1000000',
    labels: [],
  },
  holdfast_schedules_due: {
    type: 'gauge',
    help: 'Schedules whose time has come and that have not fired; counted up to 1000000',
    labels: [],
    alert: '`> 0` for 5 minutes: firing does not keep up',
  },
  holdfast_schedule_scan_duration_seconds: {
    type: 'histogram',
    help: 'How long a look for due schedules took',
    labels: [],
  },
  holdfast_schedule_lag_seconds: {
    type: 'histogram',
    help: 'From the time a schedule was due to the commit of its firing; what was due while the server was off counts too',
    labels: [],
    alert: 'p99 over a second while the server was up',
  },

  holdfast_quarantine_records: {
    type: 'gauge',
    help: 'Open records in quarantine, of all tenants: what was redriven or discarded counts no more',
    labels: [],
    alert: 'any increase: see `holdfast quarantine list`',
  },
  holdfast_intake_events_total: {
    type: 'counter',
    help: 'Events that came in, by protocol (http, mqtt) and answer: accepted, duplicate, or the code it was refused (http) or quarantined (mqtt) with',
    labels: ['protocol', 'answer'],
    alert: '`answer="overloaded"` or `answer="store.full"` rises',
  },

  holdfast_journal_last_seq: {
    type: 'gauge',
    help: 'Last position of the journal; its rate is events per second, from outside and from within',
    labels: [],
  },
  holdfast_commit_duration_seconds: {
    type: 'histogram',
    help: 'One commit, from putting the batch together to its receipt',
    labels: [],
  },
  holdfast_commit_sync_duration_seconds: {
    type: 'histogram',
    help: 'The part of a commit that waits for the disk',
    labels: [],
    alert: 'p99 over 0.1: the disk is slow, and every acknowledgement with it',
  },
  holdfast_commit_events: {
    type: 'histogram',
    help: 'Events in one commit',
    labels: [],
  },
  holdfast_commit_ops: {
    type: 'histogram',
    help: 'Writes in one commit',
    labels: [],
  },
  holdfast_commit_queue_units: {
    type: 'gauge',
    help: 'Pieces of work that wait for the next commit',
    labels: [],
  },
  holdfast_store_database_bytes: {
    type: 'gauge',
    help: 'Size of the database file',
    labels: [],
    alert: 'beside the free space of its disk',
  },
  holdfast_store_wal_bytes: {
    type: 'gauge',
    help: 'Size of the write-ahead log; it is reused, and does not shrink',
    labels: [],
    alert: '`> 1e9`: something keeps a snapshot open',
  },
  holdfast_store_wal_used_bytes: {
    type: 'gauge',
    help: 'The part of the write-ahead log that the next commit could not reuse yet',
    labels: [],
  },

  holdfast_http_requests_total: {
    type: 'counter',
    help: 'Requests answered, by route and status',
    labels: ['method', 'route', 'status'],
    alert: '`status=~"5.."` rises',
  },
  holdfast_mqtt_connections: {
    type: 'gauge',
    help: 'Open MQTT connections',
    labels: [],
  },
  holdfast_mqtt_connections_paused: {
    type: 'gauge',
    help: 'Of them, those that are not read now: too much of theirs waits, or they do not read themselves',
    labels: [],
  },
  holdfast_mqtt_sessions: {
    type: 'gauge',
    help: 'Persistent MQTT sessions, connected or not',
    labels: [],
  },
  holdfast_mqtt_retained_messages: {
    type: 'gauge',
    help: 'Retained messages',
    labels: [],
  },
  holdfast_mqtt_owed_messages: {
    type: 'gauge',
    help: 'Messages owed to persistent sessions',
    labels: [],
    alert: 'grows without end: a session whose client never comes back',
  },
  holdfast_mqtt_retained_bytes: {
    type: 'gauge',
    help: 'Payload bytes of retained messages',
    labels: [],
  },
  holdfast_mqtt_retained_refused_total: {
    type: 'counter',
    help: 'Messages not retained, because there are too many already',
    labels: [],
    alert: 'any increase',
  },
  holdfast_mqtt_sessions_expired_total: {
    type: 'counter',
    help: 'Sessions forgotten, because their client did not come back in time',
    labels: [],
  },
  holdfast_bridge_connected: {
    type: 'gauge',
    help: 'Whether the broker is joined: 1 or 0',
    labels: ['bridge'],
    alert: '0 for longer than that broker may be away',
  },
  holdfast_bridge_messages_received_total: {
    type: 'counter',
    help: 'Messages that came over the bridge',
    labels: ['bridge'],
  },
  holdfast_bridge_messages_acknowledged_total: {
    type: 'counter',
    help: 'Messages of the bridge that were acknowledged, after their commit',
    labels: ['bridge'],
  },
  holdfast_bridge_messages_ignored_total: {
    type: 'counter',
    help: 'Messages of the bridge that no source maps',
    labels: ['bridge'],
  },
  holdfast_bridge_held_messages: {
    type: 'gauge',
    help: 'Messages of the bridge that wait for their commit',
    labels: ['bridge'],
  },
  holdfast_mqtt_owed_refused_total: {
    type: 'counter',
    help: 'Messages not kept for a session, because it is owed too much already',
    labels: [],
    alert: 'any increase',
  },
  holdfast_mqtt_held_publishes: {
    type: 'gauge',
    help: 'Publishes that wait for their commit, and so for their acknowledgement',
    labels: [],
  },
  holdfast_mqtt_held_bytes: {
    type: 'gauge',
    help: 'Bytes of them',
    labels: [],
  },
  holdfast_mqtt_publishes_received_total: {
    type: 'counter',
    help: 'Publishes taken in',
    labels: [],
  },
  holdfast_mqtt_publishes_acknowledged_total: {
    type: 'counter',
    help: 'Publishes acknowledged; of QoS 0, let go',
    labels: [],
  },
  holdfast_mqtt_messages_delivered_total: {
    type: 'counter',
    help: 'Messages handed to clients',
    labels: [],
  },
  holdfast_mqtt_messages_dropped_total: {
    type: 'counter',
    help: 'QoS 0 messages dropped, because their client does not read',
    labels: [],
  },

  holdfast_process_start_time_seconds: {
    type: 'gauge',
    help: 'When the process was started, in seconds since 1970',
    labels: [],
    alert: '`changes(…[1h]) > 2`: it is restarted again and again',
  },
  holdfast_trace_spans_total: {
    type: 'counter',
    help: 'Spans for the trace collector, by what became of them: exported, failed (it did not take them), dropped (there was no room to keep them for it); only where tracing is configured',
    labels: ['result'],
    alert: '`result!="exported"` rises: the collector is away or too slow; see the log',
  },
  holdfast_trace_spans_queued: {
    type: 'gauge',
    help: 'Spans that wait for the trace collector; beyond 8192 they are dropped',
    labels: [],
  },

  holdfast_alerts_open: {
    type: 'gauge',
    help: 'Open alerts of the server itself, by kind; only where a target of alerts is configured',
    labels: ['kind'],
  },
  holdfast_alert_deliveries_total: {
    type: 'counter',
    help: 'Tries to send a message to a target of alerts: sent, failed (tried again), dropped (given up)',
    labels: ['target', 'result'],
    alert: '`result="failed"` rises: nobody is told by that target; see `GET /v1/alerts`',
  },
  holdfast_alert_messages_queued: {
    type: 'gauge',
    help: 'Messages that wait for a target of alerts',
    labels: ['target'],
  },
  holdfast_pings_total: {
    type: 'counter',
    help: 'Times that the outside watcher was told that all is well: sent, failed (it could not be told), withheld (all is not well); only where `alerts.ping.url` is set',
    labels: ['result'],
  },

  holdfast_process_cpu_seconds_total: {
    type: 'counter',
    help: 'Processor time of the whole server process; effect hosts are processes of their own',
    labels: [],
  },
  holdfast_process_resident_memory_bytes: {
    type: 'gauge',
    help: 'Resident memory of the server process',
    labels: [],
  },
  holdfast_thread_cpu_seconds_total: {
    type: 'counter',
    help: 'Processor time of one thread: main (sockets and outside calls), engine (the one writer), reader',
    labels: THREAD,
    alert: 'rate of `engine` near 1: it is the limit',
  },
  holdfast_thread_heap_used_bytes: {
    type: 'gauge',
    help: 'Heap that a thread uses',
    labels: THREAD,
    alert: 'engine over 1.6e9, reader over 4e8: near the ceiling that ends the process',
  },
  holdfast_thread_event_loop_active_seconds_total: {
    type: 'counter',
    help: 'Time in which the event loop of a thread was not waiting; its rate is the utilization, from 0 to 1',
    labels: THREAD,
  },
  holdfast_thread_event_loop_delay_seconds: {
    type: 'histogram',
    help: 'How late a timer of 20 ms fired; looked at only while the thread is at work, so that an idle server sleeps',
    labels: THREAD,
    alert: 'p99 of `main` over 0.2',
  },
} as const satisfies Record<string, MetricSpec>;

export type MetricName = keyof typeof METRICS;
