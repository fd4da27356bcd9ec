/**
 * What the API is asked, as zod schemas: query parameters and bodies. Unknown query parameters are refused, so that a
 * misspelt filter does not silently answer with everything.
 *
 * @module
 */
import { z } from 'zod';
import type { Json } from '../json.ts';
import { parseDuration } from '../time.ts';
import { instanceStatusSchema, jsonSchema } from './resources.ts';

/** What a key may be allowed; `admin` holds all the others. */
export const scopeSchema = z.enum(['publish', 'subscribe', 'view', 'operate', 'work', 'admin']);

export const DEFAULT_PAGE_LIMIT = 50;
export const MAX_PAGE_LIMIT = 500;
/** Most search terms in one request. */
const MAX_SEARCH_TERMS = 8;
/** Longest that one request may be held by `?wait=`, in milliseconds. */
export const MAX_WAIT_MS = 600_000;

const limit = z.coerce.number().int().min(1).max(MAX_PAGE_LIMIT).exactOptional();
const cursor = z.string().min(1).exactOptional();
const text = z.string().min(1);
const time = z.iso.datetime({ offset: true });
const position = z.coerce.number().int().min(0);

/** Several of a list: the parameter is given again for each. */
function several<const T extends Record<string, string>>(one: z.ZodEnum<T>) {
  return z
    .array(one)
    .min(1)
    .max(one.options.length)
    .meta({ description: `Any of ${one.options.join(', ')}; given again for several.` })
    .exactOptional();
}

/** A duration as `parseDuration` takes it; in milliseconds once read. */
export const durationTextSchema = z
  .string()
  .transform((written, context) => {
    try {
      return parseDuration(written);
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : String(error));
      return z.NEVER;
    }
  })
  .meta({ description: 'A duration, for example 250ms, 30s, 15m.', example: '30s' });

const wait = durationTextSchema
  .refine((millis) => millis <= MAX_WAIT_MS, `must not be longer than ${MAX_WAIT_MS / 60_000}m`)
  .exactOptional();

export const pageQuerySchema = z.strictObject({ limit, cursor });

export const eventQuerySchema = z.strictObject({
  type: text.exactOptional(),
  correlationId: text.exactOptional(),
  stream: z.enum(['AGGREGATE_EVENTS', 'WORKFLOW_EVENTS', 'CONTROL_EVENTS']).exactOptional(),
  /** Only events after this position. */
  after: position.exactOptional(),
  from: time.exactOptional(),
  to: time.exactOptional(),
  /** Part of the id, source or subject, in any case. */
  text: z.string().min(1).max(200).exactOptional(),
  order: z.enum(['asc', 'desc']).exactOptional(),
  limit,
  cursor,
});

export const tailQuerySchema = z.strictObject({
  type: text.exactOptional(),
  correlationId: text.exactOptional(),
  stream: z.enum(['AGGREGATE_EVENTS', 'WORKFLOW_EVENTS', 'CONTROL_EVENTS']).exactOptional(),
  /** Start after this position; `Last-Event-ID` goes before it. Default: the journal's end. */
  after: position.exactOptional(),
});

export const publishQuerySchema = z.strictObject({ wait, saga: text.exactOptional() });

export const sagaQuerySchema = z.strictObject({
  saga: text.exactOptional(),
  status: several(instanceStatusSchema),
  /** Prefix of the key. */
  key: text.exactOptional(),
  /** Bounds on when the run began; both include what they name. */
  since: time.exactOptional(),
  until: time.exactOptional(),
  /** Digest of the release it is pinned to. */
  release: text.exactOptional(),
  /** `FIELD:VALUE` of a search field, all of which must hold; `FIELD:VALUE*` for values that begin so. */
  search: z.array(text).max(MAX_SEARCH_TERMS).exactOptional(),
  limit,
  cursor,
});

const run = z.coerce.number().int().min(1).exactOptional();

export const runQuerySchema = z.strictObject({ run });
/** `version`: the decision to explain; default where it stands now. */
export const explainQuerySchema = z.strictObject({
  run,
  version: z.coerce.number().int().min(1).exactOptional(),
});
export const sagaDetailQuerySchema = z.strictObject({ run, wait });

/** Decisions of one answer: a story is as long as its instance's life. */
export const MAX_TIMELINE_DECISIONS = 1_000;

/** `before`: only what came before that version; `limit`: the newest so many decisions, and what belongs to them. */
export const timelineQuerySchema = z.strictObject({
  run,
  before: z.coerce.number().int().min(1).exactOptional(),
  limit: z.coerce.number().int().min(1).max(MAX_TIMELINE_DECISIONS).exactOptional(),
});

export const waitQuerySchema = z.strictObject({
  saga: text.exactOptional(),
  state: z.enum(['open', 'completed', 'failed', 'expired', 'closed']).exactOptional(),
  limit,
  cursor,
});

/** Where an effect stands, and once it is settled how it ended. */
export const effectStatusSchema = z.enum([
  'pending',
  'leased',
  'held',
  'succeeded',
  'failed',
  'unknown',
]);

export const effectQuerySchema = z.strictObject({
  state: z.enum(['pending', 'leased', 'held', 'settled']).exactOptional(),
  status: several(effectStatusSchema),
  effect: text.exactOptional(),
  saga: text.exactOptional(),
  /** Of effects that call it, by the releases that are active. */
  upstream: text.exactOptional(),
  /** Asked for at this time or later. */
  since: time.exactOptional(),
  limit,
  cursor,
});

/** Filters of `GET /v1/schedules`. */
export const scheduleQuerySchema = z.strictObject({
  kind: z.enum(['timer', 'wait', 'cron']).exactOptional(),
  limit,
  cursor,
});

