/**
 * What the API answers to acts, as zod schemas; the resources themselves are in `resources.ts`.
 *
 * @module
 */
import { z } from 'zod';
import {
  acceptedSchema,
  instanceStatusSchema,
  jsonSchema as json,
  keySchema,
  problemSchema,
  releaseSchema,
} from './resources.ts';

/**
 * The answer to one published event, after its commit.
 * `delivery` is there when the event brought no id: sent again, it would be recorded again (I1).
 */
export const publishedSchema = acceptedSchema.extend({
  delivery: z.literal('at-least-once').optional(),
});

/** One answer of a batch: in the order sent, the event's position or its problem. */
export const batchAnswerSchema = z.array(z.union([publishedSchema, problemSchema]));

/** The end of the saga that a published event started, for `?wait=`. */
export const sagaEndSchema = z.object({
  saga: z.string(),
  key: z.string(),
  run: z.number().int(),
  status: instanceStatusSchema,
  version: z.number().int(),
  release: z.string(),
  result: json,
  failure: json,
  event: publishedSchema,
});

export const waitAnswerSchema = z.object({ state: z.enum(['completed', 'failed']) });

/** `secret` is shown this once and kept nowhere. */
export const newKeySchema = z.object({ key: keySchema, secret: z.string() });

export const secretListSchema = z.object({
  items: z.array(z.object({ name: z.string() })),
  next: z.null(),
});

export const releaseDetailSchema = releaseSchema.extend({ manifest: json });
export const registeredSchema = z.object({
  digest: z.string(),
  app: z.string(),
  isNew: z.boolean(),
});
export const activatedSchema = z.object({
  app: z.string(),
  digest: z.string(),
  /** What was active before; null when nothing was. */
  previous: z.string().nullable(),
});
export const rolledBackSchema = z.object({ app: z.string(), digest: z.string() });

/** `failing` when storage cannot be written or the broker is down (R10.1). */
export const healthSchema = z.object({
  status: z.enum(['ok', 'failing']),
  checks: z.object({ storage: z.boolean(), broker: z.boolean() }),
  /** Whether storage fails for want of room on the disk; work resumes by itself once there is some. */
  noRoom: z.boolean(),
});

/** `not_ready` also while draining (R10.2). */
export const readySchema = z.object({
  status: z.enum(['ready', 'not_ready']),
  checks: z.object({ storage: z.boolean(), broker: z.boolean(), accepting: z.boolean() }),
  /** As in `/health`. */
  noRoom: z.boolean(),
});

/** What runs here (R10.4). Counts are of the caller's tenant. */
export const infoSchema = z.object({
  name: z.literal('holdfast'),
  version: z.string(),
  build: z.string().nullable(),
  mode: z.string(),
  node: z.string(),
  startedAt: z.string(),
  writable: z.boolean(),
  /** Nothing is taken for want of room on the disk. Never while `writable`. */
  noRoom: z.boolean(),
  draining: z.boolean(),
  lastSeq: z.number().int(),
  epoch: z.number().int(),
  timeline: z.number().int(),
  liveInstances: z.number().int(),
  effectsInFlight: z.number().int(),
  /** Those with a breaker that were called since the start. */
  upstreams: z.array(
    z.object({
      app: z.string(),
      upstream: z.string(),
      state: z.enum(['closed', 'open', 'half_open', 'recovering']),
      /** Milliseconds until it is called again; null unless `open`. */
      retryIn: z.number().int().nullable(),
      /** Those that call it. */
      effects: z.array(z.string()),
    }),
  ),
  streams: z.array(z.string()),
  sagas: z.array(z.object({ saga: z.string(), app: z.string(), release: z.string() })),
  effects: z.array(z.string()),
  counts: z.object({
    instances: z.record(z.string(), z.number().int()),
    outbox: z.record(z.string(), z.number().int()),
    quarantine: z.number().int(),
  }),
});

export type Published = z.infer<typeof publishedSchema>;
export type BatchAnswer = z.infer<typeof batchAnswerSchema>;
export type SagaEndResource = z.infer<typeof sagaEndSchema>;
export type WaitAnswer = z.infer<typeof waitAnswerSchema>;
export type NewKeyResource = z.infer<typeof newKeySchema>;
export type ReleaseDetail = z.infer<typeof releaseDetailSchema>;
export type Registered = z.infer<typeof registeredSchema>;
export type Activated = z.infer<typeof activatedSchema>;
export type RolledBack = z.infer<typeof rolledBackSchema>;
export type Health = z.infer<typeof healthSchema>;
export type Ready = z.infer<typeof readySchema>;
export type ServerInfo = z.infer<typeof infoSchema>;
