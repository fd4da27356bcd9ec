/**
 * What the API answers, as zod schemas: server, client, CLI and console share them. JSON is camelCase; times are
 * RFC 3339 text in UTC with microseconds.
 *
 * @module
 */
import { z } from 'zod';
import { MISSED_POLICIES } from '../release.ts';
import {
  causeSchema,
  effectAnswerSchema,
  instanceRefSchema,
  parentRefSchema,
} from './instance-facts.ts';

export const instanceStatusSchema = z.enum([
  'running',
  'waiting',
  'retrying',
  'compensating',
  'blocked',
  'completed',
  'compensated',
  'failed',
  'cancelled',
]);

/** Whether a run with this status has ended for good. */
export function isTerminal(status: z.infer<typeof instanceStatusSchema>): boolean {
  return (
    status === 'completed' ||
    status === 'compensated' ||
    status === 'failed' ||
    status === 'cancelled'
  );
}

const time = z.string();

/** Any JSON value. One instance for all schemas, so that a description of the API names it once. */
export const jsonSchema = z.json();
const json = jsonSchema;

const faultSchema = z.object({ at: z.string(), message: z.string() });

/** RFC 9457 problem details with a stable `code`. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  code: z.string(),
  hint: z.string().optional(),
  faults: z.array(faultSchema).optional(),
});

/** What became of an event for one saga (I9). */
export const dispositionSchema = z.object({
  saga: z.string().nullable(),
  status: z.enum(['applied', 'ignored', 'parked', 'quarantined', 'unrouted', 'pending']),
  key: z.string().nullable(),
  run: z.number().int().nullable(),
  version: z.number().int().nullable(),
  reason: z.string().nullable(),
});

export const eventSchema = z.object({
  seq: z.number().int(),
  stream: z.enum(['AGGREGATE_EVENTS', 'WORKFLOW_EVENTS', 'CONTROL_EVENTS']),
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  subject: z.string().nullable(),
  time: time.nullable(),
  receivedAt: time,
  tenant: z.string(),
  correlationId: z.string().nullable(),
  causationId: z.string().nullable(),
  traceparent: z.string().nullable(),
  data: json,
});

/** Something that an event came of, or that came of it. */
export const eventLinkSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('event'),
    seq: z.number().int(),
    id: z.string(),
    type: z.string(),
  }),
  z.object({
    kind: z.literal('effect'),
    commandId: z.string(),
    effect: z.string(),
    saga: z.string(),
    key: z.string(),
    /** `pending`, `leased`, `held`, or how it ended. */
    status: z.string(),
    /** The event that says how it ended. */
    outcomeSeq: z.number().int().nullable(),
  }),
]);

export const eventDetailSchema = eventSchema.extend({
  dispositions: z.array(dispositionSchema),
  /** What `causationId` names, where it is found; null for none. */
  cause: eventLinkSchema.nullable(),
  /** The first of what it caused directly, oldest first; `more`: there are others. */
  consequences: z.object({ items: z.array(eventLinkSchema), more: z.boolean() }),
});

export const acceptedSchema = z.object({
  seq: z.number().int(),
  id: z.string(),
  duplicate: z.boolean(),
});

export const waitSchema = z.object({
  saga: z.string(),
  key: z.string(),
  name: z.string(),
  step: z.string(),
  definition: z.string().nullable(),
  state: z.enum(['open', 'completed', 'failed', 'expired', 'closed']),
  openedAt: time,
  expiresAt: time.nullable(),
});

export const blockedBySchema = z.object({
  code: z.string(),
  message: z.string(),
  step: z.string().optional(),
  /** `file:line:column` in the author's source, where a program failed. */
  at: z.string().optional(),
  /** Digest of the release that `at` is of. */
  release: z.string().optional(),
  commandId: z.string().optional(),
  /** The effect it is blocked at. */
  effect: z.string().optional(),
  /** Times the event it is blocked at was tried. */
  attempts: z.number().int().optional(),
});

