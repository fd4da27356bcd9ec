/**
 * The tables as drizzle sees them: the one typed description, which the read model's queries are built from. The
 * migrations make the tables; a test proves column by column that the two agree. `docs/reference/data.md` says what
 * each table holds.
 *
 * All tables are in this one file, however long: it is read beside the migrations and that page, which go table by table too.
 */
import { sql } from 'drizzle-orm';
import {
  customType,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';

import type { WaitRow, WorkerEventRow, WorkItemRow } from './port.ts';

/** Hashes and ids: bytes at rest, lower-case hex digits in code. */
const hex = customType<{ data: string; driverData: Buffer }>({
  dataType: () => 'blob',
  fromDriver: (bytes) => bytes.toString('hex'),
  toDriver: (digits) => Buffer.from(digits, 'hex'),
});

const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'blob' });

export const names = sqliteTable('names', {
  id: integer('id').primaryKey(),
  name: text('name').notNull().unique(),
});

export const commits = sqliteTable('commits', {
  no: integer('no').primaryKey(),
  timeline: integer('timeline').notNull(),
  epoch: integer('epoch').notNull(),
  lastSeq: integer('last_seq').notNull(),
  at: integer('at').notNull(),
  digest: hex('digest').notNull(),
  lastInstance: integer('last_instance').notNull(),
  lastItem: integer('last_item').notNull(),
  lastSchedule: integer('last_schedule').notNull(),
  lastWait: integer('last_wait').notNull(),
  lastQuarantine: integer('last_quarantine').notNull(),
  lastOwed: integer('last_owed').notNull(),
  attemptRecords: integer('attempt_records').notNull(),
  settled: integer('settled').notNull(),
});

export const events = sqliteTable(
  'events',
  {
    seq: integer('seq').primaryKey(),
    stream: integer('stream').notNull(),
    tenant: integer('tenant').notNull(),
    type: integer('type').notNull(),
    receivedAt: integer('received_at').notNull(),
    target: integer('target'),
    id: text('id').notNull(),
    source: text('source').notNull(),
    subject: text('subject'),
    time: text('time'),
    dataSchema: text('data_schema'),
    correlationId: text('correlation_id'),
    causationId: text('causation_id'),
    traceparent: text('traceparent'),
    extensions: text('extensions'),
    data: text('data').notNull(),
  },
  (t) => [
    index('events_type').on(t.tenant, t.type),
    index('events_correlation')
      .on(sql`seq >> 10`, t.correlationId)
      .where(sql`correlation_id IS NOT NULL`),
  ],
);

export const marks = sqliteTable(
  'marks',
  {
    bucket: integer('bucket').notNull(),
    mark: hex('mark').notNull(),
    seq: integer('seq').notNull(),
    content: hex('content').notNull(),
  },
  (t) => [primaryKey({ columns: [t.bucket, t.mark] })],
);

