/**
 * What workers and the server say to each other under `/v1/workers`, as zod schemas (R8.1).
 *
 * @module
 */
import { z } from 'zod';
import { effectFilterFault, tenantRangeFault } from '../worker-scope.ts';
import { durationTextSchema, MAX_WAIT_MS, pageQuerySchema } from './requests.ts';
import { jsonSchema } from './resources.ts';

/** Most commands that one lease hands out. */
export const MAX_LEASE = 500;
/** Most commands that one worker has under way. */
export const MAX_WORKER_CONCURRENCY = 10_000;
const MAX_FILTERS = 256;
const MAX_NAME = 128;
/** Longest code and message of an error that a worker tells of, in UTF-16 code units. */
export const MAX_ERROR_CODE = 128;
export const MAX_ERROR_MESSAGE = 8192;

function checkedBy(fault: (written: string) => string | null) {
  return (written: string, context: z.RefinementCtx): void => {
    const message = fault(written);
    if (message !== null) context.addIssue({ code: 'custom', message });
  };
}

const time = z.string();
const name = z
  .string()
  .min(1)
  .max(MAX_NAME)
  .regex(/^[^\s/\u0000-\u001f]+$/, 'holds white space, "/" or control characters');
/** Tenants it takes commands of: `from..to`, or one tenant; none for all. */
const tenants = z.array(z.string().superRefine(checkedBy(tenantRangeFault))).max(MAX_FILTERS);
/** Effects it takes commands of, by name or beginning (`payment.*`); none for all. */
const effects = z.array(z.string().superRefine(checkedBy(effectFilterFault))).max(MAX_FILTERS);

/** One try of one command that a worker has under way. */
const heldCommandSchema = z.strictObject({
  commandId: z.string().min(1),
  attempt: z.int().min(1),
});
const holding = z.array(heldCommandSchema).max(MAX_WORKER_CONCURRENCY);

export const joinBodySchema = z.strictObject({
  /** As an earlier answer gave it: the same worker goes on, after the server was away for one. */
  id: z.string().min(1).max(MAX_NAME).exactOptional(),
  /** What people know it by; stays through its restarts. */
  name,
  group: name.exactOptional(),
  /** Most commands it has under way. */
  concurrency: z.int().min(1).max(MAX_WORKER_CONCURRENCY),
  tenants: tenants.exactOptional(),
  effects: effects.exactOptional(),
  /** What it has under way. Whatever else is leased to it never reached it, and is given to another at once. */
  holding: holding.exactOptional(),
});

export const joinedSchema = z.object({
  id: z.string(),
  /** Milliseconds after which a lease that was not renewed ends. */
  ackWait: z.int(),
  /** Milliseconds between beats. */
  beatEvery: z.int(),
  /** The tenants it is given commands of. */
  tenants: z.array(z.string()),
  /** Of what it holds: tries that are no longer its own. */
  lost: z.array(heldCommandSchema),
});

export const beatBodySchema = z.strictObject({
  /** What it has under way: these leases are renewed. */
  holding: holding.exactOptional(),
});

export const beatAnswerSchema = z.object({
  /** Of what it holds: tries that are no longer its own; their results will be refused. */
  lost: z.array(heldCommandSchema),
  tenants: z.array(z.string()),
});

export const leaseBodySchema = z.strictObject({
  /** Counts this worker's leases. The number of the last one again asks for the same answer again. */
  poll: z.int().min(1),
  /** How many commands it has room for. */
  max: z.int().min(1).max(MAX_LEASE),
  /** How long the server may hold the answer until there is a command. */
  wait: durationTextSchema.refine((millis) => millis <= MAX_WAIT_MS, 'is too long').exactOptional(),
});

