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
import { activationSchema } from './rehearsal.ts';

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

export const releaseDetailSchema = releaseSchema.extend({
  manifest: json,
  /** Each time it became the active one, oldest first. */
  activations: z.array(activationSchema),
});
export const registeredSchema = z.object({
  digest: z.string(),
  app: z.string(),
  isNew: z.boolean(),
});

/** Recorded time has taken a leap of the clock that was held. */
export const clockConfirmedSchema = z.object({
  /** Milliseconds. */
  jump: z.number().int(),
  /** Timers and cron triggers that are due by it, as far as they were counted. */
  due: z.number().int(),
});

/** What a restart repeats, or would: effects of the last run that happened, or may have. `run` is the new one's number. */
export const restartAnswerSchema = z.object({
  dryRun: z.boolean(),
  saga: z.string(),
  key: z.string(),
  run: z.number().int(),
  effects: z.array(
    z.object({
      commandId: z.string(),
      step: z.string(),
      effect: z.string(),
      outcome: z.enum(['succeeded', 'unknown']),
      /** Whether its undo succeeded. */
      undone: z.boolean(),
    }),
  ),
});

/** What a reprocess would do. `looked`: how many of the events, the first ones, `effects` was counted over. */
export const reprocessPlanSchema = z.object({
  dryRun: z.literal(true),
  saga: z.string(),
  count: z.number().int(),
  effects: z.array(z.object({ effect: z.string(), count: z.number().int() })),
  looked: z.number().int(),
});

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
  /** MQTT brokers that are joined for the tenant. */
  bridges: z
    .array(
      z.object({
        name: z.string(),
        url: z.string(),
        state: z.enum(['connecting', 'connected', 'waiting', 'stopped']),
        since: z.string(),
        /** Why it is not connected; null while it is, or before it was tried. */
        error: z.string().nullable(),
        /** Topic filters that its session is subscribed to. */
        filters: z.array(z.string()),
        /** Those that the broker refused. */
        refused: z.array(z.string()),
        /** Messages since the start of this process; `ignored`: acknowledged, and mapped by no source. */
        received: z.number().int(),
        acknowledged: z.number().int(),
        ignored: z.number().int(),
        held: z.number().int(),
      }),
    )
    .default([]),
  /** Certificates of the listeners that speak TLS. */
  certificates: z
    .array(
      z.object({
        listener: z.enum(['http', 'mqtt']),
        /** Made by this server itself: whoever connects must know its fingerprint. */
        selfSigned: z.boolean(),
        /** SHA-256 of the certificate, as browsers and OpenSSL show it. */
        fingerprint: z.string(),
        expiresAt: z.string(),
      }),
    )
    .default([]),
  /** A leap of the wall clock that waits for `POST /v1/schedules/confirm`; null while the clock is believed. */
  clockHeld: z
    .object({
      /** How far it is ahead of recorded time, in milliseconds. */
      jump: z.number().int(),
      since: z.string(),
      recorded: z.string(),
      /** Timers and cron triggers that would fire; counted up to 1000 and the triggers. */
      due: z.number().int(),
    })
    .nullable(),
  streams: z.array(z.string()),
  sagas: z.array(z.object({ saga: z.string(), app: z.string(), release: z.string() })),
  effects: z.array(z.string()),
  /** Each saga as a consumer of the tenant's events. */
  consumers: z.array(
    z.object({
      saga: z.string(),
      /** All events up to here have been dealt with. */
      checkpoint: z.number().int(),
      /** Events that wait to be dealt with: its lag. */
      pending: z.number().int(),
      /** Times since the start that an event was given to it again. */
      redeliveries: z.number().int(),
    }),
  ),
  counts: z.object({
    instances: z.record(z.string(), z.number().int()),
    outbox: z.record(z.string(), z.number().int()),
    /** Entries that are open. */
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
export type ClockConfirmedAnswer = z.infer<typeof clockConfirmedSchema>;
export type RestartAnswerResource = z.infer<typeof restartAnswerSchema>;
export type ReprocessPlan = z.infer<typeof reprocessPlanSchema>;
export type Health = z.infer<typeof healthSchema>;
export type Ready = z.infer<typeof readySchema>;
export type ServerInfo = z.infer<typeof infoSchema>;
