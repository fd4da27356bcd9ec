/**
 * What an operator looks at first: is anything lost, is it well, what needs a person; and the stream that says when to
 * look again.
 *
 * @module
 */
import { z } from 'zod';
import { MAX_ATTENTION_ITEMS } from '../attention-limits.ts';
import { CHANGE_TOPICS } from '../change-topics.ts';
import type { Json } from '../json.ts';
import { jsonSchema, problemSchema } from './resources.ts';

const count = z.number().int();
const time = z.string();

/**
 * Runs of the tenant by where they stand. `accepted` is every run ever begun, counted by itself where it begins: that it
 * equals the sum of the others says that none was lost.
 */
export const runSumSchema = z.object({
  accepted: count,
  completed: count,
  compensated: count,
  failed: count,
  cancelled: count,
  inProgress: count,
  /** Blocked: at a program's fault, a failed undo, or an effect of which nobody knows whether it happened. */
  needsYou: count,
});

export const overviewSchema = z.object({
  at: time,
  /** Whether there are no problems. */
  healthy: z.boolean(),
  problems: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
      /** Where in the console it leads. */
      path: z.string(),
    }),
  ),
  sum: runSumSchema,
  /** Open entries of the quarantine. */
  quarantine: count,
  /**
   * Work items not settled, as far as they were counted; how many of them are `held` for a person, and call nobody until
   * then; and the age of the oldest that waits to be called, null for none.
   */
  outbox: z.object({ depth: count, held: count, oldestAgeSeconds: z.number().nullable() }),
  /** Timers set, as far as they were counted, and how late the latest that should have fired is. */
  schedules: z.object({ pending: count, lagSeconds: z.number() }),
  breakers: z.array(
    z.object({
      upstream: z.string(),
      state: z.enum(['closed', 'open', 'half_open', 'recovering']),
    }),
  ),
  /** Of the file system that holds the data. */
  disk: z.object({ freeBytes: count, dataBytes: count, walBytes: count }),
});

const samples = z.array(z.number());

/**
 * One number a step, oldest first; the first is of the step that begins at `from`. What was not seen, before the server
 * started, is left out: all have the same length, of one step at least.
 */
export const overviewSeriesSchema = z.object({
  stepSeconds: z.number(),
  from: time,
  series: z.object({
    /** Runs that began, and that ended, within the step. */
    accepted: samples,
    ended: samples,
    outboxDepth: samples,
    outboxAgeSeconds: samples,
    scheduleLagSeconds: samples,
    diskFreeBytes: samples,
  }),
});

/** Longest that samples are kept, in minutes. */
export const MAX_SERIES_MINUTES = 720;

export const overviewSeriesQuerySchema = z.strictObject({
  /** How far back. Default 60. */
  minutes: z.coerce.number().int().min(1).max(MAX_SERIES_MINUTES).exactOptional(),
});

export const attentionActSchema = z.enum(['redrive', 'resolve', 'cancel', 'discard']);

/** What needs a person for one reason, at one place. */
export const attentionGroupSchema = z.object({
  /** Opaque; stays the same while the group is there. */
  id: z.string(),
  /** `doubtful`: nobody knows whether an effect happened. */
  kind: z.enum(['blocked', 'doubtful', 'quarantine']),
  /** Code of the reason, for example `program.threw`. */
  reason: z.string(),
  /** What the newest of them says. */
  message: z.string(),
  saga: z.string().nullable(),
  effect: z.string().nullable(),
  /** Digest of the release; null for the quarantine. */
  release: z.string().nullable(),
  count,
  oldest: time,
  newest: time,
  acts: z.array(attentionActSchema),
});

/** `more`: there are further groups, or more in a group than were counted. */
export const attentionSchema = z.object({
  total: count,
  more: z.boolean(),
  groups: z.array(attentionGroupSchema),
});

export const attentionItemSchema = z.object({
  /** Names it in an act; opaque. */
  item: z.string(),
  saga: z.string().nullable(),
  key: z.string().nullable(),
  run: count.nullable(),
  /** The effect it is blocked at. */
  commandId: z.string().nullable(),
  quarantineId: count.nullable(),
  at: time,
  message: z.string(),
  /** What a redrive would do; null where it could do nothing. */
  next: z.string().nullable(),
  /** Effects that a redrive would call again, or ask for next, as far as that is known before it decides. */
  wouldFire: z.array(
    z.object({ effect: z.string(), commandId: z.string(), idempotencyKey: z.string() }),
  ),
  /**
   * What a redrive has decided anew: which effects that decision calls, beside `wouldFire`, is known only once it is made.
   * Null where nothing is decided first: then `wouldFire` is all.
   */
  decides: z
    .object({
      /** Type of the event that is decided; null where the record does not say. */
      event: z.string().nullable(),
      /** The step that it answers; null for none. */
      step: z.string().nullable(),
    })
    .nullable(),
});

const reason = z.string().trim().min(1).max(1000);

export const attentionActBodySchema = z.strictObject({
  /** Goes on record with each. */
  reason,
  /**
   * How many it is about: what the group, or the choice, was seen to hold. Another number is refused with 409. It stays
   * the same as an act goes on by `after`.
   */
  confirmCount: z.number().int().min(1),
  /** Only these, in this order. */
  items: z.array(z.string().min(1)).min(1).max(MAX_ATTENTION_ITEMS).exactOptional(),
  /** Goes on with an act: `next` of its last answer, with all else as it was. */
  after: z.string().min(1).exactOptional(),
  /** For `resolve`: what was found out about each of them. */
  resolve: z
    .discriminatedUnion('as', [
      z.strictObject({ as: z.literal('succeeded'), output: jsonSchema }),
      z.strictObject({ as: z.literal('failed') }),
      z.strictObject({ as: z.literal('retry') }),
    ])
    .exactOptional(),
});

export const attentionActAnswerSchema = z.object({
  done: count,
  refused: z.array(z.object({ item: z.string(), problem: problemSchema })),
  /** Not tried yet. What joined the group since the act began is not counted: it is not about that. */
  left: count,
  /** To go on with what is left, as `after`; null where nothing is, and where the server takes no more acts now. */
  next: z.string().nullable(),
});

const changeTopicSchema = z.enum(CHANGE_TOPICS);

/** One message of `GET /v1/changes`: what to read again. `head`: position of the newest event. */
export const changesSchema = z.object({ head: count, topics: z.array(changeTopicSchema) });

export type RunSum = z.infer<typeof runSumSchema>;
export type Overview = z.infer<typeof overviewSchema>;
export type OverviewSeries = z.infer<typeof overviewSeriesSchema>;
export type AttentionAct = z.infer<typeof attentionActSchema>;
export type AttentionGroup = z.infer<typeof attentionGroupSchema>;
export type Attention = z.infer<typeof attentionSchema>;
export type AttentionItem = z.infer<typeof attentionItemSchema>;
/** As `attentionActBodySchema` takes it. */
export type AttentionActBody = Omit<z.input<typeof attentionActBodySchema>, 'resolve'> & {
  readonly resolve?:
    | { readonly as: 'succeeded'; readonly output: Json }
    | { readonly as: 'failed' }
    | { readonly as: 'retry' };
};
export type AttentionActAnswer = z.infer<typeof attentionActAnswerSchema>;
export type ChangeTopic = z.infer<typeof changeTopicSchema>;
export type Changes = z.infer<typeof changesSchema>;