export const instances = sqliteTable(
  'instances',
  {
    id: integer('id').primaryKey(),
    tenant: integer('tenant').notNull(),
    saga: integer('saga').notNull(),
    run: integer('run').notNull(),
    app: integer('app').notNull(),
    release: integer('release').notNull(),
    version: integer('version').notNull(),
    phase: integer('phase').notNull(),
    status: text('status', {
      enum: [
        'running',
        'waiting',
        'retrying',
        'compensating',
        'blocked',
        'completed',
        'compensated',
        'failed',
        'cancelled',
      ],
    }).notNull(),
    startedAt: integer('started_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    key: text('key').notNull(),
    correlationId: text('correlation_id'),
    traceparent: text('traceparent'),
    parentId: integer('parent_id'),
    parentStep: text('parent_step'),
    result: text('result'),
    blockedBy: text('blocked_by'),
    failure: text('failure'),
    undo: text('undo').notNull(),
    blockedAt: integer('blocked_at'),
  },
  (t) => [
    uniqueIndex('instances_key').on(t.tenant, t.saga, t.key, t.run),
    index('instances_live')
      .on(t.tenant, t.saga, t.id)
      .where(sql`phase < 2`),
    index('instances_blocked')
      .on(t.id)
      .where(sql`phase = 1`),
    index('instances_ended')
      .on(t.tenant, t.saga, t.status)
      .where(sql`phase = 2`),
    index('instances_attention')
      .on(
        t.tenant,
        sql`json_extract(blocked_by, '$.code')`,
        t.saga,
        sql`json_extract(blocked_by, '$.effect')`,
        t.release,
        t.blockedAt,
      )
      .where(sql`phase = 1`),
    index('instances_troubled')
      .on(t.tenant, t.saga, t.status)
      .where(sql`status IN ('retrying', 'compensating')`),
    index('instances_release').on(t.tenant, t.release),
    index('instances_parent')
      .on(t.parentId)
      .where(sql`parent_id IS NOT NULL`),
  ],
);

export const runCounts = sqliteTable('run_counts', {
  tenant: integer('tenant').primaryKey(),
  accepted: integer('accepted').notNull(),
  inProgress: integer('in_progress').notNull(),
  needsYou: integer('needs_you').notNull(),
  completed: integer('completed').notNull(),
  compensated: integer('compensated').notNull(),
  failed: integer('failed').notNull(),
  cancelled: integer('cancelled').notNull(),
});

export const transitions = sqliteTable(
  'transitions',
  {
    id: integer('id').primaryKey(),
    commitNo: integer('commit_no').notNull(),
    instanceId: integer('instance_id')
      .notNull()
      .references(() => instances.id),
    version: integer('version').notNull(),
    seq: integer('seq').notNull(),
    saga: integer('saga').notNull(),
    recordedAt: integer('recorded_at').notNull(),
    gasLimit: integer('gas_limit').notNull(),
    gasUsed: integer('gas_used').notNull(),
    release: integer('release').notNull(),
    sandbox: integer('sandbox').notNull(),
    stateHash: hex('state_hash').notNull(),
    seed: text('seed').notNull(),
    decision: text('decision').notNull(),
    state: text('state').notNull(),
  },
  (t) => [
    uniqueIndex('transitions_version').on(t.instanceId, t.version),
    uniqueIndex('transitions_event').on(t.seq, t.saga),
  ],
);

export const workItems = sqliteTable(
  'work_items',
  {
    id: integer('id').primaryKey(),
    tenant: integer('tenant').notNull(),
    instanceId: integer('instance_id')
      .notNull()
      .references(() => instances.id),
    app: integer('app').notNull(),
    effect: integer('effect').notNull(),
    state: text('state').$type<WorkItemRow['state']>().notNull(),
    dueAt: integer('due_at').notNull(),
    leaseUntil: integer('lease_until'),
    attempts: integer('attempts').notNull(),
    firstAttemptAt: integer('first_attempt_at'),
    doubtful: integer('doubtful').notNull(),
    outcome: text('outcome'),
    outcomeSeq: integer('outcome_seq'),
    createdAt: integer('created_at').notNull(),
    commandId: hex('command_id').notNull(),
    digest: hex('digest').notNull(),
    kind: text('kind', { enum: ['effect', 'command'] }).notNull(),
    step: text('step').notNull(),
    undoes: text('undoes'),
    traceparent: text('traceparent'),
    input: text('input').notNull(),
    spared: integer('spared').notNull().default(0),
  },
  (t) => [
    uniqueIndex('work_items_step').on(t.instanceId, t.step),
    index('work_items_open')
      .on(t.state, t.dueAt)
      .where(sql`state <> 'settled'`),
    uniqueIndex('work_items_command').on(sql`id >> 10`, t.commandId),
    index('work_items_failed')
      .on(t.tenant)
      .where(sql`outcome <> 'succeeded'`),
  ],
);

export const attempts = sqliteTable(
  'attempts',
  {
    itemId: integer('item_id')
      .notNull()
      .references(() => workItems.id),
    no: integer('no').notNull(),
    ended: integer('ended').notNull(),
    commitNo: integer('commit_no').notNull(),
    at: integer('at').notNull(),
    mode: text('mode'),
    leaseUntil: integer('lease_until'),
    epoch: integer('epoch'),
    release: integer('release'),
    outcome: text('outcome'),
    error: text('error'),
    worker: integer('worker'),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.no, t.ended] })],
);

