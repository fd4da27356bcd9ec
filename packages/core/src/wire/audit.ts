/**
 * The audit on the wire: operators' acts, and whether their chain holds.
 *
 * @module
 */
import { z } from 'zod';
import { durationTextSchema, MAX_PAGE_LIMIT, MAX_WAIT_MS } from './requests.ts';
import { jsonSchema } from './resources.ts';

const filter = z.string().min(1);
const time = z.iso.datetime({ offset: true });

export const auditQuerySchema = z.strictObject({
  by: filter
    .exactOptional()
    .meta({ description: 'Id of the key that acted, or `local`, `engine`.', example: 'local' }),
  act: filter.exactOptional().meta({
    description: 'What was done; a final `*` stands for any ending.',
    example: 'operator.*',
  }),
  target: filter.exactOptional().meta({
    description: 'What it was done to; a final `*` stands for any ending.',
    example: 'order/*',
  }),
  since: time.exactOptional().meta({ description: 'Not before this time.' }),
  until: time.exactOptional().meta({ description: 'Before this time.' }),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_LIMIT).exactOptional(),
  cursor: z.string().min(1).exactOptional(),
});

/** An operator's act, as `CONTROL_EVENTS` has it. */
export const auditEntrySchema = z.object({
  /** Dense over all tenants: of one tenant's entries some numbers are others'. */
  no: z.number().int(),
  /** Position of its event in the journal. */
  seq: z.number().int(),
  at: z.string(),
  /** For example `operator.restart` or `release.activated`. */
  act: z.string(),
  /** What was acted on. */
  target: z.string().nullable(),
  /** Id of the key, `local` for the server itself, `engine` for the engine. */
  by: z.string(),
  /** Name of that key; null when there is none. */
  byName: z.string().nullable(),
  reason: z.string().nullable(),
  /** What of the target the act changed, as it was and as it was made; null where the act has no such thing. */
  before: jsonSchema,
  after: jsonSchema,
  detail: jsonSchema,
  /** SHA-256 over the hash of the entry before and this entry, 64 hex digits. */
  hash: z.string(),
});

/** What became of verifying the chain. */
export const auditReportSchema = z.object({
  ok: z.boolean(),
  /** Entries looked at, of all tenants. */
  entries: z.number().int(),
  /** Hash of the last entry: kept elsewhere, it tells a chain that was made anew. Null without entries. */
  head: z.string().nullable(),
  /** At most 50. */
  faults: z.array(z.object({ no: z.number().int(), what: z.string() })),
});

/** What became of taking every commit's digest again: events, transitions, attempts, audit entries, states. */
export const journalReportSchema = z.object({
  ok: z.boolean(),
  commits: z.number().int(),
  events: z.number().int(),
  transitions: z.number().int(),
  attemptRecords: z.number().int(),
  /** The last commit looked at: its digest, kept elsewhere, tells a journal that was cut off or made anew. */
  head: z.object({ no: z.number().int(), digest: z.string() }).nullable(),
  /** At most 50. */
  faults: z.array(z.object({ commit: z.number().int(), what: z.string() })),
});

export const journalVerificationQuerySchema = z.strictObject({
  /** How long the answer may be held until it is over. */
  wait: durationTextSchema.refine((millis) => millis <= MAX_WAIT_MS, 'is too long').exactOptional(),
});

/** A verification of the whole journal: at most one is under way. */
export const journalVerificationSchema = z.object({
  /** `idle`: none since the server started. `failed`: it could not be ended. */
  state: z.enum(['idle', 'running', 'done', 'failed']),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** First rows are put in order of their commits, then the commits are gone through. Null before and after. */
  progress: z
    .object({
      phase: z.enum(['ordering', 'verifying']),
      done: z.number().int(),
      of: z.number().int(),
    })
    .nullable(),
  report: journalReportSchema.nullable(),
  /** Why it failed. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export type JournalReport = z.infer<typeof journalReportSchema>;
export type JournalVerification = z.infer<typeof journalVerificationSchema>;
export type AuditFilter = z.infer<typeof auditQuerySchema>;
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export type AuditReportResource = z.infer<typeof auditReportSchema>;