/** Why an operator acts; audited. */
export const reasonBodySchema = z.strictObject({
  reason: z.string().min(1).max(1000).exactOptional(),
});

const neededReason = z.string().trim().min(1).max(1000);
const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .exactOptional();

/** Why an operator acts, where the act may not go without a reason. */
export const neededReasonBodySchema = z.strictObject({ reason: neededReason });

export const dryRunQuerySchema = z.strictObject({ dryRun: flag });

export const restartBodySchema = z.strictObject({
  /** Needed unless this is a dry run. */
  reason: neededReason.exactOptional(),
  /** The outside effects of the last run may be made once more. */
  repeatEffects: z.boolean().exactOptional(),
});

/** What a person found out about a held effect: exactly one of the three. */
export const resolveEffectBodySchema = z.discriminatedUnion('as', [
  z.strictObject({
    as: z.literal('succeeded'),
    /** What the call answered. */
    output: jsonSchema,
    reason: neededReason.exactOptional(),
  }),
  /** The saga is told the reason. */
  z.strictObject({ as: z.literal('failed'), reason: neededReason }),
  z.strictObject({ as: z.literal('retry'), reason: neededReason.exactOptional() }),
]);

const seq = z.number().int().min(1);

export const reprocessBodySchema = z.strictObject({
  saga: text,
  /** Only events of this type. */
  type: text.exactOptional(),
  /** Only these positions. */
  seqs: z.array(seq).min(1).max(10_000).exactOptional(),
  /** Bounds on position and on time received; both include what they name. */
  fromSeq: seq.exactOptional(),
  toSeq: seq.exactOptional(),
  from: time.exactOptional(),
  to: time.exactOptional(),
  /** Needed where the choice is everything that the saga was ever given. */
  all: z.boolean().exactOptional(),
  /** The count that a dry run gave. Needed unless this is one. */
  confirmCount: z.number().int().min(0).exactOptional(),
  /** Needed unless this is a dry run. */
  reason: neededReason.exactOptional(),
});

export const quarantineQuerySchema = z.strictObject({
  /** Default: open. */
  state: z.enum(['open', 'redriven', 'discarded', 'all']).exactOptional(),
  limit,
  cursor,
});

export const failWaitBodySchema = z.strictObject({
  message: z.string().min(1).max(1000).exactOptional(),
});

export const createKeyBodySchema = z
  .strictObject({
    name: z.string().min(1).max(128),
    scopes: z.array(scopeSchema).min(1),
    /** Default: the tenant the request is made for. `_` is the empty one. */
    tenant: z.string().exactOptional(),
    /** MQTT topic filters it is limited to. */
    topics: z.array(text).min(1).nullable().exactOptional(),
    /** Event types it is limited to, exact or ending in `.*`. */
    types: z.array(text).min(1).nullable().exactOptional(),
    expiresAt: time.exactOptional(),
    expiresIn: durationTextSchema.exactOptional(),
    /** Goes on record with it. */
    reason: z.string().min(1).max(1000).exactOptional(),
  })
  .refine((body) => body.expiresAt === undefined || body.expiresIn === undefined, {
    path: ['expiresIn'],
    error: 'must not stand beside expiresAt',
  });

export const secretBodySchema = z.strictObject({ value: z.string().min(1) });
/** As `secret://NAME` may name it. */
export const secretNameSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
    'must be letters, digits and "_", not starting with a digit, at most 128 characters',
  );

const reason = z.string().min(1).max(1000).exactOptional();
/** Refused with 409 unless this release is the active one; null: unless none is. */
const expectActive = z.string().min(1).nullable().exactOptional();
/** Shows what would come of it, and changes nothing. */
const dryRun = z.boolean().exactOptional();

export const activateBodySchema = z.strictObject({ reason, expectActive, dryRun });
export const rollbackBodySchema = z.strictObject({ app: text, reason, expectActive, dryRun });
/** How long the answer may be held until the rehearsal has come to its end. */
export const activateQuerySchema = z.strictObject({ wait });
export const rehearsalQuerySchema = z.strictObject({
  wait,
  after: z.coerce.number().int().min(0).exactOptional(),
  limit,
});

export type ScopeWire = z.infer<typeof scopeSchema>;
export type EventFilter = z.infer<typeof eventQuerySchema>;
export type TailFilter = z.infer<typeof tailQuerySchema>;
export type SagaFilter = z.infer<typeof sagaQuerySchema>;
export type ExplainFilter = z.infer<typeof explainQuerySchema>;
export type WaitFilter = z.infer<typeof waitQuerySchema>;
export type ScheduleFilter = z.infer<typeof scheduleQuerySchema>;
export type EffectStatusWire = z.infer<typeof effectStatusSchema>;
export type EffectFilter = z.infer<typeof effectQuerySchema>;
export type QuarantineFilter = z.infer<typeof quarantineQuerySchema>;
export type RestartBody = z.input<typeof restartBodySchema>;
/** As `resolveEffectBodySchema` takes it. */
export type ResolveEffectBody =
  | { readonly as: 'succeeded'; readonly output: Json; readonly reason?: string }
  | { readonly as: 'failed'; readonly reason: string }
  | { readonly as: 'retry'; readonly reason?: string };
export type ReprocessBody = z.input<typeof reprocessBodySchema>;
export type PageFilter = z.infer<typeof pageQuerySchema>;
export type ActivateBody = z.infer<typeof activateBodySchema>;
export type RollbackBody = z.infer<typeof rollbackBodySchema>;
export type CreateKeyBody = z.input<typeof createKeyBodySchema>;