export const searchFields = sqliteTable(
  'search_fields',
  {
    instanceId: integer('instance_id')
      .notNull()
      .references(() => instances.id),
    name: integer('name').notNull(),
    tenant: integer('tenant').notNull(),
    saga: integer('saga').notNull(),
    value: text('value').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.instanceId, t.name] }),
    uniqueIndex('search_fields_value').on(t.tenant, t.name, t.saga, t.value, t.instanceId),
  ],
);

export const schedules = sqliteTable(
  'schedules',
  {
    id: integer('id').primaryKey(),
    tenant: integer('tenant').notNull(),
    instanceId: integer('instance_id')
      .notNull()
      .references(() => instances.id),
    dueAt: integer('due_at').notNull(),
    kind: text('kind', { enum: ['timer', 'wait'] }).notNull(),
    name: text('name').notNull(),
  },
  (t) => [
    uniqueIndex('schedules_name').on(t.instanceId, t.name),
    index('schedules_due').on(t.dueAt),
  ],
);

export const cronTriggers = sqliteTable(
  'cron_triggers',
  {
    app: text('app').notNull(),
    name: text('name').notNull(),
    tenant: integer('tenant').notNull(),
    cron: text('cron').notNull(),
    zone: text('zone').notNull(),
    missed: text('missed', { enum: ['skip', 'once', 'all'] }).notNull(),
    type: text('type').notNull(),
    data: text('data').notNull(),
    nextAt: integer('next_at').notNull(),
    lastAt: integer('last_at'),
  },
  (t) => [primaryKey({ columns: [t.app, t.name] }), index('cron_triggers_next').on(t.nextAt)],
);

/** Only described: the writer reads and writes it by hand. */
export const clockMarks = sqliteTable('clock_marks', {
  id: integer('id').primaryKey(),
  boot: text('boot').notNull(),
  ahead: integer('ahead').notNull(),
  held: integer('held').notNull(),
});

export const waits = sqliteTable(
  'waits',
  {
    id: integer('id').primaryKey(),
    tenant: integer('tenant').notNull(),
    instanceId: integer('instance_id')
      .notNull()
      .references(() => instances.id),
    state: text('state').$type<WaitRow['state']>().notNull(),
    openedAt: integer('opened_at').notNull(),
    expiresAt: integer('expires_at'),
    closedAt: integer('closed_at'),
    commandId: hex('command_id').notNull(),
    tokenHash: hex('token_hash').notNull(),
    step: text('step').notNull(),
    name: text('name').notNull(),
    definition: text('definition'),
  },
  (t) => [
    index('waits_instance').on(t.instanceId),
    index('waits_token').on(sql`id >> 10`, t.tokenHash),
    index('waits_open')
      .on(t.tenant, t.id)
      .where(sql`state = 'open'`),
  ],
);

export const dispositions = sqliteTable(
  'dispositions',
  {
    seq: integer('seq').notNull(),
    saga: integer('saga').notNull(),
    status: text('status', { enum: ['ignored', 'parked', 'quarantined', 'unrouted'] }).notNull(),
    instanceId: integer('instance_id'),
    reason: text('reason').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.seq, t.saga] }),
    index('dispositions_instance')
      .on(t.instanceId)
      .where(sql`instance_id IS NOT NULL`),
  ],
);

export const parked = sqliteTable(
  'parked',
  {
    instanceId: integer('instance_id')
      .notNull()
      .references(() => instances.id),
    seq: integer('seq').notNull(),
    saga: integer('saga').notNull(),
  },
  (t) => [primaryKey({ columns: [t.instanceId, t.seq] })],
);

export const checkpoints = sqliteTable(
  'checkpoints',
  {
    saga: integer('saga').notNull(),
    tenant: integer('tenant').notNull(),
    seq: integer('seq').notNull(),
  },
  (t) => [primaryKey({ columns: [t.saga, t.tenant] })],
);

export const logs = sqliteTable(
  'logs',
  {
    id: integer('id').primaryKey(),
    instanceId: integer('instance_id')
      .notNull()
      .references(() => instances.id),
    seq: integer('seq').notNull(),
    at: integer('at').notNull(),
    line: text('line').notNull(),
  },
  (t) => [index('logs_instance').on(t.instanceId)],
);