/** A command to be carried out now: the start of its try is recorded (R8.1). */
export const commandSchema = z.object({
  tenantId: z.string(),
  commandId: z.string(),
  effectName: z.string(),
  payload: jsonSchema,
  metadata: z.object({
    /** From 1. */
    attempt: z.int(),
    /** `check`: do not act; find out whether an earlier try took effect. */
    mode: z.enum(['call', 'check']),
    app: z.string(),
    /** Digest of the release whose settings and code apply. */
    release: z.string(),
    saga: z.string(),
    key: z.string(),
    run: z.int(),
    step: z.string(),
    /** Milliseconds that the call may take. */
    timeout: z.int(),
    correlationId: z.string().nullable(),
    traceparent: z.string().nullable(),
    /** When the lease ends, unless it is renewed. */
    leaseUntil: time,
  }),
});

export const leasedSchema = z.object({ commands: z.array(commandSchema) });

const effectError = z.object({
  code: z.string().min(1).max(MAX_ERROR_CODE),
  message: z.string().max(MAX_ERROR_MESSAGE),
});

/** What came of a try (R8.1). `payload`: the output of `succeeded`, else `{ code, message }`. */
export const commandResultSchema = z
  .strictObject({
    tenantId: z.string(),
    commandId: z.string().min(1),
    effectName: z.string().min(1),
    attempt: z.int().min(1),
    resultType: z.enum(['succeeded', 'failed', 'not_done', 'in_doubt']),
    payload: jsonSchema,
    /** Milliseconds that the target asks to be left alone; with `not_done`. */
    retryAfter: z.int().min(0).exactOptional(),
    /** When the worker had the answer. */
    timestamp: z.iso.datetime({ offset: true }),
  })
  .superRefine((result, context) => {
    if (result.resultType === 'succeeded') return;
    const read = effectError.safeParse(result.payload);
    if (!read.success)
      context.addIssue({
        code: 'custom',
        path: ['payload'],
        message: 'must be { code, message } for what did not succeed',
      });
  });

export const completedSchema = z.object({
  commandId: z.string(),
  attempt: z.int(),
  /** The same answer was recorded before: this one changes nothing. */
  duplicate: z.boolean(),
});

export const leaveBodySchema = z.strictObject({
  /** What it leaves behind unfinished; its leases run on until they end. Whatever else is leased to it never reached it. */
  holding: holding.exactOptional(),
});

export const placeBodySchema = z.strictObject({
  /** Ranges of tenants it takes from now on, and after its restarts; null: as it is started with. */
  tenants: tenants.nullable(),
  reason: z.string().min(1).max(1000).exactOptional(),
});

export const workerRecordsQuerySchema = pageQuerySchema.extend({
  worker: z.string().min(1).exactOptional(),
});

export const workerSchema = z.object({
  id: z.string(),
  name: z.string(),
  group: z.string(),
  state: z.enum(['joined', 'away', 'draining']),
  /** The one tenant that its key belongs to; null where it may take commands of any. */
  tenant: z.string().nullable(),
  tenants: z.array(z.string()),
  effects: z.array(z.string()),
  concurrency: z.int(),
  /** Commands leased to it. */
  inFlight: z.int(),
  joinedAt: time,
  lastSeenAt: time,
});

/** One step in the life of a worker (R15.2). */
export const workerRecordSchema = z.object({
  id: z.int(),
  at: time,
  worker: z.string(),
  name: z.string(),
  kind: z.enum(['joined', 'placed', 'draining', 'left', 'lost']),
  /** Id of the key that acted; `local` for the server. */
  by: z.string(),
  detail: jsonSchema,
});

export type HeldCommand = z.infer<typeof heldCommandSchema>;
export type JoinBody = z.infer<typeof joinBodySchema>;
export type Joined = z.infer<typeof joinedSchema>;
export type BeatAnswer = z.infer<typeof beatAnswerSchema>;
export type CommandResource = z.infer<typeof commandSchema>;
export type CommandResult = z.infer<typeof commandResultSchema>;
export type Completed = z.infer<typeof completedSchema>;
export type WorkerResource = z.infer<typeof workerSchema>;
export type WorkerRecord = z.infer<typeof workerRecordSchema>;