export const sagaSummarySchema = z.object({
  saga: z.string(),
  key: z.string(),
  run: z.number().int(),
  status: instanceStatusSchema,
  version: z.number().int(),
  app: z.string(),
  release: z.string(),
  startedAt: time,
  updatedAt: time,
  blockedBy: blockedBySchema.nullable(),
});

/** An instance that this one started, by `child`. */
export const childInstanceSchema = instanceRefSchema.extend({
  step: z.string(),
  status: instanceStatusSchema,
});

export const sagaDetailSchema = sagaSummarySchema.extend({
  tenant: z.string(),
  correlationId: z.string().nullable(),
  state: json,
  result: json,
  failure: json,
  undo: json,
  waits: z.array(waitSchema),
  /** What operators find it by. */
  search: z.array(z.object({ field: z.string(), value: z.string() })),
  cause: causeSchema.nullable(),
  parent: parentRefSchema.nullable(),
  /** Instances that it started, the newest 100. */
  children: z.array(childInstanceSchema),
  /** Whether each effect of the run took effect, in the order they were asked for; the newest 200. */
  effects: z.array(effectAnswerSchema),
});

/** One entry of the whole story in order. `at` orders; `kind` says which of the fields of `detail` to expect. */
export const timelineEntrySchema = z.object({
  at: time,
  kind: z.enum(['event', 'transition', 'effect', 'attempt', 'wait', 'schedule', 'log', 'status']),
  /** One line for a person: `payment.charge succeeded (attempt 2)`. */
  title: z.string(),
  seq: z.number().int().nullable(),
  version: z.number().int().nullable(),
  step: z.string().nullable(),
  detail: json,
});

export const timelineSchema = z.object({
  saga: z.string(),
  key: z.string(),
  run: z.number().int(),
  status: instanceStatusSchema,
  entries: z.array(timelineEntrySchema),
  /** The `before` to ask for what came earlier; null where the story begins here. */
  earlier: z.number().int().nullable(),
});

/** One difference between two states. `path`: JSON pointer. `before` is absent where it was added, `after` where removed. */
const stateChangeSchema = z.object({
  path: z.string(),
  kind: z.enum(['added', 'removed', 'changed']),
  before: json.optional(),
  after: json.optional(),
});

export const stateAtSchema = z.object({
  version: z.number().int(),
  seq: z.number().int(),
  recordedAt: time,
  release: z.string(),
  state: json,
  stateHash: z.string(),
  decision: json,
  /** How the state differs from that of the version before; of the first version, from nothing. At most 500. */
  changes: z.array(stateChangeSchema),
});

const quarantineStateSchema = z.enum(['open', 'redriven', 'discarded']);

export const quarantineSchema = z.object({
  id: z.number().int(),
  at: time,
  origin: z.string(),
  code: z.string(),
  reason: z.string(),
  context: json,
  /** Head of the payload: text where it is UTF-8, else base64 with `encoding`. */
  head: z.string().nullable(),
  encoding: z.enum(['utf8', 'base64']).nullable(),
  seq: z.number().int().nullable(),
  commandId: z.string().nullable(),
  state: quarantineStateSchema,
  /** Times it was tried before it came here. */
  attempts: z.number().int(),
  /** What a redrive would do; null where there is nothing it could. */
  next: z.string().nullable(),
  /** What an operator made of it; null while it is open. `seq`: the event it was taken up by. */
  resolution: z
    .object({
      at: time,
      by: z.string(),
      reason: z.string().nullable(),
      seq: z.number().int().nullable(),
    })
    .nullable(),
});

export const effectSchema = z.object({
  commandId: z.string(),
  /** `command`: it goes to an outside gateway. */
  kind: z.enum(['effect', 'command']),
  saga: z.string(),
  key: z.string(),
  run: z.number().int(),
  step: z.string(),
  effect: z.string(),
  state: z.enum(['pending', 'leased', 'held', 'settled']),
  outcome: z.string().nullable(),
  attempts: z.number().int(),
  doubtful: z.boolean(),
  createdAt: time,
  dueAt: time.nullable(),
});