export const quarantine = sqliteTable(
  'quarantine',
  {
    id: integer('id').primaryKey(),
    tenant: integer('tenant').notNull(),
    at: integer('at').notNull(),
    seq: integer('seq'),
    itemId: integer('item_id'),
    origin: text('origin').notNull(),
    code: text('code').notNull(),
    reason: text('reason').notNull(),
    context: text('context').notNull(),
    head: bytes('head'),
  },
  (t) => [index('quarantine_tenant').on(t.tenant)],
);

export const quarantineResolutions = sqliteTable(
  'quarantine_resolutions',
  {
    quarantineId: integer('quarantine_id')
      .primaryKey()
      .references(() => quarantine.id),
    tenant: integer('tenant').notNull(),
    at: integer('at').notNull(),
    seq: integer('seq'),
    state: text('state', { enum: ['redriven', 'discarded'] }).notNull(),
    by: text('by').notNull(),
    reason: text('reason'),
  },
  (t) => [index('quarantine_resolutions_tenant').on(t.tenant)],
);

/** Kept by triggers on the two tables above. */
export const openQuarantine = sqliteTable(
  'open_quarantine',
  {
    id: integer('id').primaryKey(),
    tenant: integer('tenant').notNull(),
    at: integer('at').notNull(),
    code: text('code').notNull(),
    /** Empty where it was meant for no saga. */
    saga: text('saga').notNull(),
  },
  (t) => [index('open_quarantine_group').on(t.tenant, t.code, t.saga, t.at)],
);

/** Kept by triggers: open entries of the quarantine, and blocked runs, by what they have in common. */
export const quarantineGroups = sqliteTable(
  'quarantine_groups',
  {
    tenant: integer('tenant').notNull(),
    code: text('code').notNull(),
    saga: text('saga').notNull(),
    count: integer('count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenant, t.code, t.saga] })],
);

export const blockedGroups = sqliteTable(
  'blocked_groups',
  {
    tenant: integer('tenant').notNull(),
    code: text('code').notNull(),
    saga: integer('saga').notNull(),
    effect: text('effect').notNull(),
    release: integer('release').notNull(),
    count: integer('count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenant, t.code, t.saga, t.effect, t.release] })],
);

export const reprocesses = sqliteTable(
  'reprocesses',
  {
    id: integer('id').primaryKey(),
    tenant: integer('tenant').notNull(),
    saga: integer('saga').notNull(),
    upTo: integer('up_to').notNull(),
    total: integer('total').notNull(),
    position: integer('position').notNull(),
    done: integer('done').notNull(),
    at: integer('at').notNull(),
    endedAt: integer('ended_at'),
    by: text('by').notNull(),
    reason: text('reason'),
    selection: text('selection').notNull(),
  },
  (t) => [
    index('reprocesses_open')
      .on(t.id)
      .where(sql`ended_at IS NULL`),
  ],
);

export const deliveries = sqliteTable(
  'deliveries',
  {
    saga: integer('saga').notNull(),
    seq: integer('seq').notNull(),
    count: integer('count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.saga, t.seq] })],
);

export const releases = sqliteTable('releases', {
  digest: text('digest').primaryKey(),
  app: text('app').notNull(),
  registeredAt: integer('registered_at').notNull(),
  manifest: text('manifest').notNull(),
  registeredBy: text('registered_by'),
});

export const activations = sqliteTable(
  'activations',
  {
    id: integer('id').primaryKey(),
    app: text('app').notNull(),
    digest: text('digest')
      .notNull()
      .references(() => releases.digest),
    previous: text('previous').references(() => releases.digest),
    at: integer('at').notNull(),
    by: text('by').notNull(),
    /** `activated` or `rolled_back`; null in rows of schema version 1. */
    act: text('act'),
    reason: text('reason'),
  },
  (t) => [index('activations_app').on(t.app)],
);

export const rehearsals = sqliteTable(
  'rehearsals',
  {
    id: integer('id').primaryKey(),
    activationId: integer('activation_id')
      .notNull()
      .references(() => activations.id),
    at: integer('at').notNull(),
    moved: integer('moved').notNull(),
    stayed: integer('stayed').notNull(),
    ended: integer('ended').notNull(),
  },
  (t) => [index('rehearsals_activation').on(t.activationId)],
);

export const keys = sqliteTable('keys', {
  id: text('id').primaryKey(),
  hash: hex('hash').notNull().unique(),
  name: text('name').notNull(),
  tenant: text('tenant').notNull(),
  scopes: text('scopes').notNull(),
  topics: text('topics'),
  types: text('types'),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at'),
  revokedAt: integer('revoked_at'),
});

export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    hash: hex('hash').notNull().unique(),
    keyId: text('key_id')
      .notNull()
      .references(() => keys.id),
    openedAt: integer('opened_at').notNull(),
    seenAt: integer('seen_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (t) => [index('sessions_key').on(t.keyId)],
);

export const workerEvents = sqliteTable(
  'worker_events',
  {
    id: integer('id').primaryKey(),
    commitNo: integer('commit_no').notNull(),
    at: integer('at').notNull(),
    worker: text('worker').notNull(),
    name: text('name').notNull(),
    kind: text('kind').$type<WorkerEventRow['kind']>().notNull(),
    by: text('by').notNull(),
    detail: text('detail').notNull(),
  },
  (t) => [
    index('worker_events_worker').on(t.worker),
    index('worker_events_name')
      .on(t.name, t.id)
      .where(sql`kind = 'placed'`),
  ],
);

export const audit = sqliteTable(
  'audit',
  {
    no: integer('no').primaryKey(),
    commitNo: integer('commit_no').notNull(),
    hash: hex('hash').notNull(),
    entry: text('entry').notNull(),
    seq: integer('seq').generatedAlwaysAs(sql`entry ->> 'seq'`),
    at: integer('at').generatedAlwaysAs(sql`entry ->> 'at'`),
    tenant: text('tenant').generatedAlwaysAs(sql`entry ->> 'tenant'`),
    act: text('act').generatedAlwaysAs(sql`entry ->> 'act'`),
    by: text('by').generatedAlwaysAs(sql`entry ->> 'by'`),
    target: text('target').generatedAlwaysAs(sql`entry ->> 'target'`),
  },
  (t) => [
    index('audit_tenant').on(t.tenant),
    index('audit_by').on(t.tenant, t.by),
    index('audit_act').on(t.tenant, t.act),
    index('audit_target').on(t.tenant, t.target),
  ],
);

const packetColumns = {
  topic: text('topic').notNull(),
  qos: integer('qos').notNull(),
  retain: integer('retain').notNull(),
  meta: text('meta').notNull(),
  payload: bytes('payload').notNull(),
};

export const mqttRetained = sqliteTable('mqtt_retained', {
  ...packetColumns,
  topic: text('topic').primaryKey(),
});

export const mqttSubscriptions = sqliteTable(
  'mqtt_subscriptions',
  {
    client: text('client').notNull(),
    filter: text('filter').notNull(),
    options: text('options').notNull(),
  },
  (t) => [primaryKey({ columns: [t.client, t.filter] })],
);

export const mqttOwed = sqliteTable(
  'mqtt_owed',
  {
    id: integer('id').primaryKey(),
    client: text('client').notNull(),
    messageId: integer('message_id'),
    phase: text('phase').notNull(),
    ...packetColumns,
  },
  (t) => [index('mqtt_owed_client').on(t.client)],
);

export const mqttIncoming = sqliteTable(
  'mqtt_incoming',
  {
    client: text('client').notNull(),
    messageId: integer('message_id').notNull(),
    ...packetColumns,
  },
  (t) => [primaryKey({ columns: [t.client, t.messageId] })],
);

export const mqttWills = sqliteTable('mqtt_wills', {
  client: text('client').primaryKey(),
  ...packetColumns,
});

export const schemaMigrations = sqliteTable('schema_migrations', {
  version: integer('version').primaryKey(),
  name: text('name').notNull(),
  checksum: text('checksum').notNull(),
  appliedAt: integer('applied_at').notNull(),
});