/** One effect in full. */
export const effectDetailSchema = effectSchema.extend({
  input: json,
  /** The step it undoes. */
  undoes: z.string().nullable(),
  /** Its outcome's data: the output, or `{ code, message }`; null while it has none. */
  result: json,
  outcomeSeq: z.number().int().nullable(),
  firstAttemptAt: time.nullable(),
  /** What happened to it, in order: asked for, its newest 200 tries, its outcome; as the timeline of its run tells it. */
  timeline: z.array(timelineEntrySchema),
});

/** A reprocess, and where it stands. */
export const reprocessSchema = z.object({
  id: z.number().int(),
  saga: z.string(),
  state: z.enum(['running', 'done']),
  total: z.number().int(),
  done: z.number().int(),
  startedAt: time,
  endedAt: time.nullable(),
  by: z.string(),
  reason: z.string().nullable(),
});

/** A timer of an instance, or the timeout of one of its waits. */
export const timerSchema = z.object({
  kind: z.enum(['timer', 'wait']),
  name: z.string(),
  dueAt: time,
  saga: z.string(),
  key: z.string(),
});

/** A cron trigger of an app's active release. */
export const cronTriggerResourceSchema = z.object({
  kind: z.literal('cron'),
  name: z.string(),
  /** Its next occurrence. */
  dueAt: time,
  app: z.string(),
  cron: z.string(),
  /** IANA name. */
  zone: z.string(),
  missed: z.enum(MISSED_POLICIES),
  /** Type of the event that it fires. */
  type: z.string(),
  /** The scheduled time of its last firing; null before the first. */
  lastAt: time.nullable(),
});

export const scheduleSchema = z.discriminatedUnion('kind', [
  timerSchema,
  cronTriggerResourceSchema,
]);

export const releaseSchema = z.object({
  digest: z.string(),
  app: z.string(),
  active: z.boolean(),
  registeredAt: time,
  /** Id of the key that registered it; null where that was not recorded. */
  registeredBy: z.string().nullable(),
  /** When it last became the active one, and by which key; null when it never was. */
  activatedAt: time.nullable(),
  activatedBy: z.string().nullable(),
  sagas: z.array(z.string()),
  effects: z.array(z.string()),
  /** Instances not ended that are pinned to it. */
  inFlight: z.number().int(),
});

export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  tenant: z.string(),
  scopes: z.array(z.string()),
  topics: z.array(z.string()).nullable(),
  types: z.array(z.string()).nullable(),
  createdAt: time,
  expiresAt: time.nullable(),
  revokedAt: time.nullable(),
});

/** A page of a list. `next`: opaque cursor, null on the last page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

export type InstanceStatusWire = z.infer<typeof instanceStatusSchema>;
export type Problem = z.infer<typeof problemSchema>;
export type EventResource = z.infer<typeof eventSchema>;
export type EventLink = z.infer<typeof eventLinkSchema>;
export type EventDetail = z.infer<typeof eventDetailSchema>;
export type DispositionResource = z.infer<typeof dispositionSchema>;
export type Accepted = z.infer<typeof acceptedSchema>;
export type WaitResource = z.infer<typeof waitSchema>;
export type SagaSummary = z.infer<typeof sagaSummarySchema>;
export type SagaDetail = z.infer<typeof sagaDetailSchema>;
export type ChildInstance = z.infer<typeof childInstanceSchema>;
export type StateChange = z.infer<typeof stateChangeSchema>;
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;
export type Timeline = z.infer<typeof timelineSchema>;
export type StateAt = z.infer<typeof stateAtSchema>;
export type QuarantineResource = z.infer<typeof quarantineSchema>;
export type QuarantineState = z.infer<typeof quarantineStateSchema>;
export type EffectDetail = z.infer<typeof effectDetailSchema>;
export type ReprocessResource = z.infer<typeof reprocessSchema>;
export type EffectResource = z.infer<typeof effectSchema>;
export type TimerResource = z.infer<typeof timerSchema>;
export type CronTriggerResource = z.infer<typeof cronTriggerResourceSchema>;
export type ScheduleResource = z.infer<typeof scheduleSchema>;
export type ReleaseResource = z.infer<typeof releaseSchema>;
export type KeyResource = z.infer<typeof keySchema>;
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
